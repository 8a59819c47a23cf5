//! `--dry-run`: the plans of recorded machines, and that a plan is what it says.

use std::{collections::BTreeSet, fs, path::Path, time::SystemTime};

use expect_test::{ExpectFile, expect_file};

use crate::support::{checkout, copy_checkout, files_below, fixture, sections, version, xtask};

/// Those of macOS were written after documentation.
const HOSTS: &[&str] =
    &["linux_x86_64.json", "linux_aarch64.json", "macos_arm64.json", "macos_x86_64.json"];

const PLANS: &[&[&str]] = &[
    &["sdist"],
    &["wheels"],
    &["test"],
    &["develop"],
    &["clean", "--all"],
    &["ci"],
    &["ci", "--fast"],
    &["check", "--skip", "sdist-installs"],
    &["publish", "--repository", "testpypi"],
];

fn plan(host: &str, command: &[&str]) -> String {
    let host = fixture(host);
    xtask(checkout(), &[command, &["--host", &host, "--dry-run"]].concat()).answer()
}

#[track_caller]
fn check(host: &str, command: &[&str], expected: ExpectFile) {
    expected.assert_eq(&plan(host, command).replace(&version(), "{version}"));
}

#[test]
fn the_rules_of_the_house_are_kept() {
    let run = xtask(checkout(), &["tidy"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_step_prints_as_itself() {
    let printed = plan("linux_x86_64.json", &["audit", "esig 1.whl"]);
    assert_eq!(printed, "# audit\ncargo xtask audit 'esig 1.whl'\n");
}

#[test]
fn the_plan_of_all_wheels_of_a_machine() {
    check("linux_x86_64.json", &["wheels"], expect_file!["../snapshots/wheels_x86_64.txt"]);
    check("linux_aarch64.json", &["wheels"], expect_file!["../snapshots/wheels_aarch64.txt"]);
}

#[test]
fn the_plan_of_one_wheel_with_the_compiler_of_the_system() {
    let command = ["wheels", "cp38-many*_x86_64", "--builder", "native", "--output", "out/here"];
    check("linux_x86_64.json", &command, expect_file!["../snapshots/wheels_native.txt"]);
}

#[test]
fn the_plan_of_the_gate_before_a_release() {
    check("linux_x86_64.json", &["check"], expect_file!["../snapshots/check_x86_64.txt"]);
    let some = plan("linux_x86_64.json", &["check", "--only", "audit,licences"]);
    let names: Vec<String> = sections(&some).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["check audit", "check licences"], "nothing is noted of a part");
}

#[test]
fn the_plan_of_a_release() {
    let command = ["release", "9.0.0"];
    check("linux_x86_64.json", &command, expect_file!["../snapshots/release_x86_64.txt"]);
}

#[test]
fn where_the_oldest_cpython_is_missing_it_is_installed_or_the_promise_is_broken() {
    let check = ["check", "--only", "sdist-installs"];
    let without = plan("macos_x86_64.json", &check);
    assert!(without.contains("verify sdist-installs wheelhouse --without cp27m\n"), "{without}");
    let with = plan("macos_x86_64.json", &[&check[..], &["--install-tools"]].concat());
    let names: Vec<String> = sections(&with).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"pyenv 2.7.18".to_owned()), "{names:?}");
    assert!(names.contains(&"check sdist-installs in 2.7.18".to_owned()), "{names:?}");
}

#[test]
fn the_plan_of_all_wheels_with_visual_studio() {
    let command = ["wheels", "--builder", "native"];
    check("windows_amd64.json", &command, expect_file!["../snapshots/wheels_msvc.txt"]);
}

#[test]
fn testers_are_installed_and_removed_by_their_names() {
    let names = |words: &[&str]| {
        let printed = plan("linux_x86_64.json", &[&["testers"], words].concat());
        sections(&printed).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let one = names(&["install", "windows-3.12"]);
    assert!(one.is_empty() || one == ["tools"], "the machine lacks wine: {one:?}");
    assert_eq!(names(&["prune", "windows-3.12"]), ["prune testers"]);
    let run = xtask(checkout(), &["testers", "install", "windows-1.0"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("error: `windows-1.0` is no tester\nhint: "), "{}", run.stderr);
}

#[test]
fn what_takes_minutes_is_the_linters_and_the_quick_suites() {
    let whole = plan("linux_x86_64.json", &["ci"]);
    let fast = plan("linux_x86_64.json", &["ci", "--fast"]);
    for (section, is_in_both) in [
        ("# clippy\n", true),
        ("# rustdoc\n", true),
        ("# workflows\n", true),
        ("# test rust\n", true),
        ("# test python\n", true),
        ("# test end-to-end\n", false),
        ("# promote cp38-manylinux_x86_64\n", false),
    ] {
        assert!(whole.contains(section), "{section}");
        assert_eq!(fast.contains(section), is_in_both, "{section}");
    }
}

#[test]
fn a_shard_is_short_for_its_wheels_and_its_builder() {
    let wheels = ["wheels", "*-win_amd64", "cp39-win_arm64", "cp310-win_arm64"];
    // What is built only where it is named.
    let others = ["--skip", "cp313t-*", "--skip", "cp315_abi3t-*"];
    let whole = [&wheels[..], &others, &["--builder", "native"]].concat();
    let short = ["wheels", "--shard", "windows-x64"];
    assert_eq!(plan("windows_amd64.json", &short), plan("windows_amd64.json", &whole));
}

#[test]
fn the_shards_are_listed_as_a_matrix_on_one_line() {
    let line = xtask(checkout(), &["list", "--shards"]).answer();
    let matrix: serde_json::Value = serde_json::from_str(&line).unwrap();
    let shards = matrix["include"].as_array().unwrap();
    let arm = shards.iter().find(|shard| shard["shard"] == "linux-aarch64").unwrap();
    assert_eq!((line.lines().count(), &arm["runner"]), (1, &"ubuntu-24.04-arm".into()));
}

#[test]
fn the_plan_of_all_wheels_in_a_container_of_windows() {
    let printed = plan("windows_with_engine.json", &["wheels", "--builder", "docker"]);
    // Its name tells containers of different checkouts apart.
    let (_, after) = printed.split_once("--name esig-windows-").unwrap();
    let printed = printed.replace(&after[..8], "{checkout}");
    expect_file!["../snapshots/wheels_windows_container.txt"]
        .assert_eq(&printed.replace(&version(), "{version}"));
}

#[test]
fn visual_studio_is_installed_before_it_is_used() {
    let command = ["wheels", "cp311*-win_arm64", "--builder", "native", "--install-tools"];
    let without = "windows_without_visual_studio.json";
    check(without, &command, expect_file!["../snapshots/wheels_msvc_installed.txt"]);
}

#[test]
fn the_plan_of_all_wheels_of_a_mac_with_the_compiler_of_the_system() {
    let command = ["wheels", "--builder", "native"];
    let snapshot = expect_file!["../snapshots/wheels_macos_arm64.txt"];
    check("macos_arm64.json", &command, snapshot);
    let snapshot = expect_file!["../snapshots/wheels_macos_x86_64.txt"];
    check("macos_x86_64.json", &command, snapshot);
}

#[test]
fn the_plan_of_wheels_whose_old_interpreters_pyenv_has_to_build() {
    let wheels = ["wheels", "cp27m-macosx_x86_64", "cp35m-macosx_x86_64", "--builder", "native"];
    let command = [&wheels[..], &["--install-tools"]].concat();
    let snapshot = expect_file!["../snapshots/wheels_macos_install_x86_64.txt"];
    check("macos_x86_64.json", &command, snapshot);
    let snapshot = expect_file!["../snapshots/wheels_macos_install_arm64.txt"];
    check("macos_arm64.json", &command, snapshot);
}

#[test]
fn the_plan_of_wheels_built_in_a_container() {
    let image = ["--builder", "docker", "--engine", "podman", "--image", "manylinux_i686=base:1"];
    let printed = plan("linux_with_image.json", &[&["wheels"][..], &image].concat());
    // Names and labels tell containers of different checkouts apart.
    let of_checkout = |text: &str, before: &str| {
        let (_, after) = text.split_once(before).unwrap();
        text.replace(&after[..8], "{checkout}")
    };
    let printed = of_checkout(&printed, "--name esig-manylinux_i686-");
    let printed = of_checkout(&printed, "--label org.esig.xtask.container=");
    expect_file!["../snapshots/wheels_in_container.txt"]
        .assert_eq(&printed.replace(&version(), "{version}"));
}

#[test]
fn zig_is_told_where_debian_has_the_rest_of_its_headers() {
    let facts = fs::read_to_string(fixture("linux_x86_64.json")).unwrap();
    let ours = "/home/dev/.pyenv/versions/3.11.7/include/python3.11";
    let folder = tempfile::tempdir().unwrap();
    let host = folder.path().join("debian.json");
    fs::write(&host, facts.replace(ours, "/usr/include/python3.11")).unwrap();
    let host = ["--host", host.to_str().unwrap(), "--dry-run"];
    let wheels = ["wheels", "cp311*-manylinux_x86_64", "cp38-manylinux_x86_64"];
    let plan = xtask(checkout(), &[&wheels[..], &host].concat()).answer();
    let lines = plan.lines().filter(|line| line.contains("-I/"));
    let after: Vec<&str> = lines.filter_map(|line| line.split(" -I/").nth(1)).collect();
    assert!(after[0].starts_with("home/dev/.pyenv/versions/3.8.18/include/python3.8 -c "));
    assert!(after[1].starts_with("usr/include/python3.11 -idirafter /usr/include "), "{after:?}");
}

#[test]
fn zig_is_not_told_by_a_windows_what_only_microsofts_compilers_understand() {
    let wheels = ["wheels", "cp38-win_amd64", "cp311_abi3-win_amd64", "--builder", "zig"];
    let plan = plan("windows_amd64.json", &wheels);
    let compiling = plan.lines().filter(|line| line.contains("tosig.cpp"));
    let told = "-include target/xtask/source/esig/ext/target_pyconfig.h ";
    assert_eq!(compiling.map(|line| line.contains(told)).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn the_list_of_wheels_says_why_one_is_not_built_here() {
    let lists = [&["list", "*_x86_64"][..], &["list", "*-manylinux_x86_64", "--long"]];
    let lists = lists.map(|words| plan("linux_x86_64.json", words)).join("\n");
    expect_file!["../snapshots/list_x86_64.txt"].assert_eq(&lists);
}

#[test]
fn the_list_is_json_for_programs() {
    let json = plan("linux_x86_64.json", &["list", "cp38-*", "--json"]);
    let lines: serde_json::Value = serde_json::from_str(&json).unwrap();
    let here = lines.as_array().unwrap().iter().find(|line| line["tested_in"][0] == "3.8.18");
    assert_eq!(here.unwrap()["identifier"], "cp38-manylinux_x86_64");
    assert!(here.unwrap()["reason"].is_null());
}

#[test]
fn a_selector_leaves_out_what_nobody_asked_for() {
    let names = |command: &[&str]| {
        let sections = sections(&plan("linux_x86_64.json", command));
        let name = |(name, _): &(String, _)| name.strip_prefix("promote ").map(str::to_owned);
        sections.iter().filter_map(name).collect::<Vec<_>>()
    };
    let one = ["sdist", "cp38-manylinux_x86_64"];
    assert_eq!(names(&["wheels", "cp38-many*_x86_64"]), one);
    let without = ["sdist", "cp27m", "cp27mu", "cp36m", "cp313t"].map(|name| match name {
        "sdist" => name.to_owned(),
        _ => format!("{name}-manylinux_x86_64"),
    });
    assert_eq!(names(&["wheels", "--skip", "cp38*", "--skip", "*abi3*"]), without);
}

#[test]
fn every_job_of_a_plan_has_a_name_of_its_own() {
    for (host, command) in all_plans() {
        let sections = sections(&plan(host, command));
        let names: BTreeSet<&str> = sections.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), sections.len(), "{command:?} on {host}");
    }
}

/// A line that cannot be parsed is wrong usage; any other end means that it was understood.
#[test]
fn every_step_of_our_own_that_a_plan_prints_is_a_command() {
    let mut steps = BTreeSet::new();
    for (host, command) in all_plans() {
        let plan = plan(host, command);
        steps
            .extend(plan.lines().filter_map(|l| l.strip_prefix("cargo xtask ")).map(str::to_owned));
    }
    assert!(steps.len() > 50, "{steps:?}");
    let host = fixture("linux_x86_64.json");
    for step in steps {
        assert!(!step.contains('\''), "a path with spaces: `{step}`");
        let words = step.split_whitespace().chain(["--dry-run", "--host", &host]);
        let run = xtask(checkout(), &words.collect::<Vec<_>>());
        assert_ne!(run.code, 2, "{step}: {}", run.stderr);
    }
}

#[test]
fn the_same_facts_give_the_same_plan() {
    for (host, command) in all_plans() {
        assert_eq!(plan(host, command), plan(host, command));
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let before = state(folder.path());
    let host = fixture("linux_x86_64.json");
    for command in PLANS {
        xtask(folder.path(), &[command, &["--dry-run", "--host", &host][..]].concat()).answer();
    }
    xtask(folder.path(), &["clean", "--dry-run"]).answer();
    assert_eq!(state(folder.path()), before);
}

/// Names, times and sizes of all files.
fn state(folder: &Path) -> Vec<(String, SystemTime, u64)> {
    let of_file = |path: std::path::PathBuf| {
        let metadata = fs::metadata(folder.join(&path)).unwrap();
        (path.display().to_string(), metadata.modified().unwrap(), metadata.len())
    };
    files_below(folder).into_iter().map(of_file).collect()
}

#[test]
fn execution_says_how_each_job_ended_and_echoes_the_lines_of_a_dry_run_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let plan = xtask(folder.path(), &["clean", "--all", "--dry-run"]).answer();
    let run = |more: &[&str]| xtask(folder.path(), &[&["clean", "--all"], more].concat());
    let told = run(&[]).stderr;
    assert!(told.starts_with("✓ clean: ") && told.lines().count() == 1, "{told}");
    let told = run(&["--verbose"]).stderr;
    let (echoed, end) = told.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(echoed, plan.trim_end());
    assert!(end.starts_with("✓ clean: "), "{end}");
}

fn all_plans() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    HOSTS.iter().flat_map(|host| PLANS.iter().map(|plan| (*host, *plan)))
}
