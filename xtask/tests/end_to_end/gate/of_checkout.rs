//! What is wrong with the checkout, its versions and tags, or the set of files.

use super::{Files, Mutation, RELEASED, UNRELEASED};
use crate::support::repository::Repository;

/// A file of the checkout with a text replaced, committed.
pub fn commit(path: &'static str, from: &'static str, to: &'static str) -> impl Fn(&Repository) {
    move |repository| {
        let text = std::fs::read_to_string(repository.root.join(path)).unwrap();
        assert!(text.contains(from), "`{path}` has no `{from}`");
        repository.write(path, &text.replacen(from, to, 1));
        repository.commit_all();
    }
}

fn tagged(name: &'static str, tag: &'static str) -> Mutation {
    Mutation::new(name, VERSIONS, move |repository, _| drop(repository.git(&["tag", tag])))
}

fn changed(
    name: &'static str,
    broken: &'static [&'static str],
    path: &'static str,
    from: &'static str,
    to: &'static str,
) -> Mutation {
    Mutation::new(name, broken, move |repository, _| commit(path, from, to)(repository))
}

fn dirty(name: &'static str, broken: &'static [&'static str], words: &'static str) -> Mutation {
    Mutation::new(name, broken, move |repository, _| {
        let root = repository.root.to_str().unwrap();
        let done = std::process::Command::new("sh").args(["-c", words]).current_dir(root).status();
        assert!(done.unwrap().success(), "{words}");
    })
}

fn files(name: &'static str, broken: &'static [&'static str], change: fn(&mut Files)) -> Mutation {
    Mutation::new(name, broken, move |_, files| change(files))
}

/// The name of the file that has this in it.
pub fn named(files: &Files, part: &str) -> String {
    let mut found = files.keys().filter(|name| name.contains(part));
    let name = found.next().unwrap_or_else(|| panic!("no `{part}`")).clone();
    assert_eq!(found.next(), None, "`{part}` is not one");
    name
}

const VERSIONS: &[&str] = &["versions"];
const CLEAN: &[&str] = &["clean-tree"];
const COMPLETE: &[&str] = &["wheels-complete"];
const CHANGELOG: &[&str] = &["versions", "sdist-complete"];

pub fn mutations() -> Vec<Mutation> {
    let image =
        "digest = \"sha256:ec445e2688785976c727d304f421ae8af5489715c19508526a749716e240541a\"";
    let mut all = vec![
        changed(
            "another libalgebra",
            CHANGELOG,
            "libalgebra/CMakeLists.txt",
            "VERSION 0.1.0",
            "VERSION 0.2.0",
        ),
        changed("an image without digest", &["images-pinned"], "xtask/xtask.toml", image, ""),
        changed(
            "an example of README that gives something else",
            &["readme", "sdist-complete"],
            "README.md",
            "(111111, 22858)",
            "(111111, 22859)",
        )
        .also("readme"),
        changed(
            "a source that changed after the build",
            &["sdist-complete"],
            "libalgebra/src/tensor.cpp",
            "\n",
            "\n\n",
        ),
        files("a file that is none of the release", COMPLETE, |files| {
            files.insert("notes.txt".into(), Vec::new());
        }),
        files("no source archive", &NO_SOURCE, |files| {
            files.retain(|name, _| name.ends_with(".whl"));
        }),
        files("a second source archive", &["wheels-complete", "versions"], |files| {
            let bytes = files["esig-1.1.0.tar.gz"].clone();
            files.insert("esig-1.1.1.tar.gz".into(), bytes);
        }),
    ];
    let wheels = [
        "cp38-cp38-manylinux_2_17_x86_64",
        "abi3-win_amd64",
        "abi3-macosx",
        "cp38-cp38-manylinux_2_17_armv7l",
    ];
    all.extend(of_changelog());
    all.extend(of_git());
    for part in wheels {
        all.push(Mutation::new(format!("no {part}"), COMPLETE, move |_, files| {
            let name = named(files, part);
            files.remove(&name);
        }));
    }
    all
}

/// What its newest section and the tags say of versions.
fn of_changelog() -> Vec<Mutation> {
    let of_version = |name, heading| changed(name, CHANGELOG, "CHANGELOG.md", RELEASED, heading);
    vec![
        tagged("a tag of another version", "v1.2.0"),
        tagged("a tag without its v, of another version", "1.0.0"),
        of_version("a month of no calendar", "## [1.1.0] - 2026-13-01"),
        of_version("a day of no calendar", "## [1.1.0] - 2026-02-30"),
        Mutation::new("a tag, and no date in the changelog", CHANGELOG, |repository, _| {
            commit("CHANGELOG.md", RELEASED, UNRELEASED)(repository);
            repository.git(&["tag", "--force", "v1.1.0"]);
        }),
        of_version("an older changelog", "## [1.0.9] - 2026-11-22"),
        of_version("a newer changelog", "## [1.2.0] - 2026-11-22"),
        of_version("no word of the date", "## [1.1.0] - soon"),
    ]
}

/// What is not as it is committed.
fn of_git() -> Vec<Mutation> {
    vec![
        dirty("a new file", CLEAN, "echo > notes.txt"),
        dirty("a changed file of the build", CLEAN, "echo >> Cargo.toml"),
        dirty("a deleted file of the build", CLEAN, "rm rustfmt.toml"),
        dirty("a staged file", CLEAN, "echo > xtask/new.txt && git add xtask/new.txt"),
        dirty("a file that became executable", CLEAN, "chmod +x ARCHITECTURE.md"),
        dirty("a renamed file of the build", CLEAN, "git mv rustfmt.toml xtask/rustfmt.toml"),
        dirty("a changed source", &["clean-tree", "sdist-complete"], "echo >> setup.py"),
    ]
}

/// What reads it cannot be told to be kept.
const NO_SOURCE: [&str; 5] =
    ["wheels-complete", "contents", "licences", "metadata", "sdist-complete"];
