//! What the audit of each wheel says, divided by the promises that it is about.

use wheel_audit::HARDENING;

use super::ReleaseFiles;
use crate::{audit::audit, gate::promises::Promise};

pub fn findings(release: &ReleaseFiles, promise: Promise) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in release.wheel_files() {
        let found = of_wheel(file, &release.bytes(file)?, promise);
        findings.extend(found.iter().map(|what| format!("`{file}`: {what}")));
    }
    Ok(findings)
}

fn of_wheel(file: &str, bytes: &[u8], promise: Promise) -> Vec<String> {
    let found = audit(file, bytes).into_iter().filter(|found| promise_of(found.check) == promise);
    found.map(|found| found.to_string()).collect()
}

fn promise_of(check: &str) -> Promise {
    match check {
        HARDENING => Promise::Hardened,
        "metadata" => Promise::Metadata,
        "private" => Promise::Private,
        _ => Promise::Audit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gate::steps::tests::{WHEEL, source, wheel},
        wheel::assemble,
    };
    use wheel_audit::{Entry, write_zip};

    /// What only a real library would keep.
    fn but_for_its_library(bytes: &[u8]) -> Vec<String> {
        of_wheel(WHEEL, bytes, Promise::Audit)
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

    fn found(library: &[u8]) -> Vec<String> {
        let path = "tosig.cpython-38-x86_64-linux-gnu.so".to_owned();
        let module = Entry { path, content: library.to_vec() };
        let wheel = assemble(&WHEEL.parse().unwrap(), &source(), module).unwrap();
        let found = audit(WHEEL, &wheel).into_iter();
        found.filter(|found| found.check == HARDENING).map(|found| found.what).collect()
    }

    const GOOD: &[u8] = include_bytes!("../../../wheel-audit/tests/fixtures/linux_x86_64.elf");

    #[test]
    fn a_library_that_is_hardened_passes() {
        assert_eq!(found(GOOD), [""; 0]);
    }

    #[test]
    fn an_executable_stack_is_found() {
        let mut changed = GOOD.to_vec();
        let stack = 0x6474_e551u32.to_le_bytes();
        let header = changed.windows(4).position(|word| word == stack).unwrap();
        changed[header + 4] |= 1;
        assert_eq!(found(&changed), ["asks for an executable stack"]);
    }
}
