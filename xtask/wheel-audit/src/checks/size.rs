//! The size of a wheel against that of an earlier one.

use std::collections::HashMap;

use crate::{archive::read_members, finding::Findings};

/// A wheel may grow by a quarter, and by this many bytes in any case.
const GROWTH_FREE: usize = 64 << 10;

/// Warns if a wheel grew by more than that, and names the file that grew most.
pub fn check(bytes: &[u8], previous: &[u8], findings: &mut Findings) {
    let (now, before) = (bytes.len(), previous.len());
    if now <= before + GROWTH_FREE || now <= before + before / 4 {
        return;
    }
    let percent = (now - before) * 100 / before.max(1);
    let mut what = format!("it has {now} bytes, the previous one {before}: {percent} % more");
    if let Some((path, growth)) = most_grown(bytes, previous) {
        what.push_str(&format!("; most is in `{path}`, {growth} bytes"));
    }
    findings.about_wheel("size").warning(what);
}

/// The file that grew most, by its unpacked size, and by how much. Digits in names are ignored, so
/// that `a.cp312.so` counts as the successor of `a.cp311.so`.
fn most_grown(bytes: &[u8], previous: &[u8]) -> Option<(String, usize)> {
    let key = |path: &str| path.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let before = read_members(previous).ok()?;
    let before: HashMap<String, usize> =
        before.iter().map(|member| (key(&member.path), member.content.len())).collect();
    let members = read_members(bytes).ok()?;
    let growth = members.into_iter().map(|member| {
        let before = before.get(&key(&member.path)).copied().unwrap_or_default();
        (member.path, member.content.len().saturating_sub(before))
    });
    growth.max_by_key(|(_, growth)| *growth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Entry, write_zip};

    /// Bytes that cannot be compressed.
    fn noise(size: u32) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..size).map(|_| next()).collect()
    }

    #[test]
    fn a_wheel_that_grows_by_much_is_told_with_the_file_that_did() {
        let wheel = |size| {
            let entry = |path: &str, size| Entry { path: path.to_owned(), content: noise(size) };
            write_zip(&[entry("p/a.py", 20), entry("p/b.cp312.so", size)]).unwrap()
        };
        let check = |now, before| {
            let mut findings = Findings::default();
            check(&wheel(now), &wheel(before), &mut findings);
            findings.into_vec().first().map(ToString::to_string)
        };
        assert_eq!(check(100_000, 90_000), None);
        assert_eq!(check(1_100_000, 1_000_000), None);
        let what = check(300_000, 100_000).unwrap();
        assert!(what.ends_with("most is in `p/b.cp312.so`, 200000 bytes"), "{what}");
    }
}
