//! What a user has set for other programs changes no answer.

use std::{fs, process::Command};

use crate::support::{Run, checkout, command, copy_checkout, xtask};

/// What other builds, tools for cross-building and hooks of git leave in an environment.
const LEFT: &[(&str, &str)] = &[
    ("_PYTHON_HOST_PLATFORM", "macosx-11.0-arm64"),
    ("_PYTHON_PROJECT_BASE", "/nowhere"),
    ("_PYTHON_SYSCONFIGDATA_NAME", "_sysconfigdata__darwin_darwin"),
    ("__PYVENV_LAUNCHER__", "/nowhere/python3"),
    ("GIT_CONFIG_COUNT", "1"),
    ("GIT_CONFIG_KEY_0", "core.worktree"),
    ("GIT_CONFIG_VALUE_0", "/nowhere"),
    ("GIT_DIR", "/nowhere/.git"),
    ("GIT_INDEX_FILE", "/nowhere/index"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_WORK_TREE", "/nowhere"),
    ("PYTHONHOME", "/nowhere"),
    ("PYTHONPATH", "/nowhere"),
    ("PYTHONWARNINGS", "error"),
];

fn bent(run: &mut Command) -> Run {
    Run::of(run.envs(LEFT.iter().copied()).output().unwrap())
}

#[test]
fn interpreters_are_for_the_system_that_they_are_for() {
    let plain = xtask(checkout(), &["list", "--json"]).answer();
    let bent = bent(&mut command(checkout(), &["list", "--json"])).answer();
    assert_eq!(bent, plain);
}

#[test]
fn the_files_of_the_checkout_are_those_of_its_own_repository_whatever_their_names() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let odd = "esig/tests/é odd name.py";
    fs::write(folder.path().join(odd), "").unwrap();
    for words in [&["init", "--quiet"][..], &["add", "--all"]] {
        let git = Command::new("git").args(words).current_dir(folder.path()).status();
        assert!(git.unwrap().success());
    }
    let run = bent(&mut command(folder.path(), &["stage", "target/staged"]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let staged = folder.path().join("target/staged");
    assert!(staged.join(odd).is_file() && staged.join("setup.py").is_file());
}
