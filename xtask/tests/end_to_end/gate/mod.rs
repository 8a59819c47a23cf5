//! Hundreds of ways to break a release, each of which the check that is for it finds, or publishing
//! refuses; and a release that is as it should be passes.

mod archives;
mod of_checkout;
mod of_libraries;
mod of_publishing;
mod of_sdist;
mod of_tests;
mod of_wheels;
mod publishing;
mod records;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use crate::{
    copy::Copy,
    support::{checkout, repository::Repository},
};

/// A small release, of wheels in each format, in a checkout of its own.
pub struct Release {
    copy: Copy,
    repository: Repository,
    files: Files,
    /// What is said of the tests of the wheels.
    records: String,
    /// What the gate noted of the release as it should be.
    noted: String,
}

/// The files of a wheelhouse.
pub type Files = BTreeMap<String, Vec<u8>>;

type Apply = dyn Fn(&Repository, &mut Files);

/// A way to break it.
pub struct Mutation {
    name: String,
    /// The checks that find it, and no others do: first the one that is for it.
    broken: &'static [&'static str],
    /// Besides those that look at files alone.
    also: &'static str,
    apply: Box<Apply>,
}

impl Mutation {
    pub fn new(
        name: impl Into<String>,
        broken: &'static [&'static str],
        apply: impl Fn(&Repository, &mut Files) + 'static,
    ) -> Mutation {
        Mutation { name: name.into(), broken, also: "", apply: Box::new(apply) }
    }

    pub fn also(self, also: &'static str) -> Mutation {
        Mutation { also, ..self }
    }
}

/// What the gate notes of a release that keeps all promises.
const NOTED: &str = "target/xtask/gate.json";

/// What needs neither pip nor a compiler; and not whether the tests passed, which of a changed
/// wheel they never did.
const CHECKS: &str = "versions,clean-tree,submodule,images-pinned,sdist-complete,wheels-complete,\
                      audit,hardened,metadata,contents,private,licences";

const WHEELS: &[&str] = &[
    "cp38-manylinux_x86_64",
    "cp311_abi3-manylinux_x86_64",
    "cp38-manylinux_armv7l",
    "cp311_abi3-manylinux_armv7l",
    "cp38-win_amd64",
    "cp311_abi3-win_amd64",
    "cp38-macosx_x86_64",
    "cp311_abi3-macosx_x86_64",
];

/// Built once.
static RELEASE: LazyLock<Release> = LazyLock::new(Release::build);

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_breaks_a_release_is_caught_by_its_check_and_a_clean_release_passes() {
    let release = &*RELEASE;
    release.passes();
    let mut mutations = of_checkout::mutations();
    mutations.extend(of_sdist::mutations());
    mutations.extend(of_wheels::mutations());
    mutations.extend(of_libraries::mutations());
    mutations.extend(of_tests::mutations());
    let mut wrong: Vec<String> = mutations.iter().filter_map(|m| release.misses(m)).collect();
    let (attempts, missed) = of_publishing::attempts(release);
    wrong.extend(missed);
    let all = mutations.len() + attempts;
    println!("caught {} of {all}", all - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all >= 260, "{all}");
}

impl Release {
    fn build() -> Release {
        let mut repository = None;
        let copy = Copy::made_by("gate", checkout(), |root| {
            let made = Repository::of_project(root.to_owned());
            narrow(&made);
            repository = Some(made);
        });
        let repository = repository.unwrap();
        copy.xtask(&[&["wheels", "--builder", "zig", "--quiet"], WHEELS].concat()).answer();
        let files = copy.wheelhouse();
        assert_eq!(files.len(), WHEELS.len() + 1);
        let records = records::complete(&copy.root, &files);
        let mut release = Release { copy, repository, files, records, noted: String::new() };
        release.passes();
        release.noted = fs::read_to_string(release.copy.root.join(NOTED)).unwrap();
        release
    }

    /// The whole gate, and it is noted which bytes passed.
    fn passes(&self) {
        let run = self.copy.xtask(&["check", "--quiet"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let noted = fs::read_to_string(self.copy.root.join(NOTED)).unwrap();
        let noted: serde_json::Value = serde_json::from_str(&noted).unwrap();
        assert_eq!(noted["files"].as_object().unwrap().len(), self.files.len());
        assert_eq!(self.broken("target/as-it-is", &self.files, ""), [""; 0]);
    }

    /// What is wrong if other checks find a mutation than those that should.
    fn misses(&self, mutation: &Mutation) -> Option<String> {
        let mut files = self.files.clone();
        (mutation.apply)(&self.repository, &mut files);
        let broken = self.broken("target/mutated", &files, mutation.also);
        self.restore();
        let mut expected = mutation.broken.to_vec();
        expected.sort_unstable();
        let is_wrong = broken != expected;
        is_wrong.then(|| {
            let wrong = format!("{}: {broken:?}, expected {expected:?}", mutation.name);
            eprintln!("{wrong}");
            wrong
        })
    }

    /// As it was when it passed.
    fn restore(&self) {
        restore(&self.repository);
        fs::write(self.copy.root.join(records::PATH), &self.records).unwrap();
        fs::write(self.copy.root.join(NOTED), &self.noted).unwrap();
        self.copy.empty_wheelhouse();
        fs::create_dir_all(self.copy.root.join("wheelhouse")).unwrap();
        for (name, content) in &self.files {
            fs::write(self.copy.root.join("wheelhouse").join(name), content).unwrap();
        }
    }

    /// The names of the checks that find something, sorted.
    fn broken(&self, folder: &str, files: &Files, also: &str) -> Vec<String> {
        let path: PathBuf = self.copy.root.join(folder);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        for (name, content) in files {
            fs::write(path.join(name), content).unwrap();
        }
        let only = format!("{CHECKS},{also}");
        let words = [
            "check",
            "--quiet",
            "--json",
            "--wheelhouse",
            folder,
            "--only",
            only.trim_matches(','),
        ];
        let run = self.copy.xtask(&words);
        let report: serde_json::Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        let rows = report["promises"].as_array().unwrap().iter();
        let looked_at = rows.clone().filter(|row| row["status"] != "not-checked").count();
        assert_eq!(looked_at, only.trim_matches(',').split(',').count());
        let broken = rows.filter(|row| row["status"] != "kept" && row["status"] != "not-checked");
        let mut broken: Vec<String> =
            broken.map(|row| row["check"].as_str().unwrap().to_owned()).collect();
        broken.sort_unstable();
        broken
    }
}

/// Fewer interpreters and targets than the project has, and a version of its own.
fn narrow(repository: &Repository) {
    let text = fs::read_to_string(repository.root.join("xtask/xtask.toml")).unwrap();
    let mut narrowed = String::new();
    for key in ["interpreters", "targets"] {
        assert!(text.contains(&format!("\n{key} = [\n")), "{key}");
    }
    // What is being left out: a list that is written anew, or shards and groups of other wheels.
    let (mut is_in_list, mut is_of_shards) = (false, false);
    for line in text.lines() {
        if line.starts_with('[') {
            is_of_shards = line.starts_with("[shards") || line.starts_with("[groups");
        }
        match line {
            "audited-only = [" if !is_of_shards => narrowed.push_str("audited-only = []\n"),
            "interpreters = [" if !is_of_shards => {
                narrowed.push_str("interpreters = [\"cp38\", \"cp311-abi3\"]\n")
            }
            "targets = [" if !is_of_shards => narrowed.push_str(
                "targets = [\"macosx_x86_64\", \"manylinux_armv7l\", \"manylinux_x86_64\", \
                 \"win_amd64\"]\n",
            ),
            _ if !is_in_list && !is_of_shards => narrowed.push_str(&format!("{line}\n")),
            _ => {}
        }
        let begins = ["interpreters = [", "targets = [", "audited-only = ["].contains(&line);
        is_in_list = begins || is_in_list && line != "]";
    }
    repository.write("xtask/xtask.toml", &narrowed);
    // The mutations name files of this version.
    repository.write("esig/_version.py", "\"\"\"The version.\"\"\"\n\n__version__ = \"1.1.0\"\n");
    let changelog = fs::read_to_string(repository.root.join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains(UNRELEASED));
    repository.write("CHANGELOG.md", &changelog.replacen(UNRELEASED, RELEASED, 1));
    repository.commit_all();
    repository.git(&["tag", "base"]);
    repository.git(&["tag", "v1.1.0"]);
}

/// The heading of the newest section of the changelog, before and after the release.
const UNRELEASED: &str = "## [Unreleased]";
const RELEASED: &str = "## [1.1.0] - 2026-11-22";

/// As it was committed first.
fn restore(repository: &Repository) {
    repository.git(&["reset", "--quiet", "--hard", "base"]);
    repository.git(&["clean", "--quiet", "--force", "-d"]);
    let tags = repository.git(&["tag", "--list"]);
    for tag in tags.lines().filter(|tag| *tag != "base") {
        repository.git(&["tag", "--delete", tag]);
    }
    repository.git(&["tag", "v1.1.0", "base"]);
}
