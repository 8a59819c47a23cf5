//! `--install-tools` with stand-ins for pyenv: each way in which it fails ends in a reason, a hint
//! and exit code 1, and leaves nothing that looks like an interpreter.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::support::{self, Run, copy_checkout, fixture};

/// A checkout on a machine that has git, a shell and a pyenv, and no Python at all.
struct Machine {
    folder: TempDir,
}

impl Machine {
    /// `install` is what the shell does for `pyenv install … $version`.
    fn new(install: &str) -> Machine {
        let machine = Machine { folder: tempfile::tempdir().unwrap() };
        for folder in ["bin", "home", "pyenv/versions"] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        copy_checkout(&machine.path("checkout"));
        for program in ["git", "sh", "ls", "mkdir", "rm", "sed"] {
            let path = which(program);
            std::os::unix::fs::symlink(path, machine.path("bin").join(program)).unwrap();
        }
        machine.put_pyenv(install);
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put_pyenv(&self, install: &str) {
        let root = self.path("pyenv");
        let script = format!(
            "#!/bin/sh\nroot='{}'\nfor version; do :; done\ncase $1 in\n\
             root) echo \"$root\" ;;\n\
             --version) echo 'pyenv 2.6.30' ;;\n\
             versions) ls \"$root/versions\" ;;\n\
             uninstall) rm -r \"$root/versions/$version\" ;;\n\
             install) {install} ;;\nesac\n",
            root.display()
        );
        let path = self.path("bin/pyenv");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn xtask(&self, arguments: &[&str]) -> Run {
        let long = (arguments[0] == "wheels").then_some("--long");
        let arguments: Vec<&str> = arguments.iter().copied().chain(long).collect();
        let mut command: Command = support::command(&self.path("checkout"), &arguments);
        let home = self.path("home");
        command.env("PATH", self.path("bin")).env("HOME", home).env_remove("PYENV_ROOT");
        Run::of(command.env("PYENV_ROOT", self.path("pyenv")).output().unwrap())
    }
}

fn which(program: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap();
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(program));
    paths.find(|path| path.exists()).unwrap_or_else(|| panic!("`{program}` is not on PATH"))
}

const WHEELS: &[&str] = &["wheels", "cp35m-*_x86_64", "cp311*-*_x86_64", "--install-tools"];

/// A build that says what was recorded, and is killed before it clears away what it began.
fn failing(name: &str) -> String {
    let said = fixture(&format!("pyenv/failures/{name}.txt"));
    format!("mkdir -p \"$root/versions/$version/bin\"; sed '1d;$d' '{said}'; exit 1")
}

/// The reason and the hint are said, with each version that they hold for; nothing else is begun.
#[track_caller]
fn check(install: &str, reason: &str, hint: &str) {
    let machine = Machine::new(install);
    let run = machine.xtask(WHEELS);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(reason), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("hint: {hint}")), "{}", run.stderr);
    for (wheel, version) in [("cp35m", "3.5.10"), ("cp311_abi3", "3.11.13")] {
        let row = run.stdout.lines().find(|line| line.starts_with(wheel)).unwrap();
        assert!(row.contains(&format!("failed: pyenv {version}: ")), "{row}");
        assert!(row.ends_with(&format!("see target/xtask/logs/pyenv-{version}.log")), "{row}");
    }
    assert!(!machine.path("checkout/wheelhouse").exists());

    let list = machine.xtask(&["list", "cp35m-*_x86_64", "--long"]).answer();
    assert!(list.contains("skipped: no CPython 3.5 "), "{list}");
}

#[test]
fn a_pyenv_that_builds_with_the_wrong_openssl() {
    let reason = "it was built with an OpenSSL that is too new for it";
    check(&failing("openssl_clang_recorded"), reason, "update pyenv, and have it build");
}

#[test]
fn a_pyenv_without_headers() {
    check(&failing("zlib_linux_recorded"), "the headers of zlib were not found", "macOS: `xcode");
}

#[test]
fn a_pyenv_with_a_full_disk() {
    let reason = "no space is left where pyenv builds or installs";
    check(&failing("space_recorded"), reason, "a build takes 500 MB: make room");
}

#[test]
fn a_pyenv_that_does_not_know_the_version() {
    let reason = "this pyenv does not know the version";
    check("echo \"python-build: definition not found: $version\"; exit 2", reason, "update it");
}

#[test]
fn a_pyenv_that_fails_without_a_known_reason() {
    let machine = Machine::new("echo 'BUILD FAILED'; exit 1");
    let run = machine.xtask(WHEELS);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("`pyenv install --skip-existing` ended with exit status: 1"));
}

/// As pyenv itself does with the folder of an interrupted build.
#[test]
fn a_pyenv_that_says_yes_and_installs_nothing() {
    check("exit 0", "cannot start `", "it was there, or was to be there");
}

#[test]
fn what_an_interrupted_build_left_is_removed_before_it_is_built_anew() {
    let machine = Machine::new(&failing("space_recorded"));
    machine.xtask(WHEELS);
    assert!(machine.path("pyenv/versions/3.5.10/bin").is_dir());
    let plan = machine.xtask(&[WHEELS, &["--dry-run"]].concat()).answer();
    let (_, after) = plan.split_once("# pyenv 3.5.10\n").unwrap();
    let lines: Vec<&str> = after.lines().take(3).collect();
    let pyenv = machine.path("bin/pyenv").display().to_string();
    assert_eq!(lines[0], format!("{pyenv} uninstall --force 3.5.10"));
    assert_eq!(lines[1], format!("{pyenv} install --skip-existing --verbose 3.5.10"));
    assert!(lines[2].ends_with("build-scripts/check-interpreter.py cp35m 3.5.10"), "{}", lines[2]);
}

#[test]
fn no_pyenv_at_all() {
    let machine = Machine::new("exit 1");
    fs::remove_file(machine.path("bin/pyenv")).unwrap();
    let run = machine.xtask(&["wheels", "cp35m-manylinux_x86_64", "--install-tools"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let said = "skipped: no CPython 3.5 was found, nor was pyenv, which would build 3.5.10";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(run.stderr.contains("\nhint: install an interpreter"), "{}", run.stderr);
}
