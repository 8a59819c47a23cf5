//! The source archive holds every file that git tracks, as it is there, and none besides.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use wheel_audit::Entry;

use super::{ReleaseFiles, content, text};
use crate::{
    acting::files::{project_files, read},
    ground::listed,
};

pub fn findings(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let git_only = git_only(&text(release.root, "pyproject.toml")?)?;
    let mut tracked = BTreeMap::new();
    for path in project_files(release.root)? {
        if !is_below(path.as_str(), &git_only) {
            tracked.insert(path.to_string(), read(&release.root.join(&path)).unwrap_or_default());
        }
    }
    Ok(of_archive(&tracked, &release.source()?))
}

/// setuptools adds these.
const OF_SETUPTOOLS: &[&str] = &["PKG-INFO", "esig.egg-info"];

/// setuptools writes this one anew, in another layout.
const REWRITTEN: &str = "setup.cfg";

fn of_archive(tracked: &BTreeMap<String, Vec<u8>>, source: &[Entry]) -> Vec<String> {
    let shipped: BTreeSet<&str> = source.iter().map(|entry| entry.path.as_str()).collect();
    let missing = tracked.keys().filter(|path| !shipped.contains(path.as_str()));
    let is_extra = |path: &&&str| !tracked.contains_key(**path) && !is_below(path, OF_SETUPTOOLS);
    let extra = shipped.iter().filter(is_extra).map(|path| path.to_string());
    let differs = |(path, ours): &(&String, &Vec<u8>)| match content(source, path) {
        Some(theirs) if path.as_str() == REWRITTEN => words(ours).any(|w| !contains(theirs, w)),
        Some(theirs) => theirs != ours.as_slice(),
        None => false,
    };
    let changed = tracked.iter().filter(differs).map(|(path, _)| path.clone());
    let mut findings = Vec::new();
    let mut say = |what: &str, paths: Vec<String>| {
        if !paths.is_empty() {
            findings.push(format!("the source archive {what}: {}", listed(&paths)));
        }
    };
    say("lacks what git tracks", missing.cloned().collect());
    say("has what git does not track", extra.collect());
    say("has files that are not as git has them", changed.collect());
    findings
}

/// Lines without their indent, without comments.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"))
}

fn contains(text: &[u8], line: &[u8]) -> bool {
    words(text).any(|other| other == line)
}

fn is_below(path: &str, folders: &[impl AsRef<str>]) -> bool {
    folders.iter().any(|folder| {
        let rest = path.strip_prefix(folder.as_ref());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// What git has and archives need not have; the table is that of the tool `check-sdist`.
fn git_only(pyproject: &str) -> anyhow::Result<Vec<String>> {
    let pyproject: toml::Value = toml::from_str(pyproject)?;
    let table = pyproject.get("tool").and_then(|tool| tool.get("check-sdist")?.get("git-only"));
    let paths = table.context("pyproject.toml has no `git-only` in `[tool.check-sdist]`")?;
    Ok(paths.clone().try_into()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::entry;

    fn tracked(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn an_archive_of_what_git_tracks_is_complete() {
        let tracked = tracked(&[("a.h", "1"), ("setup.cfg", "# why\n[a]\nb =\n    c\n")]);
        let source = [
            entry("a.h", "1"),
            entry("setup.cfg", "[a]\nb = \n\tc\n\n[egg_info]\n"),
            entry("PKG-INFO", ""),
            entry("esig.egg-info/SOURCES.txt", ""),
        ];
        assert_eq!(of_archive(&tracked, &source), [""; 0]);
    }

    #[test]
    fn what_is_missing_added_or_changed_is_named() {
        let tracked = tracked(&[("a.h", "1"), ("b.h", "2"), ("setup.cfg", "[a]\nb = c\n")]);
        let source = [entry("b.h", "3"), entry("c.h", ""), entry("setup.cfg", "[a]\nb = d")];
        let expected = [
            "the source archive lacks what git tracks: a.h",
            "the source archive has what git does not track: c.h",
            "the source archive has files that are not as git has them: b.h, setup.cfg",
        ];
        assert_eq!(of_archive(&tracked, &source), expected);
    }

    #[test]
    fn what_only_git_has_is_configured() {
        let text = "[tool.check-sdist]\ngit-only = ['xtask', '.ci']\n";
        let git_only = git_only(text).unwrap();
        assert!(is_below("xtask/src/main.rs", &git_only) && is_below(".ci", &git_only));
        assert!(!is_below("xtasks", &git_only));
    }
}
