//! The files that keep all promises are noted, and `publish` uploads these very bytes alone.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use camino::Utf8Path;
use jobs::{digest::sha256, hinted};
use serde::{Deserialize, Serialize};

use super::{ReleaseFiles, checkout, versions, wheels_complete};
use crate::{
    acting::{files, git::Git},
    gate::promises::NOTED,
    ground::{listed, paths::STATE},
    libalgebra::facts::short,
};

/// The file that notes what the gate is looking at, beside the one that notes what passed.
const BEGUN: &str = "gate-begun.json";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PassedFiles {
    version: String,
    commit: String,
    /// By name, the SHA-256 of each file.
    files: BTreeMap<String, String>,
}

/// Notes the files before the first promise is looked at, and withdraws what passed earlier.
pub fn begin(root: &Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<()> {
    files::remove(&root.join(STATE).join(NOTED))?;
    PassedFiles::of(root, wheelhouse)?.write(root, BEGUN)
}

/// Notes what passed, if it is what it was at the beginning: the promises were looked at one by
/// one.
pub fn note(root: &Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<()> {
    let begun =
        PassedFiles::read(root, BEGUN).context("`note-checked --begin` was not done before")?;
    let passed = PassedFiles::of(root, wheelhouse)?;
    let changed = differences(&begun, &passed);
    let what = format!("it changed while it was checked: {}", listed(&changed));
    let hint = "leave it alone, and run `cargo xtask check` again";
    ensure!(changed.is_empty(), hinted(what, hint));
    passed.write(root, NOTED)?;
    files::remove(&root.join(STATE).join(BEGUN))
}

/// Copies the files that passed to a folder where nobody changes them; each is read once. Fails if
/// they are not those that passed, or nobody may know of this commit as a release yet.
pub fn copy_checked(
    root: &Utf8Path,
    wheelhouse: &Utf8Path,
    folder: &Utf8Path,
) -> anyhow::Result<()> {
    let noted = noted(root)?;
    let release = ReleaseFiles::open(root, wheelhouse)?;
    let unreleased = [versions::unreleased(&release)?, checkout::clean_tree(root)?].concat();
    let what = format!("this is no release that can be published: {}", listed(&unreleased));
    let hint = "`cargo xtask release VERSION` dates, commits and tags it; build and check that";
    ensure!(unreleased.is_empty(), hinted(what, hint));

    let mut contents = BTreeMap::new();
    let now = PassedFiles::of_contents(&release, |file, bytes| {
        contents.insert(file.to_owned(), bytes);
    })?;
    let others = [differences(&noted, &now), wheels_complete::findings(&release, &[])?].concat();
    let what = format!("this is not what passed all checks: {}", listed(&others));
    ensure!(others.is_empty(), hinted(what, "run `cargo xtask check` again"));
    let folder = root.join(folder);
    files::remove(&folder)?;
    for (file, bytes) in contents {
        files::write_whole(root, &folder.join(file), &bytes)?;
    }
    Ok(())
}

/// Fails unless each file that was downloaded is one of those that passed.
pub fn compare(root: &Utf8Path, downloaded: &Utf8Path) -> anyhow::Result<()> {
    let found = others(&noted(root)?, &PassedFiles::of(root, downloaded)?);
    let what = format!("what the index has is not what was uploaded: {}", listed(&found));
    ensure!(
        found.is_empty(),
        hinted(what, "find out who put it there, before anybody installs it")
    );
    Ok(())
}

fn noted(root: &Utf8Path) -> anyhow::Result<PassedFiles> {
    PassedFiles::read(root, NOTED).ok_or_else(|| {
        hinted("no release passed all checks here", "run `cargo xtask check`, all of it")
    })
}

fn differences(noted: &PassedFiles, now: &PassedFiles) -> Vec<String> {
    let mut findings = Vec::new();
    if noted.commit != now.commit {
        findings.push(format!("it was commit {}", short(&noted.commit)));
    }
    if noted.version != now.version {
        findings.push(format!("it was version {}", noted.version));
    }
    findings.extend(others(noted, now));
    let missing = noted.files.keys().filter(|file| !now.files.contains_key(*file));
    findings.extend(missing.map(|file| format!("`{file}` is missing")));
    findings
}

/// Names the files that are not as they were when they passed.
fn others(noted: &PassedFiles, now: &PassedFiles) -> Vec<String> {
    if now.files.is_empty() {
        return vec!["there are no files".to_owned()];
    }
    let other = now.files.iter().filter(|(file, digest)| noted.files.get(*file) != Some(digest));
    other.map(|(file, _)| format!("`{file}` is another")).collect()
}

impl PassedFiles {
    fn read(root: &Utf8Path, file: &str) -> Option<PassedFiles> {
        let text = jobs::read_small(&root.join(STATE).join(file)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn write(&self, root: &Utf8Path, file: &str) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        files::write_whole(root, &root.join(STATE).join(file), text.as_bytes())
    }

    /// Reads the files as they are now.
    fn of(root: &Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<PassedFiles> {
        PassedFiles::of_contents(&ReleaseFiles::open(root, wheelhouse)?, |_, _| ())
    }

    /// Reads each file once, and hands on what it found there.
    fn of_contents(
        release: &ReleaseFiles,
        mut take: impl FnMut(&str, Vec<u8>),
    ) -> anyhow::Result<PassedFiles> {
        let irregular = listed(&release.irregular);
        let what = format!("what is released has to be plain files, not links: {irregular}");
        ensure!(irregular.is_empty(), hinted(what, "put the files there themselves"));
        let mut files = BTreeMap::new();
        for file in &release.files {
            let bytes = release.bytes(file)?;
            files.insert(file.clone(), sha256(&bytes));
            take(file, bytes);
        }
        let commit = Git::of_checkout(release.root)?.read(&["rev-parse", "HEAD"])?;
        Ok(PassedFiles { version: release.version.clone(), commit, files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(files: &[(&str, &str)]) -> PassedFiles {
        let file = |(name, digest): &(&str, &str)| (name.to_string(), digest.to_string());
        PassedFiles {
            version: "1.1.0".to_owned(),
            commit: "1".repeat(40),
            files: files.iter().map(file).collect(),
        }
    }

    #[test]
    fn only_the_very_files_of_the_very_commit_passed() {
        let noted = passed(&[("a.whl", "1"), ("b.whl", "2")]);
        assert_eq!(differences(&noted, &passed(&[("a.whl", "1"), ("b.whl", "2")])), [""; 0]);
        let now = passed(&[("a.whl", "3"), ("c.whl", "4")]);
        let expected = ["`a.whl` is another", "`c.whl` is another", "`b.whl` is missing"];
        assert_eq!(differences(&noted, &now), expected);
        let later = PassedFiles { commit: "2".repeat(40), version: "1.2.0".to_owned(), ..noted };
        let noted = passed(&[("a.whl", "1"), ("b.whl", "2")]);
        let expected = ["it was commit 111111111111", "it was version 1.1.0"];
        assert_eq!(differences(&noted, &later), expected);
    }

    #[test]
    fn what_was_downloaded_is_some_of_what_passed() {
        let noted = passed(&[("a.whl", "1"), ("b.whl", "2")]);
        assert_eq!(others(&noted, &passed(&[("b.whl", "2")])), [""; 0]);
        assert_eq!(others(&noted, &passed(&[("b.whl", "3")])), ["`b.whl` is another"]);
        assert_eq!(others(&noted, &passed(&[])), ["there are no files"]);
    }
}
