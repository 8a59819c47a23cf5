//! There is every wheel that the configuration names, the source archive, and no other file.

use std::collections::BTreeMap;

use super::Release;
use crate::{
    facts::config::Config,
    ground::matrix::{Identifier, Interpreter},
};

pub fn verify(release: &Release, without: &[String]) -> anyhow::Result<Vec<String>> {
    let without: Vec<Interpreter> =
        without.iter().map(|name| name.parse()).collect::<anyhow::Result<_>>()?;
    let sdist = release.sdist_name()?;
    let mut files = release.files.clone();
    let has_sdist = files.contains(&sdist);
    files.retain(|file| *file != sdist);
    let mut findings = findings(&release.config()?, &release.version()?, &files, &without);
    if !has_sdist {
        findings.insert(0, format!("`{sdist}` is missing"));
    }
    Ok(findings)
}

/// How many of a kind are named one by one.
const NAMED: usize = 12;

fn findings(
    config: &Config,
    version: &str,
    files: &[String],
    without: &[Interpreter],
) -> Vec<String> {
    let expected: BTreeMap<String, Identifier> = config
        .released()
        .into_iter()
        .map(|id| (id.wheel_name("esig", version, &config.policy(id.target)), id))
        .collect();
    let missing: Vec<Identifier> =
        expected.iter().filter(|(file, _)| !files.contains(file)).map(|(_, id)| *id).collect();
    let of_here = |id: &&Identifier| !without.contains(&id.interpreter);
    let mut findings: Vec<String> = missing
        .iter()
        .filter(of_here)
        .take(NAMED)
        .map(|id| format!("the wheel {id} is missing"))
        .collect();
    let more = missing.iter().filter(of_here).count().saturating_sub(NAMED);
    if more > 0 {
        findings.push(format!("and {more} more"));
    }
    for interpreter in without {
        let count = missing.iter().filter(|id| id.interpreter == *interpreter).count();
        if count > 0 {
            findings.push(format!(
                "{count} wheels for {interpreter} are missing, and cannot be built here, where \
                 there are no headers of {}",
                interpreter.wanted()
            ));
        }
    }
    let extra = files.iter().filter(|file| !expected.contains_key(*file));
    findings.extend(extra.map(|file| format!("`{file}` is no file of this release")));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEELS: [&str; 2] = [
        "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "esig-1.1.0-cp35-cp35m-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    ];

    #[track_caller]
    fn check(files: &[&str], without: &[&str], expected: &[&str]) {
        let config = "interpreters = ['cp27mu', 'cp35m', 'cp38']\n\
                      targets = ['macosx_x86_64', 'manylinux_x86_64']\n\
                      skip = ['*-macosx_x86_64', 'cp27mu-*']\n[policies]\n\
                      manylinux = 'manylinux_2_17'\nmusllinux = 'musllinux_1_2'\n\
                      macosx_arm64 = 'macosx_11_0'\nmacosx_x86_64 = 'macosx_10_13'\n";
        let files: Vec<String> = files.iter().map(|file| file.to_string()).collect();
        let without: Vec<Interpreter> = without.iter().map(|name| name.parse().unwrap()).collect();
        let config = Config::parse(config).unwrap();
        assert_eq!(findings(&config, "1.1.0", &files, &without), expected);
    }

    #[test]
    fn the_wheels_of_the_configuration_are_complete() {
        check(&WHEELS, &[], &[]);
    }

    #[test]
    fn what_is_missing_or_more_is_named() {
        let other = "esig-1.1.0-cp38-cp38-manylinux_2_28_x86_64.whl";
        check(
            &[WHEELS[1], other],
            &[],
            &[
                "the wheel cp38-manylinux_x86_64 is missing",
                "`esig-1.1.0-cp38-cp38-manylinux_2_28_x86_64.whl` is no file of this release",
            ],
        );
    }

    #[test]
    fn what_this_machine_cannot_build_is_told_as_such() {
        let what = "1 wheels for cp35m are missing, and cannot be built here, where there are no \
                    headers of CPython 3.5";
        check(&WHEELS[..1], &["cp35m"], &[what]);
    }
}
