//! pyenv: where it is, and which versions it has.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::{facts::programs::answer, ground::paths::below};

/// What `pyenv` says of itself. That it lists a version does not mean that this version works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pyenv {
    pub program: Utf8PathBuf,
    /// Its versions are in `versions/` below.
    pub root: Utf8PathBuf,
    /// Its own release, `2.6.30`.
    pub release: String,
    /// Folders of versions, be they whole or what an interrupted build left.
    pub versions: Vec<String>,
}

impl Pyenv {
    /// Where a version is, or will be.
    pub fn folder(&self, version: &str) -> Utf8PathBuf {
        below(&self.root, format!("versions/{version}"))
    }
}

/// None if there is no pyenv, or one that does not answer.
pub fn probe(program: Option<&Utf8PathBuf>) -> Option<Pyenv> {
    let program = program?;
    let ask = |arguments: &[&str]| answer(program.as_str(), arguments);
    Some(Pyenv {
        program: program.clone(),
        root: ask(&["root"])?.trim().into(),
        release: parse_release(&ask(&["--version"])?),
        versions: parse_versions(&ask(&["versions", "--bare"])?),
    })
}

/// `pyenv 2.6.30`, or `pyenv 2.3.9-1-g423de9ae` from a checkout.
fn parse_release(answer: &str) -> String {
    answer.trim().trim_start_matches("pyenv").trim().to_owned()
}

/// A line for each; virtual environments are listed as `3.9.18/envs/name` besides.
fn parse_versions(answer: &str) -> Vec<String> {
    let lines = answer.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.contains('/')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: &str = include_str!("../../../tests/fixtures/pyenv/versions_bare_linux.txt");
    const VERSION: &str = include_str!("../../../tests/fixtures/pyenv/version_linux.txt");

    #[test]
    fn the_versions_that_it_has_are_read() {
        let versions = parse_versions(VERSIONS);
        assert_eq!(versions.first().unwrap(), "2.7.18");
        assert_eq!(versions.last().unwrap(), "3.13.0");
        assert_eq!(versions.len(), 9);
        assert_eq!(parse_versions("3.9.18\n3.9.18/envs/work\nwork\n"), ["3.9.18", "work"]);
        assert!(parse_versions("\n").is_empty());
    }

    #[test]
    fn its_own_release_is_read() {
        assert_eq!(parse_release(VERSION), "2.6.30");
        assert_eq!(parse_release("pyenv 2.3.9-1-g423de9ae\n"), "2.3.9-1-g423de9ae");
    }
}
