//! The same commit gives the same bytes, and what it gives keeps what it promises.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::copy::{Copy, REFERENCE, assert_same, of_this_machine, two_wheels};

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn another_folder_time_order_and_environment_give_the_same_bytes() {
    let copy = Copy::new("another place/several/folders/deep/with-a-longer-name", &REFERENCE.root);
    for words in [&["init", "--quiet"][..], &["add", "--all"]] {
        let git = Command::new("git").args(words).current_dir(&copy.root).status();
        assert!(git.unwrap().success());
    }
    fs::write(copy.root.join("esig/untracked.py"), "lies around\n").unwrap();
    let settings = Settings::new(copy.root.parent().unwrap());
    let mut wheels = copy.command(&["wheels", &of_this_machine("*"), "--jobs", "1", "--quiet"]);
    let run = settings.bend(&mut wheels).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("git does not track it (`git add`): esig/untracked.py"), "{said}");
    assert_same(&copy.wheelhouse(), &REFERENCE.wheelhouse());
}

/// Settings of a user that would change what is built, or keep it from being built.
struct Settings {
    home: PathBuf,
    /// A file of the metadata of another project.
    metadata: PathBuf,
}

impl Settings {
    /// Those of a home, and of a folder that the checkout is in.
    fn new(around: &Path) -> Settings {
        let home = around.join("home");
        let metadata = "[metadata]\nmaintainer = somebody else\n[sdist]\nformats = zip\n";
        let pip = "[global]\nuser = true\nprefix = /nowhere\nno-deps = true\ndry-run = true\n\
                   require-hashes = true\nroot = /nowhere\n[install]\ntarget = /nowhere\n";
        let git = "[core]\n\tquotePath = true\n[column]\n\tui = always\n[color]\n\tui = always\n";
        let curl = "output = /nowhere\n";
        for (file, text) in [
            ("home/.pydistutils.cfg", metadata),
            ("home/pydistutils.cfg", metadata),
            ("home/.config/pip/pip.conf", pip),
            ("home/.pip/pip.conf", pip),
            ("home/.gitconfig", git),
            ("home/.curlrc", curl),
            ("setup.cfg", metadata),
            ("pip.conf", pip),
            ("startup.py", "raise SystemExit('theirs')\n"),
        ] {
            let file = around.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Settings { home, metadata: around.join("setup.cfg") }
    }

    fn bend<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let beside = |name: &str| self.metadata.with_file_name(name);
        command
            .env("HOME", &self.home)
            .env("USERPROFILE", &self.home)
            .env("DIST_EXTRA_CONFIG", &self.metadata)
            .env("PIP_CONFIG_FILE", beside("pip.conf"))
            .env("PYTHONSTARTUP", beside("startup.py"))
            .env("PYTHONPATH", self.home.parent().unwrap())
            .env("BASH_ENV", beside("setup.cfg"))
            .envs(BENDING.iter().copied())
    }
}

/// What other builds, tools for cross-building, editors and hooks of git leave in an environment.
const BENDING: &[(&str, &str)] = &[
    ("_PYTHON_HOST_PLATFORM", "macosx-11.0-arm64"),
    ("_PYTHON_PROJECT_BASE", "/nowhere"),
    ("_PYTHON_SYSCONFIGDATA_NAME", "_sysconfigdata__darwin_darwin"),
    ("__PYVENV_LAUNCHER__", "/nowhere/python3"),
    ("ARCHFLAGS", "-arch arm64"),
    ("CC", "false"),
    ("CFLAGS", "-O0 -g"),
    ("CXX", "false"),
    ("GIT_CONFIG_COUNT", "1"),
    ("GIT_CONFIG_KEY_0", "core.worktree"),
    ("GIT_CONFIG_VALUE_0", "/nowhere"),
    ("GIT_DIR", "/nowhere/.git"),
    ("GIT_INDEX_FILE", "/nowhere/index"),
    ("GIT_WORK_TREE", "/nowhere"),
    ("LC_ALL", "C"),
    ("LD_PRELOAD", "/nowhere/preloaded.so"),
    ("LDFLAGS", "-L/nowhere"),
    ("MACOSX_DEPLOYMENT_TARGET", "99.0"),
    ("PIP_NO_DEPS", "1"),
    ("PIP_PREFIX", "/nowhere"),
    ("PIP_REQUIRE_HASHES", "1"),
    ("PIP_TARGET", "/nowhere"),
    ("PIP_USER", "1"),
    ("PYTHONHASHSEED", "random"),
    ("PYTHONHOME", "/nowhere"),
    ("PYTHONWARNINGS", "error"),
    ("SETUPTOOLS_USE_DISTUTILS", "stdlib"),
    ("SOURCE_DATE_EPOCH", "1"),
    ("TZ", "Pacific/Auckland"),
    ("VIRTUAL_ENV", "/nowhere"),
    ("ZIG_LIB_DIR", "/nowhere"),
    ("ZIG_LOCAL_CACHE_DIR", "/nowhere"),
];

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn every_target_has_the_same_bytes_in_another_folder() {
    let selectors = one_wheel_of_each_target();
    let words: Vec<&str> = ["wheels", "--output", "foreign"]
        .into_iter()
        .chain(selectors.iter().map(String::as_str))
        .collect();
    let copy = Copy::new("a folder for all targets", &REFERENCE.root);
    for checkout in [&*REFERENCE, &copy] {
        checkout.xtask(&words).answer();
    }
    let (there, here) = (REFERENCE.files_in("foreign"), copy.files_in("foreign"));
    assert_eq!(here.len(), selectors.len() + 2, "the wheels, the source archive, the sums");
    assert_same(&here, &there);
}

/// Of those that nothing here can run: building them is what is tested.
fn one_wheel_of_each_target() -> Vec<String> {
    let list = REFERENCE.xtask(&["list", "--json"]).answer();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let mut of_targets = std::collections::BTreeMap::new();
    for line in list.as_array().unwrap() {
        let is_built = line["reason"].is_null();
        if is_built && line["tested_in"].as_array().is_some_and(Vec::is_empty) {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            of_targets.entry(text("target")).or_insert_with(|| text("identifier"));
        }
    }
    assert!(of_targets.len() >= 10, "{of_targets:?}");
    of_targets.into_values().collect()
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn every_wheel_that_is_there_passes_its_audit_again() {
    let wheels: Vec<String> =
        REFERENCE.wheelhouse().into_keys().filter(|name| name.ends_with(".whl")).collect();
    assert!(!wheels.is_empty());
    let paths: Vec<String> = wheels.iter().map(|name| format!("wheelhouse/{name}")).collect();
    let words: Vec<&str> = ["audit"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    REFERENCE.xtask(&words).answer();
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_second_run_has_nothing_to_do_and_says_what_the_first_said() {
    let run = REFERENCE.xtask(&["wheels", &of_this_machine("*"), "--verbose"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let done: Vec<&str> = run.stderr.lines().filter(|l| l.starts_with("$ ")).collect();
    assert!(done.is_empty(), "{done:?}");
    let again: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("# ")).collect();
    // What git tracks is copied each time; only then is it known whether it changed.
    let looks = |line: &&str| ["# stage", "# checksums"].contains(line);
    assert!(again.iter().all(looks), "{again:?}");
    let sums = String::from_utf8(REFERENCE.files_in("wheelhouse")["SHA256SUMS"].clone()).unwrap();
    let names: Vec<&str> = sums.lines().filter_map(|line| line.split("  ").nth(1)).collect();
    assert_eq!(names, REFERENCE.wheelhouse().keys().collect::<Vec<_>>());
    assert!(run.stdout.contains("built and tested in"), "{}", run.stdout);
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_changed_private_header_is_compiled() {
    let copy = Copy::warm("changed");
    let [wheel, _] = two_wheels();
    let before = copy.xtask(&["wheels", &wheel.identifier]);
    assert_eq!(before.code, 0, "{}", before.stderr);
    copy.append("libalgebra/src/checked.h", "\n#error this header is read\n");
    let after = copy.xtask(&["wheels", &wheel.identifier]);
    assert_eq!(after.code, 1);
    assert!(after.stderr.contains("this header is read"), "{}", after.stderr);
}
