//! Copies of this checkout to build in, and the one build that all others are compared with.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use crate::support::{self, Run, checkout, copy_checkout, files_below};

/// Removed when the test has passed.
pub struct Copy {
    pub root: PathBuf,
}

/// Files by name.
pub type Wheelhouse = BTreeMap<String, Vec<u8>>;

/// Every wheel for this machine, built once, in a copy that is left for others to draw on.
pub static REFERENCE: LazyLock<Copy> = LazyLock::new(|| {
    let reference = Copy::new("reference", checkout());
    reference.xtask(&["wheels", &of_this_machine("*")]).answer();
    reference
});

/// A selector of wheels that run here without help.
pub fn of_this_machine(interpreter: &str) -> String {
    let facts = support::xtask(checkout(), &["facts"]).answer();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    format!("{interpreter}-manylinux_{}", facts["architecture"].as_str().unwrap())
}

/// What is not built anew for each copy: where pip put it, and the records that say so. zig's own
/// cache is not among it: it would make every build a copy of the first.
const SHARED: &[&str] = &["tools", "fetched"];

impl Copy {
    /// As `seed` has its tools; `name` may be several folders deep.
    pub fn new(name: &str, seed: &Path) -> Copy {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("end_to_end").join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        copy_checkout(&root);
        let (from, to) = (seed.join("target/xtask"), root.join("target/xtask"));
        for folder in SHARED {
            link_tree(&from.join(folder), &to.join(folder));
        }
        fs::create_dir_all(to.join("journal")).unwrap();
        for entry in entries(&from.join("journal")) {
            let name = entry.file_name().into_string().unwrap();
            if name == "tools.json" || name.starts_with("fetch-") {
                fs::copy(entry.path(), to.join("journal").join(name)).unwrap();
            }
        }
        Copy { root }
    }

    /// With zig's cache too, where it does not matter that something is compiled once more.
    pub fn warm(name: &str) -> Copy {
        let copy = Copy::new(name, &REFERENCE.root);
        let cache = "target/xtask/zig-cache";
        for file in files_below(&REFERENCE.root.join(cache)) {
            let to = copy.root.join(cache).join(&file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(REFERENCE.root.join(cache).join(&file), to).unwrap();
        }
        copy
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        support::command(&self.root, arguments)
    }

    pub fn xtask(&self, arguments: &[&str]) -> Run {
        support::xtask(&self.root, arguments)
    }

    /// Appends to a file of the project.
    pub fn append(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        let before = fs::read_to_string(&path).unwrap();
        // A new file: the old one may be shared with another copy.
        fs::remove_file(&path).unwrap();
        fs::write(&path, before + text).unwrap();
    }

    pub fn wheelhouse(&self) -> Wheelhouse {
        self.files_in("wheelhouse")
    }

    pub fn files_in(&self, folder: &str) -> Wheelhouse {
        let file = |entry: fs::DirEntry| {
            let content = fs::read(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), content)
        };
        entries(&self.root.join(folder)).into_iter().map(file).collect()
    }

    pub fn empty_wheelhouse(&self) {
        let _ = fs::remove_dir_all(self.root.join("wheelhouse"));
    }

    /// The program of the build's tools.
    pub fn tool(&self, path: &str) -> PathBuf {
        let found = files_below(&self.root.join("target/xtask/tools"));
        let tool = found.iter().find(|file| file.ends_with(path));
        self.root.join("target/xtask/tools").join(tool.expect("the tools are installed"))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

/// Two wheels of different kind, as identifiers: an older interpreter's and the newest's. Enough
/// where a test is about what happens to wheels and not about which.
pub fn two_wheels() -> [Wheel; 2] {
    let list = REFERENCE.xtask(&["list", &of_this_machine("*"), "--json"]).answer();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let wheel = |line: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let (identifier, release) = (text(&line["identifier"])?, text(&line["tested_in"][0])?);
        Some(Wheel { identifier, release })
    };
    let here: Vec<Wheel> = list.as_array().unwrap().iter().filter_map(wheel).collect();
    let middle = here.get(here.len() / 2).cloned().expect("some wheel can be tested here");
    let last = here.last().cloned().expect("there is one in the middle");
    assert_ne!(middle, last, "two interpreters are needed: install another, `pyenv install 3.8`");
    [middle, last]
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wheel {
    pub identifier: String,
    /// Of the first interpreter that it is tested in.
    pub release: String,
}

impl Wheel {
    /// `-cp38-`, as in the names of files.
    pub fn tag(&self) -> String {
        let interpreter = self.identifier.split(['-', '_']).next().unwrap();
        let digits: String = interpreter.chars().filter(char::is_ascii_digit).collect();
        format!("-cp{digits}-")
    }
}

/// The files of a wheelhouse that these wheels and the source archive are.
pub fn only(wheelhouse: &Wheelhouse, wheels: &[&Wheel]) -> Wheelhouse {
    let is_one = |name: &str| {
        name.ends_with(".tar.gz") || wheels.iter().any(|wheel| name.contains(&wheel.tag()))
    };
    let files = wheelhouse.iter().filter(|(name, _)| is_one(name));
    files.map(|(name, content)| (name.clone(), content.clone())).collect()
}

/// The same files with the same bytes; says which differ, not how.
#[track_caller]
pub fn assert_same(found: &Wheelhouse, expected: &Wheelhouse) {
    let names = |files: &Wheelhouse| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    let differing: Vec<&String> = found.keys().filter(|n| found[*n] != expected[*n]).collect();
    assert!(differing.is_empty(), "different bytes: {differing:?}");
}

fn entries(folder: &Path) -> Vec<fs::DirEntry> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(Result::unwrap).collect()
}

/// The same files under another name; on another file system, copies of them with their times.
fn link_tree(from: &Path, to: &Path) {
    if !from.exists() {
        return;
    }
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let copy = |options: &str| {
        let mut cp = Command::new("cp");
        cp.arg(options).arg(from).arg(to).stderr(Stdio::null());
        cp.status().is_ok_and(|status| status.success())
    };
    if !copy("-al") {
        let _: io::Result<()> = fs::remove_dir_all(to);
        assert!(copy("-a"), "cannot copy {}", from.display());
    }
}
