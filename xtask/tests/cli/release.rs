//! `cargo xtask release` in a repository of its own: done as a whole, or not at all.

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
fn a_release_is_committed_and_tagged_or_everything_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::of_project(folder.path().join("esig"));
    let changelog = repository.root.join("CHANGELOG.md");
    let section = "# Changelog\n\n## 7.0.0 (unreleased)\n\n- new\n";
    repository.write("CHANGELOG.md", section);
    repository.commit_all();

    refused(&repository, "0.0.1", "is not newer than what there is");
    refused(&repository, "seven", "is no version");
    repository.write("notes.txt", "");
    refused(&repository, "7.1.0", "1 files are not as they are committed");
    fs::remove_file(repository.root.join("notes.txt")).unwrap();
    // The commit can be made, the tag cannot.
    repository.git(&["tag", "v7.1.0/in-the-way"]);
    refused(&repository, "7.1.0", "nothing was changed");
    repository.git(&["tag", "--delete", "v7.1.0/in-the-way"]);

    let run = repository.xtask(&["release", "7.1.0", "--date", "2026-11-22"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("`git push origin main v7.1.0`"), "{}", run.stderr);
    assert_eq!(tags(&repository), "v7.1.0");
    assert!(fs::read_to_string(changelog).unwrap().contains("\n## 7.1.0 (2026-11-22)\n"));
    assert!(repository.git(&["show", "HEAD:esig/_version.py"]).contains("\"7.1.0\""));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");

    refused(&repository, "7.1.0", "the tag `v7.1.0` is there already");
    refused(&repository, "7.2.0", "it has nothing that is unreleased");
}
