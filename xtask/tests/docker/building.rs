//! Wheels from containers of a real engine: what is built, tested, kept and cleared away.

use std::{fs, process::Stdio, sync::LazyLock};

use crate::{
    docker,
    gate::Gate,
    support::{checkout, copy::Copy, copy::assert_same, sections},
};

const X86_64: &str = "manylinux_x86_64=esig-test/manylinux_x86_64:local";
const I686: &str = "manylinux_i686=esig-test/manylinux_i686:local";
const AARCH64: &str = "manylinux_aarch64=esig-test/manylinux_aarch64:local";

/// Debian with glibc 2.31, older than what the other images have.
const BULLSEYE: &str = "esig-test/bullseye:local";

/// All wheels that the images have interpreters for, built once.
static BUILT: LazyLock<(Copy, String, String)> = LazyLock::new(|| {
    let copy = Copy::new("built", checkout());
    let images = ["--image", X86_64, "--image", I686, "--image", AARCH64];
    let words = ["wheels", "--builder", "docker", "--test-image", BULLSEYE];
    let run = copy.xtask(&[&words[..], &images].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    (copy, run.stdout, run.stderr)
});

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn wheels_of_three_architectures_are_built_and_tested_in_containers() {
    let (copy, table, said) = &*BUILT;
    assert!(said.starts_with("builder: docker "), "{said}");
    let wheels: Vec<String> = copy.wheelhouse().into_keys().collect();
    let built = |tags: &str| wheels.iter().any(|name| name.contains(tags));
    let platform = "manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
    for tags in ["cp36-cp36m", "cp37-cp37m", "cp38-cp38", "cp39-cp39", "cp310-cp310"] {
        assert!(built(&format!("-{tags}-{platform}")), "{tags}: {wheels:?}");
    }
    for architecture in ["x86_64", "i686", "aarch64"] {
        assert!(built(&format!("-cp311-abi3-manylinux_2_17_{architecture}.")), "{wheels:?}");
    }
    let rows: Vec<&str> = table.lines().filter(|line| line.contains("built")).collect();
    assert_eq!(rows.len(), wheels.iter().filter(|name| name.ends_with(".whl")).count());
    assert!(rows.iter().all(|row| row.contains("built and tested in ")), "{rows:?}");
    let stable = rows.iter().find(|row| row.starts_with("cp311_abi3-manylinux_x86_64")).unwrap();
    for release in ["3.11.", "3.12.", "3.13."] {
        assert!(stable.contains(release), "{stable}");
    }
    assert_no_container(copy);
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn other_architectures_compute_what_this_one_does() {
    let (copy, ..) = &*BUILT;
    for architecture in ["i686", "aarch64"] {
        let test = format!("test-cp311_abi3-manylinux_{architecture}-in-");
        let logs = copy.files_in("target/xtask/logs");
        let (_, log) = logs.iter().find(|(name, _)| name.starts_with(&test)).unwrap();
        let log = String::from_utf8_lossy(log);
        assert!(log.contains(" 81 results are equal bit for bit; "), "{log}");
    }
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn wheels_run_on_a_system_older_than_the_one_that_compiled_them() {
    let (copy, table, _) = &*BUILT;
    let row = table.lines().find(|line| line.starts_with("cp39-manylinux_x86_64")).unwrap();
    assert!(row.contains(&format!(" in {BULLSEYE}")), "{row}");

    // And one that no container made.
    let wheel = "cp39-manylinux_x86_64";
    copy.xtask(&["wheels", wheel, "--builder", "zig", "--output", "by-zig"]).answer();
    let made = copy.files_in("by-zig");
    let name = made.keys().find(|name| name.ends_with(".whl")).unwrap();
    let run = copy.xtask(&["test-in", BULLSEYE, &format!("by-zig/{name}")]);
    let counts = run.stdout.lines().last().unwrap();
    assert!(counts.ends_with(" passed, 0 failed, 0 skipped"), "{}", run.stdout);
    assert!(!counts.starts_with("0 "), "{}", run.stdout);
    let other = copy.wheelhouse().into_keys().find(|name| name.contains("i686")).unwrap();
    let run = copy.xtask(&["test-in", BULLSEYE, &format!("wheelhouse/{other}")]);
    assert!(run.stderr.contains("is for manylinux_i686\nhint: "), "{}", run.stderr);
    assert_no_container(copy);
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn what_fails_in_one_interpreter_keeps_the_wheels_of_the_others() {
    let copy = Copy::new("sabotaged", &BUILT.0.root);
    copy.append(
        "esig/tests/test_package.py",
        "\n\nclass TestSabotage(unittest.TestCase):\n    \
         def test_it_works_in_every_python(self):\n        \
         import sys\n        \
         self.assertNotEqual(sys.version_info[:2], (3, 8), \"sabotaged\")\n",
    );
    let wheels = ["cp37m-manylinux_x86_64", "cp38-manylinux_x86_64", "cp39-manylinux_x86_64"];
    let words = ["--builder", "docker", "--image", X86_64];
    let run = copy.xtask(&[&["wheels"][..], &wheels, &words].concat());
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let made: Vec<String> = copy.wheelhouse().into_keys().collect();
    let has = |tag: &str| made.iter().any(|name| name.contains(tag));
    assert!(has("-cp37-") && has("-cp39-") && !has("-cp38-"), "{made:?}");

    let row = run.stdout.lines().find(|line| line.starts_with(wheels[1])).unwrap();
    assert!(row.contains("failed: test cp38-manylinux_x86_64 in 3.8."), "{row}");
    let (_, log) = row.split_once(", see ").unwrap();
    let log = fs::read_to_string(copy.root.join(log)).unwrap();
    assert!(log.contains("sabotaged"), "{log}");
    let again = format!("cargo xtask wheels {} {}\n", wheels[1], words.join(" "));
    assert!(run.stdout.contains(&again), "{}", run.stdout);
    assert_no_container(&copy);
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn the_printed_lines_pasted_into_a_shell_give_the_same_wheel() {
    let (built, ..) = &*BUILT;
    let copy = Copy::new("pasted", &built.root);
    let words = ["wheels", "cp311_abi3-manylinux_i686", "--builder", "docker", "--image", I686];
    let plan = copy.xtask(&[&words[..], &["--dry-run"]].concat()).answer();
    // The copy has what this makes already.
    let jobs = sections(&plan).into_iter().filter(|(job, _)| job != "tools");
    copy.paste(&jobs.flat_map(|(_, lines)| lines).collect::<Vec<_>>());
    let mut expected = built.wheelhouse();
    expected.retain(|name, _| name.contains("i686") || name.ends_with(".tar.gz"));
    assert_same(&copy.wheelhouse(), &expected);
    assert_no_container(&copy);
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn what_a_killed_run_leaves_is_swept_by_the_next() {
    let (built, ..) = &*BUILT;
    let copy = Copy::new("killed", &built.root);
    let words = ["wheels", "cp311_abi3-manylinux_i686", "--builder", "docker", "--image", I686];
    let gate = Gate::before_the_compiler();
    let mut command = copy.command(&words);
    command.args(["--engine", &gate.program()]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = command.spawn().unwrap();
    gate.wait();
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(containers(&copy).lines().count(), 1, "a killed run clears nothing away");
    assert!(copy.wheelhouse().keys().all(|name| name.ends_with(".tar.gz")));

    copy.xtask(&words).answer();
    assert_no_container(&copy);
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn images_are_listed_and_our_layers_built_and_removed() {
    let (copy, ..) = &*BUILT;
    let images = |command: &'static str| {
        copy.xtask(&["images", command, "manylinux_i686", "--image", I686, "--json"]).answer()
    };
    let listed: serde_json::Value = serde_json::from_str(&images("list")).unwrap();
    assert_eq!(listed[0]["target"], "manylinux_i686");
    assert_eq!(listed[0]["is_pinned"], false);
    assert_eq!(listed[0]["interpreters"], serde_json::json!(["cp311"]));
    images("build");
    let ours = || {
        let filter = ["images", "--quiet", "--filter", "reference=esig-build-manylinux_i686"];
        docker(&filter).output().unwrap().stdout
    };
    assert!(!ours().is_empty());
    copy.xtask(&["images", "prune"]).answer();
    assert!(ours().is_empty());
    // What ours was based on is somebody else's.
    let base = docker(&["image", "inspect", "esig-test/manylinux_i686:local"]).output().unwrap();
    assert!(base.status.success());
}

/// Those of a copy: others may be at work beside us.
fn containers(copy: &Copy) -> String {
    let plan = copy.xtask(&["images", "prune", "--dry-run"]).answer();
    let (_, label) = plan.split_once("cargo xtask sweep-containers docker ").unwrap();
    let filter = format!("label={}", label.lines().next().unwrap());
    let listed = docker(&["ps", "--all", "--quiet", "--filter", &filter]).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8(listed.stdout).unwrap()
}

#[track_caller]
fn assert_no_container(copy: &Copy) {
    assert_eq!(containers(copy), "");
}
