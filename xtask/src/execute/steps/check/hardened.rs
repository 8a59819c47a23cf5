//! Each library is hardened: what of its audit is about that.

use super::Release;
use crate::audit;

pub fn verify(release: &Release) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in release.wheel_files() {
        let found = audit::audit(file, &release.bytes(file)?);
        let found = found.iter().filter(|what| is_of_hardening(what));
        findings.extend(found.map(|what| format!("`{file}`: {what}")));
    }
    Ok(findings)
}

/// How the auditor words it.
const WORDS: &[&str] = &[
    "is not hardened",
    "asks for an executable stack",
    "has code that can be written to",
    "has relocations in its code",
    "has a run path",
];

pub fn is_of_hardening(finding: &str) -> bool {
    WORDS.iter().any(|words| finding.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_auditor_says_of_other_things_is_not_of_hardening() {
        assert!(!is_of_hardening("`esig/tosig.so` needs `libstdc++.so.6`"));
    }

    #[test]
    fn a_weakness_is() {
        assert!(is_of_hardening("`esig/tosig.so` asks for an executable stack"));
    }
}
