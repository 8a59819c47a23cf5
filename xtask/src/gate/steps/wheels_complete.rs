//! There is every wheel that the configuration names, the source archive, and no other file.

use std::collections::BTreeMap;

use super::ReleaseFiles;
use crate::{
    facts::config::Config,
    ground::matrix::{Identifier, Interpreter},
};

pub fn findings(release: &ReleaseFiles, without: &[String]) -> anyhow::Result<Vec<String>> {
    let without: Vec<Interpreter> =
        without.iter().map(|name| name.parse()).collect::<anyhow::Result<_>>()?;
    let sdist = release.sdist_name();
    let (sdists, others): (Vec<_>, Vec<_>) = release.files.iter().partition(|f| **f == sdist);
    let missing = sdists.is_empty().then(|| format!("`{sdist}` is missing"));
    let of_wheels = of_files(&release.config()?, &release.version, &others, &without);
    let irregular = release.irregular.iter().map(|name| format!("`{name}` is no plain file"));
    Ok(missing.into_iter().chain(of_wheels).chain(irregular).collect())
}

/// How many missing wheels are named one by one.
const NAMED: usize = 12;

fn of_files(
    config: &Config,
    version: &str,
    files: &[&String],
    without: &[Interpreter],
) -> Vec<String> {
    let name = |id: &Identifier| id.wheel_name("esig", version, &config.policy(id.target));
    let expected: BTreeMap<String, Identifier> =
        config.released().into_iter().map(|id| (name(&id), id)).collect();
    let missing = expected.iter().filter(|(file, _)| !files.contains(file)).map(|(_, id)| id);
    let (elsewhere, here): (Vec<&Identifier>, Vec<&Identifier>) =
        missing.partition(|id| without.contains(&id.interpreter));
    let named = here.iter().take(NAMED);
    let mut findings: Vec<String> = named.map(|id| format!("the wheel {id} is missing")).collect();
    if here.len() > NAMED {
        findings.push(format!("and {} more", here.len() - NAMED));
    }
    for interpreter in without {
        let count = elsewhere.iter().filter(|id| id.interpreter == *interpreter).count();
        if count > 0 {
            findings.push(format!(
                "{count} wheels for {interpreter} are missing, and cannot be built here, where \
                 there are no headers of {}",
                interpreter.wanted()
            ));
        }
    }
    let extra = files.iter().filter(|file| !expected.contains_key(**file));
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
        let files: Vec<&String> = files.iter().collect();
        assert_eq!(of_files(&config, "1.1.0", &files, &without), expected);
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
