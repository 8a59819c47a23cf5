//! Each wheel passes `cargo xtask audit`: its tags are true to its contents, RECORD is too.

use wheel_audit::HARDENING;

use super::Release;
use crate::audit::audit;

pub fn verify(release: &Release) -> anyhow::Result<Vec<String>> {
    of_promise(release, "audit")
}

/// Checks of an audit that belong to another promise of the release.
const OTHERS: &[(&str, &str)] =
    &[(HARDENING, "hardened"), ("metadata", "metadata"), ("private", "private")];

/// What the audits of all wheels say of a promise.
pub fn of_promise(release: &Release, promise: &str) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in release.wheel_files() {
        let found = self::findings(file, &release.bytes(file)?, promise);
        findings.extend(found.iter().map(|what| format!("`{file}`: {what}")));
    }
    Ok(findings)
}

fn findings(file: &str, bytes: &[u8], promise: &str) -> Vec<String> {
    let promise_of = |check: &str| {
        OTHERS.iter().find(|(other, _)| *other == check).map_or("audit", |(_, promise)| promise)
    };
    let found = audit(file, bytes).into_iter();
    found.filter(|f| promise_of(f.check) == promise).map(|f| f.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::{WHEEL, source, wheel};
    use wheel_audit::write_zip;

    /// What only a real library would keep.
    fn but_for_its_library(bytes: &[u8]) -> Vec<String> {
        findings(WHEEL, bytes, "audit")
            .into_iter()
            .filter(|what| !what.contains("is no library"))
            .collect()
    }

    #[test]
    fn a_wheel_as_the_build_makes_it_passes() {
        let bytes = write_zip(&wheel(&source()).entries).unwrap();
        assert_eq!(but_for_its_library(&bytes), [""; 0]);
    }

    #[test]
    fn a_record_that_does_not_hold_is_found() {
        let changed = wheel(&source()).with("esig/__init__.py", "x = 2\n");
        let found = but_for_its_library(&write_zip(&changed.entries).unwrap());
        assert_eq!(found, ["`esig/__init__.py` is not as RECORD has it"]);
    }
}
