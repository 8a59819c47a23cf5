//! Every wheel that can run here passed its tests, these very bytes, as the journal records it.

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::{Journal, Record, digest::sha256};
use wheel_audit::WheelName;

use super::ReleaseFiles;
use crate::{
    acting::files,
    ground::{
        matrix::{Identifier, Interpreter, Target},
        plan::{Counts, Esig, Role},
    },
};

/// A wheel that was tested, as the journal records it.
#[derive(Clone, Debug)]
struct TestedWheel {
    identifier: String,
    /// As the report names the interpreter.
    release: String,
    /// The SHA-256 of the wheel.
    wheel: String,
    counts: Counts,
}

pub fn findings(release: &ReleaseFiles, runs: &[String]) -> anyhow::Result<Vec<String>> {
    let here: Vec<Identifier> =
        runs.iter().map(|name| exact(name)).collect::<anyhow::Result<_>>()?;
    let workplace = files::workplace(release.root);
    let records = Journal::of(&workplace).records();
    let tested: Vec<TestedWheel> = records.into_iter().filter_map(tested).collect();
    let mut findings = Vec::new();
    for file in release.wheel_files() {
        let digest = sha256(&release.bytes(file)?);
        findings.extend(of_wheel(file, &digest, &here, &tested));
    }
    Ok(findings)
}

fn tested(record: Record<Esig>) -> Option<TestedWheel> {
    let Role::Testing { identifier, release } = record.role else { return None };
    let is_wheel = |input: &(Utf8PathBuf, String)| input.0.extension() == Some("whl");
    let (_, wheel) = record.inputs.into_iter().find(is_wheel)?;
    Some(TestedWheel { identifier, release, wheel, counts: record.counts? })
}

/// `cp311-manylinux_x86_64`: an exact build of CPython.
fn exact(name: &str) -> anyhow::Result<Identifier> {
    let (interpreter, target) = name.split_once('-').context("`--runs` names an identifier")?;
    let interpreter: Interpreter = interpreter.parse()?;
    let target = Target::named(target).with_context(|| format!("`{target}` is no target"))?;
    Ok(Identifier { interpreter, target })
}

fn of_wheel(file: &str, digest: &str, here: &[Identifier], tested: &[TestedWheel]) -> Vec<String> {
    let Ok(name) = file.parse::<WheelName>() else { return Vec::new() };
    let wheel = Identifier::of_tags(&name.python, &name.abi, &name.platform);
    let Ok(wheel) = wheel else { return Vec::new() };
    let can_run = here.iter().filter(|exact| {
        exact.target == wheel.target && wheel.interpreter.serves(&exact.interpreter)
    });
    let finding = |exact: &Identifier| {
        let version = exact.interpreter.version();
        let is_of_this = |tested: &&TestedWheel| {
            tested.identifier == wheel.to_string() && is_release_of(&tested.release, &version)
        };
        let tests: Vec<&TestedWheel> = tested.iter().filter(is_of_this).collect();
        let mut of_these_bytes = tests.iter().filter(|tested| tested.wheel == digest).peekable();
        let what = if tests.is_empty() {
            "it was not tested"
        } else if of_these_bytes.peek().is_none() {
            "another file of this name was tested"
        } else if !of_these_bytes.any(|t| t.counts.passed > 0 && t.counts.failed == 0) {
            "its tests did not pass"
        } else {
            return None;
        };
        Some(format!("{wheel} in CPython {version}: {what}"))
    };
    can_run.filter_map(finding).collect()
}

/// `3.8.18` and `3.11 under qemu` are releases of their versions.
fn is_release_of(release: &str, version: &str) -> bool {
    let rest = release.strip_prefix(version);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::plan::Counts;

    const WHEEL: &str = "esig-1.1.0-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

    fn tested(release: &str, passed: u64, failed: u64) -> TestedWheel {
        TestedWheel {
            identifier: "cp311_abi3-manylinux_x86_64".to_owned(),
            release: release.to_owned(),
            wheel: "d1".to_owned(),
            counts: Counts { passed, failed, skipped: 0 },
        }
    }

    #[track_caller]
    fn check(digest: &str, tested: &[TestedWheel], expected: &[&str]) {
        let here = ["cp38-manylinux_x86_64", "cp311-manylinux_x86_64", "cp313-manylinux_x86_64"];
        let here: Vec<Identifier> = here.iter().map(|name| exact(name).unwrap()).collect();
        assert_eq!(of_wheel(WHEEL, digest, &here, tested), expected);
    }

    #[test]
    fn a_wheel_that_passed_in_all_that_can_run_it_has_no_findings() {
        check("d1", &[tested("3.11.7", 61, 0), tested("3.13 under qemu", 61, 0)], &[]);
    }

    #[test]
    fn what_was_not_tested_or_failed_or_is_another_is_named() {
        let title = |version: &str| format!("cp311_abi3-manylinux_x86_64 in CPython {version}");
        let passed = tested("3.11.7", 61, 0);
        let missing = title("3.13") + ": it was not tested";
        check("d1", std::slice::from_ref(&passed), &[&missing]);
        let failed = title("3.13") + ": its tests did not pass";
        check("d1", &[passed.clone(), tested("3.13.0", 60, 1)], &[&failed]);
        let other = ": another file of this name was tested";
        let both = [passed, tested("3.13.0", 61, 0)];
        check("d2", &both, &[&(title("3.11") + other), &(title("3.13") + other)]);
    }

    #[test]
    fn a_release_is_one_of_its_version_alone() {
        assert!(is_release_of("3.1.2", "3.1") && !is_release_of("3.11.7", "3.1"));
    }
}
