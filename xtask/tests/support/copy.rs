//! Copies of this checkout to build in.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Run, XTASK, copy_checkout, files_below};

/// Removed when the test has passed.
pub struct Copy {
    pub root: PathBuf,
}

/// Files by name.
pub type Wheelhouse = BTreeMap<String, Vec<u8>>;

/// What is not built anew for each copy: where pip put it, and the records that say so. zig's own
/// cache is not among it: it would make every build a copy of the first.
const SHARED: &[&str] = &["tools", "fetched", "installed", "publishers"];

impl Copy {
    /// As `seed` has its tools; `name` may be several folders deep.
    pub fn new(name: &str, seed: &Path) -> Copy {
        Copy::made_by(name, seed, copy_checkout)
    }

    /// A checkout that somebody else puts in its place, with the tools of `seed`.
    pub fn made_by(name: &str, seed: &Path, make: impl FnOnce(&Path)) -> Copy {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME")).join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        make(&root);
        let (from, to) = (seed.join("target/xtask"), root.join("target/xtask"));
        for folder in SHARED {
            link_tree(&from.join(folder), &to.join(folder));
        }
        fs::create_dir_all(to.join("journal")).unwrap();
        for entry in entries(&from.join("journal")) {
            let name = entry.file_name().into_string().unwrap();
            if name == "tools.json" || name == "publishers.json" || name.starts_with("fetch-") {
                fs::copy(entry.path(), to.join("journal").join(name)).unwrap();
            }
        }
        Copy { root }
    }

    /// A build ends with a line for each wheel, which tests can read.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = super::command(&self.root, arguments);
        if arguments.first() == Some(&"wheels") {
            command.arg("--long");
        }
        command
    }

    pub fn xtask(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().expect("the helper starts"))
    }

    /// Runs lines in a shell, as if somebody had pasted them.
    #[track_caller]
    pub fn paste(&self, lines: &[String]) {
        let cache = self.root.join("target/xtask/zig-cache");
        let bash = Command::new("bash")
            .args(["-e", "-c", &lines.join("\n")])
            .current_dir(&self.root)
            .env("PATH", path_with_cargo(&self.root.join("target/shims")))
            .env("ZIG_GLOBAL_CACHE_DIR", &cache)
            .env("ZIG_LOCAL_CACHE_DIR", &cache)
            .output()
            .unwrap();
        assert!(bash.status.success(), "{}", String::from_utf8_lossy(&bash.stderr));
    }

    /// Appends to a file of the project.
    pub fn append(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        let before = fs::read_to_string(&path).unwrap();
        // A new file: the old one may be shared with another copy.
        fs::remove_file(&path).unwrap();
        fs::write(&path, before + text).unwrap();
    }

    /// The finished files, without the list of their hashes.
    pub fn wheelhouse(&self) -> Wheelhouse {
        let mut files = self.files_in("wheelhouse");
        files.remove("SHA256SUMS");
        files
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

/// The same files with the same bytes; says which differ, not how.
#[track_caller]
pub fn assert_same(found: &Wheelhouse, expected: &Wheelhouse) {
    let names = |files: &Wheelhouse| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    let differing: Vec<&String> = found.keys().filter(|n| found[*n] != expected[*n]).collect();
    assert!(differing.is_empty(), "different bytes: {differing:?}");
}

/// `cargo xtask …` is this helper, whichever the checkout would compile.
fn path_with_cargo(folder: &Path) -> std::ffi::OsString {
    fs::create_dir_all(folder).unwrap();
    let shim = format!("#!/bin/sh\nshift\nexec '{XTASK}' \"$@\"\n");
    fs::write(folder.join("cargo"), shim).unwrap();
    let chmod = Command::new("chmod").arg("+x").arg(folder.join("cargo")).status();
    assert!(chmod.unwrap().success());
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()].into_iter().chain(env::split_paths(&path));
    env::join_paths(folders).unwrap()
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
