//! Killed at any moment, a build leaves no half of anything and nothing running.

use std::{
    fs::{self, OpenOptions},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use crate::copy::{Copy, REFERENCE, Wheelhouse, assert_same, only, two_wheels};

/// Into so many parts what a build does to files is divided; between them it is killed.
const PARTS: u64 = 12;
const KILLS_MIN: u64 = 20;

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn killed_at_any_moment_it_leaves_no_half_of_a_file_and_the_next_run_succeeds() {
    let copy = Copy::warm("killed");
    let [wheel, _] = two_wheels();
    let expected = only(&REFERENCE.wheelhouse(), &[&wheel]);
    let build = Build::new(&copy, &wheel.identifier);

    let whole = build.changes_in_all();
    assert_same(&copy.wheelhouse(), &expected);
    let part = whole / PARTS;
    let mut kills = 0;
    for first in (1..PARTS).step_by(2) {
        copy.xtask(&["clean"]).answer();
        copy.empty_wheelhouse();
        // Again and again on what the last one left, each time later, until one gets to the end.
        let mut at = first * part;
        while build.is_killed(at) {
            kills += 1;
            check_wheelhouse(&copy, &expected);
            check_nothing_runs(&copy.root);
            at += part;
        }
        assert_same(&copy.wheelhouse(), &expected);
    }
    println!("killed {kills} times, in builds that change files {whole} times");
    assert!(kills >= KILLS_MIN, "killed only {kills} times");
}

/// The build of a wheel, whose changes of files are counted by a library that it is given.
struct Build<'a> {
    copy: &'a Copy,
    identifier: &'a str,
    library: PathBuf,
    /// A byte for each change.
    changes: PathBuf,
}

impl Build<'_> {
    fn new<'a>(copy: &'a Copy, identifier: &'a str) -> Build<'a> {
        let source =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/end_to_end/kill_at_change.c");
        let library = copy.root.join("target/kill_at_change.so");
        let mut zig = Command::new(copy.tool("ziglang/zig"));
        zig.args(["cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o"]);
        assert!(zig.arg(&library).arg(source).status().unwrap().success());
        Build { copy, identifier, library, changes: copy.root.join("target/changes") }
    }

    /// Those of a run that nobody kills.
    fn changes_in_all(&self) -> u64 {
        assert!(!self.is_killed(0));
        fs::metadata(&self.changes).unwrap().len()
    }

    /// Whether it is killed at that change; otherwise it must get to the end before.
    fn is_killed(&self, at: u64) -> bool {
        fs::write(&self.changes, "").unwrap();
        let mut command = self.copy.command(&["wheels", self.identifier]);
        let status = command
            .env("LD_PRELOAD", &self.library)
            .env("CHANGES_FILE", &self.changes)
            .env("CHANGES_MAX", at.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success() || status.signal() == Some(KILL), "{status}");
        !status.success()
    }
}

const KILL: i32 = 9;

/// Every file is one that belongs there, whole: its bytes are those that were audited and tested.
#[track_caller]
fn check_wheelhouse(copy: &Copy, expected: &Wheelhouse) {
    for (name, content) in copy.wheelhouse() {
        assert!(expected.get(&name) == Some(&content), "`{name}` is half of something");
    }
}

/// Once the lock is free, all programs of the killed run have been told to end. One that has not
/// been can be stopped; one that has been ends, and all that remains is to wait for it. So do the
/// shells that end what asks interpreters: they keep no lock.
#[track_caller]
fn check_nothing_runs(root: &Path) {
    let path = root.join("target/xtask/lock");
    if let Ok(lock) = OpenOptions::new().write(true).open(path) {
        lock.lock().unwrap();
    }
    for process in processes_in(root) {
        let program = fs::read_link(process.join("exe"));
        let words = fs::read(process.join("cmdline")).unwrap_or_default();
        let is_keeper = String::from_utf8_lossy(&words).contains("read -r line");
        if !is_keeper {
            signal(&process, "STOP");
        }
        while let Some(state) = state(&process) {
            if state == 'T' {
                signal(&process, "KILL");
                panic!("still running: {program:?}");
            }
            thread::yield_now();
        }
    }
}

/// Those that run in a folder or below it, as folders of /proc.
fn processes_in(root: &Path) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let is_within = |process: &PathBuf| {
        fs::read_link(process.join("cwd")).is_ok_and(|folder| folder.starts_with(root))
    };
    processes.filter(is_within).collect()
}

/// To a process, if there still is one.
fn signal(process: &Path, name: &str) {
    let id = process.file_name().unwrap();
    let _ = Command::new("kill").args(["-s", name]).arg(id).stderr(Stdio::null()).status();
}

/// The letter that Linux has for the state of a process, `T` if it was stopped; none of one that
/// has ended, even if nobody has asked for its exit code yet.
fn state(process: &Path) -> Option<char> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The name before it may have any letters, also parentheses.
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    (!"ZX".contains(state)).then_some(state)
}
