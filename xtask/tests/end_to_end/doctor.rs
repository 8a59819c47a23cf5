//! What doctor says of a build is what then happens to it.

use std::fs;

use crate::{
    copy::{Copy, two_wheels},
    support::Run,
};

/// Nobody listens there.
const CLOSED: (&str, &str) = ("PIP_INDEX_URL", "http://127.0.0.1:9/simple");

/// Without an index that answers.
fn offline(copy: &Copy, command: &str) -> Run {
    let [one, _] = two_wheels();
    let words = [command, &one.identifier, "--builder", "zig"];
    Run::of(copy.command(&words).env(CLOSED.0, CLOSED.1).output().unwrap())
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_doctor_says_runs_offline_does_so() {
    let copy = Copy::warm("doctor");
    let told = offline(&copy, "doctor").answer();
    assert!(told.contains(" are here: the plan runs offline, too\n"), "{told}");
    offline(&copy, "wheels").answer();

    fs::remove_dir_all(copy.root.join("target/xtask/tools")).unwrap();
    let told = offline(&copy, "doctor");
    assert!(told.stdout.contains("✗ pip's index "), "{}", told.stdout);
    assert!(told.stdout.contains("; to be fetched: tools\n"), "{}", told.stdout);
    let built = offline(&copy, "wheels");
    assert!(built.stdout.contains("failed: tools: see "), "{}", built.stdout);
    assert_eq!((told.code, built.code), (1, 1));
}
