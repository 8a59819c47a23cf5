//! The same commit gives the same bytes, and what it gives keeps what it promises.

use std::{fs, process::Command};

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
    let run = copy
        .command(&["wheels", &of_this_machine("*"), "--jobs", "1", "--quiet"])
        .env("TZ", "Pacific/Auckland")
        .env("LC_ALL", "C")
        .env("CFLAGS", "-O0 -g")
        .env("PYTHONHASHSEED", "random")
        .env("SOURCE_DATE_EPOCH", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("git does not track it (`git add`): esig/untracked.py"), "{said}");
    assert_same(&copy.wheelhouse(), &REFERENCE.wheelhouse());
}

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
    assert_eq!(here.len(), selectors.len() + 1, "the wheels and the source archive");
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
