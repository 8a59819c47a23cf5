//! `cargo xtask doctor`: of recorded machines, what is told; of this one, that it is true.

use std::{fs, process::Command};

use expect_test::{ExpectFile, expect_file};
use serde_json::{Value, json};

use crate::support::{
    Run, checkout, command, copy_checkout, engine::Engine, files_below, fixture, xtask,
};

/// Facts of a recorded machine, changed, in a file of their own.
struct Facts(tempfile::NamedTempFile);

impl Facts {
    fn new(host: &str, change: impl FnOnce(&mut Value)) -> Facts {
        let mut facts = read(host);
        change(&mut facts);
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), facts.to_string()).unwrap();
        Facts(file)
    }

    /// With what doctor has asked there.
    fn examined(host: &str, examination: &str) -> Facts {
        Facts::new(host, |facts| facts["examination"] = read(&format!("doctor/{examination}")))
    }

    fn doctor(&self, options: &[&str]) -> Run {
        let host = self.0.path().to_str().unwrap();
        xtask(checkout(), &[&["doctor", "--dry-run", "--host", host], options].concat())
    }
}

fn read(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(fixture(name)).unwrap()).unwrap()
}

#[track_caller]
fn check(facts: &Facts, options: &[&str], code: i32, expected: ExpectFile) {
    let run = facts.doctor(options);
    assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{}", run.stdout);
    expected.assert_eq(&run.stdout);
}

#[test]
fn a_linux_that_has_what_its_plan_needs() {
    let facts = Facts::examined("linux_x86_64.json", "linux.json");
    check(&facts, &[], 0, expect_file!["../snapshots/doctor_linux.txt"]);
}

#[test]
fn all_that_a_linux_lacks_is_told_at_once() {
    let facts = Facts::new("linux_x86_64.json", |facts| {
        facts["examination"] = read("doctor/linux_lacking.json");
        facts["programs"]["apt-get"] = json!("/usr/bin/apt-get");
    });
    check(&facts, &[], 1, expect_file!["../snapshots/doctor_linux_lacking.txt"]);
}

#[test]
fn a_disk_that_nobody_may_write_on_is_no_matter_of_its_owner() {
    let facts = Facts::new("linux_x86_64.json", |facts| {
        facts["examination"] = read("doctor/linux.json");
        facts["examination"]["disk"]["is_writable"] = json!(false);
        facts["examination"]["disk"]["is_read_only"] = json!(true);
    });
    let run = facts.doctor(&[]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("that disk can only be read: build in a checkout on another one"));
    assert!(!run.stdout.contains("chown"), "{}", run.stdout);
}

#[test]
fn a_linux_with_an_engine_and_its_images() {
    let facts = Facts::examined("linux_with_image.json", "linux.json");
    let options = ["--builder", "docker", "--engine", "podman", "--image", "manylinux_i686=base:1"];
    check(&facts, &options, 0, expect_file!["../snapshots/doctor_linux_docker.txt"]);
}

#[test]
fn a_mac_where_pyenv_is_to_build_interpreters() {
    let facts = Facts::examined("macos_arm64.json", "macos.json");
    let options = ["--builder", "native", "--install-tools"];
    check(&facts, &options, 0, expect_file!["../snapshots/doctor_macos.txt"]);
}

#[test]
fn a_mac_without_apples_tools() {
    let mut facts = read("doctor/macos.json");
    facts["versions"].as_object_mut().unwrap().retain(|name, _| name.starts_with("rust"));
    let facts = Facts::new("macos_arm64.json", |host| {
        host["macos"]["developer"] = Value::Null;
        host["macos"]["sdk"] = Value::Null;
        host["examination"] = facts;
    });
    check(&facts, &["--builder", "native"], 1, expect_file!["../snapshots/doctor_macos_bare.txt"]);
}

#[test]
fn a_windows_whose_visual_studios_are_not_complete() {
    let facts = Facts::examined("windows_without_visual_studio.json", "windows.json");
    check(&facts, &[], 0, expect_file!["../snapshots/doctor_windows.txt"]);
    let native = expect_file!["../snapshots/doctor_windows_native.txt"];
    check(&facts, &["--builder", "native"], 1, native);
}

#[test]
fn a_windows_with_an_engine_for_containers_of_windows() {
    let facts = Facts::examined("windows_with_engine.json", "windows.json");
    let docker = ["--builder", "docker"];
    check(&facts, &docker, 0, expect_file!["../snapshots/doctor_windows_docker.txt"]);
    let facts = Facts::examined("windows_with_small_engine.json", "windows.json");
    let run = facts.doctor(&docker);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("✗ wheels  the engine cannot build these wheels: it has"));
}

const HOSTS: &[&str] = &[
    "linux_aarch64.json",
    "linux_with_image.json",
    "linux_x86_64.json",
    "macos_arm64.json",
    "macos_x86_64.json",
    "windows_amd64.json",
    "windows_with_engine.json",
    "windows_without_visual_studio.json",
];

const OPTIONS: &[&[&str]] = &[
    &[],
    &["--platform", "all"],
    &["--install-tools"],
    &["--builder", "native"],
    &["--builder", "native", "--install-tools"],
    &["--builder", "docker"],
    &["--builder", "zig", "cp311*"],
];

/// What `wheels` cannot plan has no programs; what it can plan starts none that is not accounted
/// for.
#[test]
fn every_program_of_every_plan_is_there_or_made_by_the_plan() {
    let mut plans = 0;
    for host in HOSTS {
        for options in OPTIONS {
            let facts = Facts::new(host, |_| {});
            let diagnosis: Value =
                serde_json::from_str(&facts.doctor(&[&["--json"], *options].concat()).stdout)
                    .unwrap();
            let findings = diagnosis["findings"].as_array().unwrap();
            let missing: Vec<_> = findings.iter().filter(|f| f["state"] == "missing").collect();
            let is_planned = findings.iter().all(|finding| finding["section"] != "plan");
            plans += usize::from(is_planned);
            assert!(!is_planned || missing.is_empty(), "{host} {options:?}: {missing:?}");
            assert_eq!(diagnosis["can_run"], Value::Bool(missing.is_empty()));
        }
    }
    assert!(plans > 40, "{plans}");
}

/// With all that testers need, but not what runs their scripts.
#[test]
fn a_program_that_nothing_accounts_for_is_missing() {
    let with_testers = |shell: Option<&str>| {
        Facts::new("linux_x86_64.json", |facts| {
            for name in ["apt-get", "qemu-aarch64-static"] {
                facts["programs"][name] = json!(format!("/usr/bin/{name}"));
            }
            if let Some(shell) = shell {
                facts["programs"]["bash"] = json!(shell);
            }
        })
    };
    let without = with_testers(None).doctor(&[]);
    let missing = "✗ bash    is not on PATH\n    hint: `apt-get install bash`\n";
    assert!(without.stdout.contains(missing), "{}", without.stdout);
    assert_eq!(without.code, 1);
    let with = with_testers(Some("/usr/bin/bash")).doctor(&[]);
    assert!(with.stdout.contains("✓ bash    /usr/bin/bash\n"), "{}", with.stdout);
    assert_eq!(with.code, 0);
}

#[test]
fn options_that_make_no_sense_are_told_as_wheels_tells_them() {
    let facts = Facts::new("linux_x86_64.json", |_| {});
    let run = facts.doctor(&["cp99*"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.starts_with("error: `cp99*` matches no wheel\nhint: "), "{}", run.stderr);
}

/// A copy that nothing was built in, on this very machine.
fn examined(options: &[&str], variables: &[(&str, &str)]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let before = files_below(folder.path());
    let mut doctor = command(folder.path(), &[&["doctor"], options].concat());
    let run = Run::of(doctor.envs(variables.iter().copied()).output().unwrap());
    assert_eq!(files_below(folder.path()), before, "it changes nothing");
    run
}

#[test]
fn an_index_that_does_not_answer_is_missed_where_something_is_to_be_fetched_from_it() {
    let options = ["--builder", "zig", "cp311*"];
    let run = examined(&options, &[("PIP_INDEX_URL", "http://127.0.0.1:9/simple")]);
    let told = "✗ pip's index         pip finds no ziglang: its index does not answer, or lacks it";
    assert!(run.stdout.contains(told), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, 1);
}

#[test]
fn an_engine_that_does_not_answer_is_missed_only_where_it_was_asked_for() {
    let engine = Engine::new().failing("info", "unreachable_20");
    let program = engine.program();
    let run = examined(&["--engine", &program, "--builder", "docker"], &[]);
    assert!(run.stdout.contains("  no container engine is reachable\n"), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("✗ {program}")), "{}", run.stdout);
    assert_eq!(run.code, 1);
    let by_default = examined(&["--engine", &program], &[]);
    if cfg!(target_os = "linux") {
        assert!(by_default.stdout.contains(&format!("! {program}")), "{}", by_default.stdout);
    }
    assert!(!by_default.stdout.contains(&format!("✗ {program}")), "{}", by_default.stdout);
}

#[test]
fn pip_is_asked_of_an_interpreter_that_has_none_installed() {
    let facts: Value = serde_json::from_str(&xtask(checkout(), &["facts"]).answer()).unwrap();
    let script = checkout().join("xtask/src/doctor/ask_pip.py");
    let pythons = facts["pythons"].as_array().unwrap().iter();
    for python in pythons.filter(|python| python["implementation"] == "CPython") {
        let version = [&python["version"][0], &python["version"][1]].map(|n| n.as_u64().unwrap());
        if version < [3, 10] || python["lacks"] != json!([]) {
            continue;
        }
        // Without `site`, it finds only what it brings.
        let mut pip = Command::new(python["executable"].as_str().unwrap());
        let output = pip.arg("-S").arg(&script).arg("--version").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", python["executable"]);
    }
}
