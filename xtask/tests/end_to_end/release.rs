//! `cargo xtask release` in a repository of its own: done as a whole, or not at all.

use std::fs;

use crate::{
    copy::Copy,
    support::{Run, checkout, repository::Repository},
};

/// Commit, files and tags.
fn state(repository: &Repository) -> [String; 3] {
    let status = repository.git(&["status", "--porcelain"]);
    [repository.git(&["rev-parse", "HEAD"]), status, repository.git(&["tag", "--list"])]
}

fn release(copy: &Copy, version: &str) -> Run {
    copy.xtask(&["release", version, "--date", "2026-11-22"])
}

#[test]
#[ignore = "builds source archives; run by `cargo xtask test end-to-end`"]
fn a_release_is_committed_and_tagged_or_everything_is_as_before() {
    let mut repository = None;
    let copy = Copy::made_by("release", checkout(), |root| {
        repository = Some(Repository::of_project(root.to_owned()));
    });
    let repository = repository.unwrap();
    repository.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- new\n");
    repository.commit_all();

    // The commit can be made; what is in it does not install.
    let good = fs::read_to_string(repository.root.join("MANIFEST.in")).unwrap();
    repository.write("MANIFEST.in", &good.replace("graft libalgebra", "graft libalgebra/src"));
    repository.commit_all();
    let before = state(&repository);
    let broken = release(&copy, "7.1.0");
    assert_eq!(broken.code, 1, "{}", broken.stderr);
    assert!(broken.stderr.contains("sdist-complete"), "{}", broken.stderr);
    assert!(broken.stderr.contains("its commit is taken back"), "{}", broken.stderr);
    assert_eq!(state(&repository), before);
    repository.write("MANIFEST.in", &good);
    repository.commit_all();

    // The commit keeps its promises; the tag cannot be made.
    repository.git(&["tag", "v7.1.0/in-the-way"]);
    let before = state(&repository);
    let in_the_way = release(&copy, "7.1.0");
    assert_eq!(in_the_way.code, 1, "{}", in_the_way.stderr);
    assert_eq!(state(&repository), before);
    repository.git(&["tag", "--delete", "v7.1.0/in-the-way"]);

    // A run that was killed after its commit leaves no trace in the next one.
    copy.xtask(&["release-step", "commit", "7.1.0"]).answer();
    assert_ne!(state(&repository), before);
    let run = release(&copy, "7.1.0");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("`git push origin main v7.1.0`"), "{}", run.stderr);
    let log = repository.git(&["log", "--format=%s", "-3"]);
    assert_eq!(log, "Release 7.1.0\nchange\nchange");
    let changelog = repository.git(&["show", "v7.1.0:CHANGELOG.md"]);
    assert!(changelog.contains("\n## [7.1.0] - 2026-11-22\n"), "{changelog}");
    assert!(repository.git(&["show", "v7.1.0:esig/_version.py"]).contains("\"7.1.0\""));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}
