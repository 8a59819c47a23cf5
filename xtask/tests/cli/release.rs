//! What `cargo xtask release` refuses before it does anything; a whole one is in
//! `end_to_end/release.rs`.

use std::fs;

use crate::support::repository::Repository;

fn state(repository: &Repository) -> String {
    let status = repository.git(&["status", "--porcelain"]);
    format!("{}\n{status}\n{}", repository.git(&["rev-parse", "HEAD"]), tags(repository))
}

fn tags(repository: &Repository) -> String {
    repository.git(&["tag", "--list"])
}

#[track_caller]
fn refused(repository: &Repository, version: &str, why: &str) {
    let before = state(repository);
    let run = repository.xtask(&["release", version, "--quiet"]);
    assert_eq!(run.code, 1, "{version}");
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(state(repository), before);
}

#[test]
fn what_cannot_be_released_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::of_project(folder.path().join("esig"));
    refused(&repository, "0.0.1", "is not newer than what there is");
    refused(&repository, "seven", "is no version");
    repository.write("notes.txt", "");
    refused(&repository, "7.1.0", "1 files are not as they are committed");
    fs::remove_file(repository.root.join("notes.txt")).unwrap();
    repository.git(&["tag", "v7.1.0"]);
    refused(&repository, "7.1.0", "the tag `v7.1.0` is there already");
    repository.write("CHANGELOG.md", "# Changelog\n\n## [7.1.0] - 2026-11-22\n\n- new\n");
    repository.commit_all();
    refused(&repository, "7.2.0", "it has nothing that is unreleased");
}
