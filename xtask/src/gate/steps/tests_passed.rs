//! Every wheel passed its tests, these very bytes, on whatever machine, as is said of them; or it
//! is listed as audited only.

use jobs::digest::sha256;
use wheel_audit::WheelName;

use super::{ReleaseFiles, tested::said};
use crate::{
    acting::files,
    facts::config::Config,
    gate::attestation::Statement,
    ground::{
        listed,
        matrix::{Abi, Identifier, Interpreter},
    },
    planning::testers::is_of_another_version,
};

pub fn findings(release: &ReleaseFiles, runs: &[String]) -> anyhow::Result<Vec<String>> {
    let here = runs.iter().map(|name| name.parse()).collect::<anyhow::Result<_>>()?;
    let gate = Gate { said: said(release.root)?, here, config: release.config()? };
    let (mut findings, mut audited_only) = (Vec::new(), Vec::new());
    for file in release.wheel_files() {
        let digest = sha256(&release.bytes(file)?);
        match gate.verdict(file, &digest) {
            Verdict::Tested => {}
            Verdict::AuditedOnly => audited_only.push(file.clone()),
            Verdict::Broken(found) => findings.extend(found),
        }
    }
    if !audited_only.is_empty() {
        let count = audited_only.len();
        let names = listed(&audited_only);
        files::tell(&format!("note: {count} wheels were audited, never run: {names}"));
    }
    Ok(findings)
}

/// What wheels are judged by.
struct Gate {
    said: Vec<Statement>,
    /// The exact builds of CPython that run here.
    here: Vec<Identifier>,
    config: Config,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Tested,
    /// The configuration says that nobody can run it, and nobody here could.
    AuditedOnly,
    Broken(Vec<String>),
}

impl Gate {
    fn verdict(&self, file: &str, digest: &str) -> Verdict {
        let name = file.parse::<WheelName>().ok();
        let wheel = name.and_then(|n| Identifier::of_tags(&n.python, &n.abi, &n.platform).ok());
        let title = wheel.map_or(format!("`{file}`"), |wheel| wheel.to_string());
        let (mut of_it, mut found) = self.of_wheel(file, digest);
        // That another version executed its code is no test in what it is for.
        of_it.retain(|said| !said.passed() || !is_of_another_version(said.interpreter()));
        for said in &of_it {
            let circumstances = said.circumstances();
            if !said.passed() {
                found.push(format!("its tests did not pass {circumstances}"));
            } else if !wheel.is_some_and(|wheel| can_run(&wheel, said.interpreter())) {
                found.push(format!("it is not for what it was tested in: {circumstances}"));
            }
        }
        let runs_here = self.here.iter().filter(|exact| {
            wheel.is_some_and(|wheel| {
                exact.target == wheel.target && wheel.interpreter.serves(&exact.interpreter)
            })
        });
        for version in runs_here.map(|exact| exact.interpreter.version()) {
            if !of_it.iter().any(|said| is_release_of(said.interpreter(), &version)) {
                found.push(format!("CPython {version} is here, and it was not tested in one"));
            }
        }
        let is_listed =
            wheel.is_some_and(|w| self.config.audited_only.iter().any(|s| s.matches(&w)));
        if found.is_empty() && of_it.is_empty() && is_listed {
            return Verdict::AuditedOnly;
        }
        if found.is_empty() && of_it.is_empty() {
            found.push("nothing says that it was tested".to_owned());
        }
        let found: Vec<String> = found.iter().map(|what| format!("{title}: {what}")).collect();
        if found.is_empty() { Verdict::Tested } else { Verdict::Broken(found) }
    }

    /// What is said of these very bytes, and what is said of others by this name.
    fn of_wheel(&self, file: &str, digest: &str) -> (Vec<&Statement>, Vec<String>) {
        let (mut of_it, mut of_others) = (Vec::new(), Vec::new());
        for said in &self.said {
            let has = |digest: &str| {
                said.subject.iter().any(|one| one.digest.sha256.eq_ignore_ascii_case(digest))
            };
            if has(digest) {
                of_it.push(said);
            } else if said.subject.iter().any(|one| one.name == file) {
                let circumstances = said.circumstances();
                of_others.push(format!("another file of this name was tested {circumstances}"));
            }
        }
        (of_it, of_others)
    }
}

/// Whether an interpreter, as reports name it, is one that a wheel is for. They do not say which
/// build of a version it is.
fn can_run(wheel: &Identifier, release: &str) -> bool {
    let Interpreter { major, minor, abi } = wheel.interpreter;
    let mut numbers = release.split(['.', ' ']).map(|number| {
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        number[..end].parse::<u32>().ok()
    });
    let [theirs, of_theirs] = [(); 2].map(|()| numbers.next().flatten());
    theirs == Some(major)
        && of_theirs.is_some_and(|theirs| theirs == minor || abi == Abi::Stable && theirs > minor)
}

/// `3.8.18` and `3.11 under qemu` are releases of their versions.
fn is_release_of(release: &str, version: &str) -> bool {
    let rest = release.strip_prefix(version);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gate::attestation::{Digest, Subject, Tester},
        ground::plan::Counts,
    };

    const WHEEL: &str = "esig-1.1.0-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
    const TITLE: &str = "cp311_abi3-manylinux_x86_64";

    fn said(file: &str, digest: &str, release: &str, failed: u64) -> Statement {
        let digest = Digest { sha256: digest.to_owned() };
        let tester = Tester { name: "there".to_owned(), url: None };
        let counts = Counts { passed: 61, failed, skipped: 0 };
        let subject = Subject { name: file.to_owned(), digest };
        Statement::new(subject, release, &tester, failed == 0, counts)
    }

    fn of_wheel(release: &str, failed: u64) -> Statement {
        said(WHEEL, "d1", release, failed)
    }

    #[track_caller]
    fn check(file: &str, here: &[&str], listed: &str, said: &[Statement], expected: &[&str]) {
        let config = format!(
            "interpreters = ['cp38', 'cp311-abi3']\ntargets = ['manylinux_x86_64', 'win_amd64']\n\
             audited-only = [{listed}]\n[policies]\nmanylinux = 'manylinux_2_17'\n\
             musllinux = 'musllinux_1_2'\nmacosx_arm64 = 'macosx_11_0'\n\
             macosx_x86_64 = 'macosx_10_13'\n"
        );
        let here = here.iter().map(|name| name.parse().unwrap()).collect();
        let config = Config::parse(&config).unwrap();
        let gate = Gate { said: said.to_vec(), here, config };
        let expected: Vec<String> = expected.iter().map(|what| what.to_string()).collect();
        let verdict = gate.verdict(file, "d1");
        match (expected.is_empty(), listed.is_empty() || !said.is_empty()) {
            (true, true) => assert_eq!(verdict, Verdict::Tested),
            (true, false) => assert_eq!(verdict, Verdict::AuditedOnly),
            _ => assert_eq!(verdict, Verdict::Broken(expected)),
        }
    }

    const HERE: &[&str] = &["cp38-manylinux_x86_64", "cp313-manylinux_x86_64"];

    #[test]
    fn a_wheel_that_passed_somewhere_and_in_all_that_run_it_here_is_tested() {
        check(WHEEL, HERE, "", &[of_wheel("3.11.7", 0), of_wheel("3.13 under qemu", 0)], &[]);
        check(WHEEL, &[], "", &[of_wheel("3.12.1", 0)], &[]);
        let upper = said("renamed.whl", "D1", "3.12.1", 0);
        check(WHEEL, &[], "", &[upper], &[]);
    }

    #[test]
    fn what_nobody_tested_is_broken_unless_it_is_listed_and_nobody_here_could() {
        let nothing = format!("{TITLE}: nothing says that it was tested");
        check(WHEEL, &[], "", &[], &[&nothing]);
        check(WHEEL, &[], "'cp38-*'", &[], &[&nothing]);
        check(WHEEL, &[], "'*-manylinux_x86_64'", &[], &[]);
        let here = format!("{TITLE}: CPython 3.13 is here, and it was not tested in one");
        check(WHEEL, HERE, "'*'", &[], &[&here]);
        check(WHEEL, HERE, "", &[of_wheel("3.11.7", 0)], &[&here]);
    }

    #[test]
    fn each_record_must_be_of_these_bytes_and_have_passed_also_of_what_is_listed() {
        let failed = format!(
            "{TITLE}: its tests did not pass in CPython 3.12.1 by there (61 passed, 1 failed, 0 \
             skipped)"
        );
        let both = [of_wheel("3.11.7", 0), of_wheel("3.12.1", 1)];
        check(WHEEL, &[], "", &both, &[&failed]);
        check(WHEEL, &[], "'*'", &both, &[&failed]);
        let other = format!(
            "{TITLE}: another file of this name was tested in CPython 3.11.7 by there (61 passed, 0 \
             failed, 0 skipped)"
        );
        let another = said(WHEEL, "d2", "3.11.7", 0);
        check(WHEEL, &[], "", std::slice::from_ref(&another), &[&other]);
        check(WHEEL, &[], "'*'", std::slice::from_ref(&another), &[&other]);
        check(WHEEL, &[], "", &[of_wheel("3.12.1", 0), another], &[&other]);
    }

    #[test]
    fn a_test_in_what_the_wheel_is_not_for_is_none() {
        let not_for = format!(
            "{TITLE}: it is not for what it was tested in: in CPython 3.8.18 by there (61 passed, 0 \
             failed, 0 skipped)"
        );
        check(WHEEL, &[], "", &[of_wheel("3.8.18", 0)], &[&not_for]);
        let other = "3.13 (code for cp311 executed by our loader)";
        let nothing = format!("{TITLE}: nothing says that it was tested");
        check(WHEEL, &[], "", &[of_wheel(other, 0)], &[&nothing]);
        let wheel = Identifier::of_tags("cp38", "cp38", "win_amd64").unwrap();
        assert!(can_run(&wheel, "3.8.18") && can_run(&wheel, "3.8 (wine 8)"));
        for release in ["3.9.1", "2.8", "3", "", "3.80", "a container"] {
            assert!(!can_run(&wheel, release), "{release}");
        }
    }

    #[test]
    fn a_release_is_one_of_its_version_alone() {
        assert!(is_release_of("3.1.2", "3.1") && !is_release_of("3.11.7", "3.1"));
    }
}
