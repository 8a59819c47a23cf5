//! What is wrong when a release is published: nothing wrong may reach the index.

use std::{collections::BTreeMap, fs, io::Write, os::unix::fs::symlink};

use super::{
    NOTED, RELEASED, Release, UNRELEASED, of_checkout,
    publishing::{Index, publish},
};
use crate::support::Run;

/// A way to go wrong before the upload, and what is said of it.
type Before = (&'static str, fn(&Release, &Index), &'static str);

const NOT_WHAT_PASSED: &str = "this is not what passed all checks";
const NO_RELEASE: &str = "this is no release that can be published";
const IN_THE_WAY: &str = "is none of ours";

const BEFORE: &[Before] = &[
    ("a wheel swapped for noise", |r, _| put(r, &wheel(r), b"swapped"), NOT_WHAT_PASSED),
    ("a wheel swapped for another", |r, _| put(r, &wheel(r), other(r)), NOT_WHAT_PASSED),
    ("another source archive", |r, _| put(r, "esig-1.1.0.tar.gz", b"tar"), NOT_WHAT_PASSED),
    ("a wheel more", |r, _| put(r, "esig-1.1.0-py3-none-any.whl", b"more"), NOT_WHAT_PASSED),
    ("a file more", |r, _| put(r, "notes.txt", b"more"), NOT_WHAT_PASSED),
    ("a hidden file", |r, _| put(r, ".esig-1.1.0.tar.gz", b"more"), NOT_WHAT_PASSED),
    ("a wheel less", |r, _| fs::remove_file(place(r, &wheel(r))).unwrap(), NOT_WHAT_PASSED),
    ("no file", |r, _| r.copy.empty_wheelhouse(), NOT_WHAT_PASSED),
    ("a link to the same bytes", |r, _| link(r, &wheel(r)), "has to be plain files, not links"),
    ("a link more", |r, _| symlink("/nowhere", place(r, "a.whl")).unwrap(), "not links"),
    ("a folder more", |r, _| fs::create_dir(place(r, "a.whl")).unwrap(), "not links"),
    ("nothing noted", |r, _| fs::remove_file(noted(r)).unwrap(), "no release passed all checks"),
    ("a note of nothing", |r, _| fs::write(noted(r), "{}").unwrap(), "no release passed"),
    ("a note of other bytes", of_other_bytes, NOT_WHAT_PASSED),
    ("no tag", |r, _| drop(r.repository.git(&["tag", "--delete", "v1.1.0"])), NO_RELEASE),
    ("a tag without its v", |r, _| retag(r, "1.1.0"), NO_RELEASE),
    ("a tag of another version", |r, _| retag(r, "v1.1.1"), NO_RELEASE),
    ("a branch instead of the tag", of_a_branch, NO_RELEASE),
    ("a commit after the tag", |r, _| after_the_tag(r), NO_RELEASE),
    ("a tag of a commit that was not checked", |r, _| moved_tag(r), NOT_WHAT_PASSED),
    ("no date in the changelog", |r, _| heading(r, UNRELEASED), NO_RELEASE),
    ("a word for the date", |r, _| heading(r, "## [1.1.0] (unreleased)"), NO_RELEASE),
    ("a changed file", |r, _| r.repository.write("setup.py", "pass"), NO_RELEASE),
    ("other bytes on the index", |r, i| on_index(i, &wheel(r)), "is another"),
    ("a wheel more on the index", |_, i| on_index(i, "esig-1.1.0-py3-none-any.whl"), IN_THE_WAY),
    ("a build more", |_, i| on_index(i, "esig-1.1.0-1-cp38-cp38-win_amd64.whl"), IN_THE_WAY),
    ("another format on the index", |_, i| on_index(i, "esig-1.1.0.zip"), IN_THE_WAY),
    ("the version in other words", |_, i| on_index(i, "esig-1.1.tar.gz"), IN_THE_WAY),
];

/// What happens when the second file comes to the index; only what passed may be there then, or it
/// is said that something else is.
const DURING: &[(&str, &str)] = &[
    ("a wheel swapped", "echo swapped > wheelhouse/WHEEL"),
    ("all wheels swapped", "for w in wheelhouse/*.whl; do echo swapped > $w; done"),
    ("a wheel added", "echo more > wheelhouse/esig-1.1.0-py3-none-any.whl"),
    ("a wheel added beside the copies", "echo more > target/xtask/upload/esig-1.1.0-1-x-y-z.whl"),
    ("the wheelhouse removed", "rm -r wheelhouse"),
    ("a copy swapped", "echo swapped > target/xtask/upload/WHEEL"),
    ("a wheel on the index", "echo more > target/index/esig-1.1.0-py3-none-any.whl"),
];

/// How many there were, and what of them got through.
pub fn attempts(release: &Release) -> (usize, Vec<String>) {
    let mut missed = Vec::new();
    for (name, apply, why) in BEFORE {
        let index = Index::start(&release.copy, "index");
        apply(release, &index);
        let before = index.contents();
        let run = Run::of(publish(release, &index).output().unwrap());
        let is_refused = run.code == 1 && run.stderr.contains(why);
        if !is_refused || index.contents() != before {
            missed.push(format!("{name}: published, or not refused so: {}", run.stderr));
        }
        release.restore();
    }
    for (name, command) in DURING {
        let mut index = Index::with_input(&release.copy, "index");
        let root = release.copy.root.to_str().unwrap();
        let last = release.files.keys().rfind(|name| name.ends_with(".whl")).unwrap();
        let command = format!("cd {root} && {{ {}; }}\n", command.replace("WHEEL", last));
        index.server.stdin.take().unwrap().write_all(command.as_bytes()).unwrap();
        let run = Run::of(publish(release, &index).output().unwrap());
        if run.code == 0 && index.contents() != release.files {
            missed.push(format!("{name} while it was published"));
        }
        release.restore();
    }
    (BEFORE.len() + DURING.len(), missed)
}

fn wheel(release: &Release) -> String {
    release.files.keys().find(|name| name.ends_with(".whl")).unwrap().clone()
}

fn other(release: &Release) -> &[u8] {
    release.files.iter().rfind(|(name, _)| name.ends_with(".whl")).unwrap().1
}

fn place(release: &Release, name: &str) -> std::path::PathBuf {
    release.copy.root.join("wheelhouse").join(name)
}

fn noted(release: &Release) -> std::path::PathBuf {
    release.copy.root.join(NOTED)
}

fn put(release: &Release, name: &str, content: &[u8]) {
    fs::write(place(release, name), content).unwrap();
}

fn link(release: &Release, name: &str) {
    let elsewhere = release.copy.root.join("target/elsewhere.whl");
    fs::copy(place(release, name), &elsewhere).unwrap();
    fs::remove_file(place(release, name)).unwrap();
    symlink(elsewhere, place(release, name)).unwrap();
}

fn of_other_bytes(release: &Release, _: &Index) {
    let mut note: serde_json::Value = serde_json::from_str(&release.noted).unwrap();
    note["files"][wheel(release)] = serde_json::json!("0".repeat(64));
    fs::write(noted(release), note.to_string()).unwrap();
}

fn retag(release: &Release, tag: &str) {
    release.repository.git(&["tag", "--delete", "v1.1.0"]);
    release.repository.git(&["tag", tag]);
}

fn of_a_branch(release: &Release, _: &Index) {
    release.repository.git(&["tag", "--delete", "v1.1.0"]);
    release.repository.git(&["branch", "--force", "v1.1.0"]);
}

fn after_the_tag(release: &Release) {
    of_checkout::commit("ARCHITECTURE.md", "\n", "\n\n")(&release.repository);
}

fn moved_tag(release: &Release) {
    after_the_tag(release);
    release.repository.git(&["tag", "--force", "v1.1.0"]);
}

/// Committed and tagged, as if it had been checked so.
fn heading(release: &Release, text: &'static str) {
    of_checkout::commit("CHANGELOG.md", RELEASED, text)(&release.repository);
    release.repository.git(&["tag", "--force", "v1.1.0"]);
}

fn on_index(index: &Index, name: &str) {
    fs::write(index.folder.join(name), b"not ours").unwrap();
}

impl Index {
    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.files().into_iter();
        files.map(|name| (name.clone(), fs::read(self.folder.join(name)).unwrap())).collect()
    }
}
