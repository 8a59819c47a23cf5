//! How many tests passed, read from what test runners print.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Prints as the line `N passed, N failed, N skipped` that every runner of ours ends with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, or could not be run to their end.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Counts {
    /// Result lines of our own tests (`3 passed, 0 failed, 1 skipped`, or the same after a word
    /// with a colon that says of what), of cargo
    /// (`test result: ok. 3 passed; 0 failed; 1 ignored; …`) and pytest (`== 3 passed in 1s ==`).
    fn in_line(line: &str) -> Option<Counts> {
        let line = line.trim();
        let (items, is_ours): (Vec<&str>, bool) =
            if let Some(of_cargo) = line.strip_prefix("test result: ") {
                (of_cargo.split_once(". ")?.1.split("; ").collect(), false)
            } else if line.starts_with("==") {
                let of_pytest = line.trim_matches(['=', ' ']).split(" in ").next()?;
                (of_pytest.split(", ").collect(), false)
            } else {
                let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let of_what = line.split_once(": ").filter(|(word, _)| is_word(word));
                let items = of_what.map_or(line, |(_, items)| items);
                (items.split(", ").collect(), true)
            };
        let mut counts = Counts::default();
        let mut recognised = false;
        for item in items {
            let known = item.split_once(' ').is_some_and(|(number, what)| {
                number.parse().is_ok_and(|number| counts.add(number, what))
            });
            // Runners tell of warnings and times too; our own line has nothing besides.
            if !known && is_ours {
                return None;
            }
            recognised |= known;
        }
        recognised.then_some(counts)
    }

    fn add(&mut self, number: u64, what: &str) -> bool {
        match what {
            "passed" | "xfailed" => self.passed += number,
            "failed" | "error" | "errors" | "xpassed" => self.failed += number,
            "skipped" | "ignored" | "deselected" => self.skipped += number,
            _ => return false,
        }
        true
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Counts { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(all: I) -> Counts {
        all.fold(Counts::default(), |sum, counts| Counts {
            passed: sum.passed + counts.passed,
            failed: sum.failed + counts.failed,
            skipped: sum.skipped + counts.skipped,
        })
    }
}

/// Counts what is read piece by piece.
#[derive(Default)]
pub struct Counter {
    counts: Counts,
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
}

/// No result line is longer.
const LINE_BYTES: usize = 4096;

impl Counter {
    /// The next piece of what a test runner prints.
    pub fn push(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_BYTES.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                self.counts = self.counts();
                self.line.clear();
            }
        }
    }

    /// Of all lines so far.
    pub fn counts(&self) -> Counts {
        // `1 failed` is the shortest that counts.
        let is_long = (8..LINE_BYTES).contains(&self.line.len());
        let of_line = is_long.then(|| Counts::in_line(&String::from_utf8_lossy(&self.line)));
        [Some(self.counts), of_line.flatten()].into_iter().flatten().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(log: &str, passed: u64, failed: u64, skipped: u64) {
        let mut counter = Counter::default();
        counter.push(log.as_bytes());
        assert_eq!(counter.counts(), Counts { passed, failed, skipped });
    }

    #[test]
    fn lines_of_cargo_are_summed() {
        check(
            "test a ... ok\n\
             test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; in 0.1s\n\
             test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 5 filtered out\n",
            5,
            1,
            1,
        );
    }

    #[test]
    fn the_last_line_of_pytest_counts() {
        check("===== 12 passed, 2 skipped, 1 warning in 0.52s =====", 12, 0, 2);
        check("== 1 failed, 3 passed, 1 error in 2.10s (0:00:02) ==", 3, 2, 0);
        check("================= test session starts =================", 0, 0, 0);
    }

    #[test]
    fn our_own_line_is_read_as_it_is_written() {
        let counts = Counts { passed: 7, failed: 0, skipped: 2 };
        check(&format!("{counts}\n"), 7, 0, 2);
        check(&format!("avx2: {counts}\nbaseline: {counts}\n"), 14, 0, 4);
    }

    #[test]
    fn prose_does_not_count() {
        check("of all tests, 3 passed yesterday\nshape, 5 failed\n5 apples, 3 passed\n", 0, 0, 0);
    }
}
