//! Running the built helper, and copies of this checkout to run it in.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod copy;
pub mod engine;
pub mod repository;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The helper as it was built for this test.
pub const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

/// The checkout that is tested.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in a workspace")
}

/// What a run of the helper came to.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// `cargo xtask …` in a folder.
pub fn xtask(folder: &Path, arguments: &[&str]) -> Run {
    let output = command(folder, arguments).output().expect("the helper starts");
    Run::of(output)
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(XTASK);
    command.args(arguments).current_dir(folder).env_remove("RUST_BACKTRACE");
    // Whether an engine of this machine happens to have images is no matter of these tests.
    if env!("CARGO_CRATE_NAME") != "docker" {
        command.env("DOCKER_HOST", "tcp://127.0.0.1:1");
    }
    command
}

impl Run {
    pub fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("the helper writes UTF-8");
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Standard output of a run that must have succeeded.
    #[track_caller]
    pub fn answer(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self.stdout
    }
}

/// Copies the project's files, as they are in the working tree, to a folder.
pub fn copy_checkout(to: &Path) {
    fs::create_dir_all(to).unwrap();
    xtask(checkout(), &["stage", to.to_str().unwrap()]).answer();
}

/// A folder that steps take for a checkout, where nothing of one is needed.
pub fn make_root(folder: &Path) {
    fs::create_dir_all(folder.join("xtask")).unwrap();
    for file in ["xtask/Cargo.toml", "pyproject.toml"] {
        fs::write(folder.join(file), "").unwrap();
    }
}

/// Facts of a machine, recorded.
pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    path.into_os_string().into_string().unwrap()
}

/// What was said, without what differs between systems: `folder` is `{folder}`, paths below it have
/// slashes, and that a file is not there is said in one way.
pub fn shown(text: &str, folder: &Path) -> String {
    let given = folder.to_str().unwrap().to_owned();
    let real = folder.canonicalize().unwrap().into_os_string().into_string().unwrap();
    let real = real.trim_start_matches(r"\\?\").to_owned();
    let mut text = text.to_owned();
    for path in [real, given] {
        text = text.replace(&path, "{folder}").replace(&path.replace('\\', "/"), "{folder}");
    }
    if !cfg!(windows) {
        return text;
    }
    for code in [2, 3] {
        let absent = std::io::Error::from_raw_os_error(code).to_string();
        text = text.replace(&absent, "No such file or directory (os error 2)");
    }
    let mut parts = text.split("{folder}");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c| " `',\n".contains(c)).unwrap_or(part.len());
        shown.push_str(&format!("{{folder}}{}{}", part[..end].replace('\\', "/"), &part[end..]));
    }
    shown
}

/// Every file below a folder, relative to it, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// The version of esig, which snapshots leave open.
pub fn version() -> String {
    let module = fs::read_to_string(checkout().join("esig/_version.py")).unwrap();
    let line = module.lines().find_map(|line| line.strip_prefix("__version__ = ")).unwrap();
    line.trim_matches('"').to_owned()
}

/// The sections of a plan as it is printed: the name of each job and its lines.
pub fn sections(plan: &str) -> Vec<(String, Vec<String>)> {
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    for line in plan.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(name) => sections.push((name.to_owned(), Vec::new())),
            None => sections.last_mut().expect("a plan begins with a name").1.push(line.to_owned()),
        }
    }
    sections
}
