//! A table of targets and interpreters with one sign a cell, a legend, and reasons by their kind.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::matrix::{Identifier, Interpreter, TARGETS, Target};

/// What became of a wheel, or would here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    Tested,
    /// Its code was tested, but not on the system that it is for.
    Executed,
    Audited,
    Failed,
    NotReached,
    Skipped,
}

impl Sign {
    pub const ALL: [Sign; 6] = [
        Sign::Tested,
        Sign::Executed,
        Sign::Audited,
        Sign::Failed,
        Sign::NotReached,
        Sign::Skipped,
    ];

    /// That of a wheel that passed in interpreters of these names, such as
    /// `3.9.18 (x86_64 code executed by our loader on Linux)`.
    pub fn of_passed(titles: &[String]) -> Sign {
        let is_elsewhere = |title: &String| title.contains("executed by our loader");
        match titles {
            [] => Sign::Audited,
            titles if titles.iter().all(is_elsewhere) => Sign::Executed,
            _ => Sign::Tested,
        }
    }

    /// What stands in a cell, and what it means.
    pub fn mark_and_meaning(self) -> (&'static str, &'static str) {
        match self {
            Sign::Tested => ("✓", "tested"),
            Sign::Executed => ("◐", "executed by our loader"),
            Sign::Audited => ("○", "audited, not run"),
            Sign::Failed => ("✗", "failed"),
            Sign::NotReached => ("…", "not reached"),
            Sign::Skipped => ("–", "skipped"),
        }
    }
}

/// A wheel in the table.
#[derive(Clone, Debug)]
pub struct Entry {
    pub identifier: Identifier,
    pub sign: Sign,
    /// Why it has this sign, or in which interpreters; empty if there is nothing to say.
    pub note: String,
}

/// The wheels by target and interpreter, targets in the order of [`TARGETS`], interpreters by age.
pub struct Grid {
    entries: Vec<Entry>,
}

/// So many wheels with the same note are named; more of them are only counted.
const NAMED_MAX: usize = 2;

/// So many notes on passed tests are listed; where there are more, none of them is.
const WAYS_MAX: usize = 3;

impl Grid {
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Grid {
        Grid { entries: entries.into_iter().collect() }
    }

    pub fn targets(&self) -> Vec<&'static str> {
        let is_there =
            |target: &&Target| self.entries.iter().any(|e| e.identifier.target == *target);
        TARGETS.iter().filter(is_there).map(|target| target.name).collect()
    }

    /// As identifiers have them: `cp311_abi3`.
    pub fn interpreters(&self) -> Vec<String> {
        let key = |Entry { identifier, .. }: &Entry| {
            let Interpreter { major, minor, .. } = identifier.interpreter;
            (major, minor, identifier.interpreter_name())
        };
        let sorted: BTreeSet<(u32, u32, String)> = self.entries.iter().map(key).collect();
        sorted.into_iter().map(|(.., name)| name).collect()
    }

    pub fn at(&self, target: &str, interpreter: &str) -> Option<&Entry> {
        let is_it =
            |id: &Identifier| id.target.name == target && id.interpreter_name() == interpreter;
        self.entries.iter().find(|entry| is_it(&entry.identifier))
    }

    /// Each sign that is there and how often.
    pub fn legend(&self) -> String {
        let parts = Sign::ALL.iter().filter_map(|sign| {
            let count = self.entries.iter().filter(|entry| entry.sign == *sign).count();
            let (mark, meaning) = sign.mark_and_meaning();
            (count > 0).then(|| format!("{mark} {count} {meaning}"))
        });
        parts.collect::<Vec<_>>().join(" · ")
    }

    /// What wheels of a sign have in common: `– no CPython 3.5 was found: 15 wheels`.
    pub fn notes(&self) -> Vec<String> {
        let mut groups: BTreeMap<(Sign, &str), Vec<String>> = BTreeMap::new();
        for Entry { identifier, sign, note } in &self.entries {
            if !note.is_empty() {
                groups.entry((*sign, note)).or_default().push(identifier.to_string());
            }
        }
        let passed = |sign: Sign| matches!(sign, Sign::Tested | Sign::Executed);
        let ways = groups.keys().filter(|(sign, _)| passed(*sign)).count();
        let is_told = |sign: Sign| !passed(sign) || ways <= WAYS_MAX;
        let groups = groups.into_iter().filter(|((sign, _), _)| is_told(*sign));
        let note = |((sign, note), wheels): ((Sign, &str), Vec<String>)| {
            let whose = match wheels.len() {
                count if count <= NAMED_MAX => wheels.join(", "),
                count => format!("{count} wheels"),
            };
            format!("{} {note}: {whose}", sign.mark_and_meaning().0)
        };
        groups.map(note).collect()
    }

    /// The names of interpreters in two lines: what comes after `_` is below.
    fn head(&self, names: &[String], width: usize) -> String {
        let halves: Vec<(&str, &str)> =
            names.iter().map(|name| name.split_once('_').unwrap_or((name, ""))).collect();
        let line = |of: fn(&(&str, &str)) -> String| {
            let cells = halves.iter().map(|half| {
                format!(" {:>width$}", of(half), width = half.0.len().max(half.1.len()))
            });
            format!("{}{}", " ".repeat(width), cells.collect::<String>()).trim_end().to_owned()
        };
        let lines = [line(|half| half.0.to_owned()), line(|half| half.1.to_owned())];
        lines.iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (targets, names) = (self.targets(), self.interpreters());
        let width = targets.iter().map(|target| target.len()).max().unwrap_or(0);
        f.write_str(&self.head(&names, width))?;
        for target in targets {
            let mut line = format!("{target:width$}");
            for name in &names {
                let mark = self.at(target, name).map_or("", |e| e.sign.mark_and_meaning().0);
                let width = name.split('_').map(str::len).max().unwrap_or(0);
                line += &format!(" {mark:>width$}");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        if !self.entries.is_empty() {
            writeln!(f, "\n{}", self.legend())?;
        }
        self.notes().iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn entry(interpreter: &str, target: &str, sign: Sign, note: &str) -> Entry {
        let identifier = format!("{interpreter}-{target}").parse().unwrap();
        Entry { identifier, sign, note: note.to_owned() }
    }

    #[test]
    fn each_wheel_is_a_sign_and_what_several_have_in_common_is_said_once() {
        let mut entries = vec![
            entry("cp311_abi3", "win32", Sign::Audited, ""),
            entry("cp38", "manylinux_x86_64", Sign::Tested, "in 3.8.18"),
            entry("cp311_abi3", "manylinux_x86_64", Sign::Tested, "in 3.11.7, 3.12.1"),
            entry("cp38", "win32", Sign::Failed, "test: `wine` ended badly"),
        ];
        for target in ["win32", "manylinux_x86_64", "macosx_x86_64"] {
            entries.push(entry("cp35m", target, Sign::Skipped, "no CPython 3.5 was found"));
        }
        expect![[r#"
                             cp35m cp38 cp311
                                         abi3
            macosx_x86_64        –
            manylinux_x86_64     –    ✓     ✓
            win32                –    ✗     ○

            ✓ 2 tested · ○ 1 audited, not run · ✗ 1 failed · – 3 skipped
            ✓ in 3.11.7, 3.12.1: cp311_abi3-manylinux_x86_64
            ✓ in 3.8.18: cp38-manylinux_x86_64
            ✗ test: `wine` ended badly: cp38-win32
            – no CPython 3.5 was found: 3 wheels
        "#]]
        .assert_eq(&Grid::new(entries).to_string());
    }

    #[test]
    fn how_each_wheel_was_tested_is_left_out_where_there_are_many_ways() {
        let entry = |at: usize| entry("cp38", TARGETS[at].name, Sign::Tested, &format!("in {at}"));
        assert_eq!(Grid::new((0..=WAYS_MAX).map(entry)).notes(), [""; 0]);
        assert_eq!(Grid::new((0..WAYS_MAX).map(entry)).notes().len(), WAYS_MAX);
    }

    #[test]
    fn code_that_our_loader_executed_is_not_called_tested() {
        let titles = |titles: &[&str]| {
            Sign::of_passed(&titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
        };
        let loaded = "3.9.18 (x86_64 code executed by our loader on Linux)";
        assert_eq!(titles(&[loaded]), Sign::Executed);
        assert_eq!(titles(&[loaded, "3.9.18"]), Sign::Tested);
        assert_eq!(titles(&[]), Sign::Audited);
    }

    #[test]
    fn no_wheels_make_no_table() {
        assert_eq!(Grid::new([]).to_string(), "");
    }
}
