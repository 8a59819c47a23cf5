//! What fails stays out of the wheelhouse, is named with its reason, and stops nothing else.

use std::fs;

use crate::copy::{Copy, REFERENCE, assert_same, only, two_wheels};

/// A self-test that fails in one version of Python.
fn sabotage(release: &str) -> String {
    let version: Vec<&str> = release.split('.').take(2).collect();
    format!(
        "\n\nclass TestSabotage(unittest.TestCase):\n    \
         def test_it_works_in_every_python(self):\n        \
         import sys\n        \
         self.assertNotEqual(sys.version_info[:2], ({}), \"sabotaged\")\n",
        version.join(", ")
    )
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_wheel_whose_self_test_fails_is_withdrawn_and_the_others_are_there() {
    let copy = Copy::warm("sabotaged");
    let [bad, good] = two_wheels();
    let wheels = ["wheels", &bad.identifier, &good.identifier];
    copy.xtask(&wheels).answer();
    assert_same(&copy.wheelhouse(), &only(&REFERENCE.wheelhouse(), &[&bad, &good]));

    copy.append("esig/tests/test_package.py", &sabotage(&bad.release));
    let run = copy.xtask(&wheels);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let found = copy.wheelhouse();
    let names: Vec<&String> = found.keys().collect();
    let expected = only(&REFERENCE.wheelhouse(), &[&good]);
    assert_eq!(names, expected.keys().collect::<Vec<_>>());

    let row = run.stdout.lines().find(|line| line.starts_with(&bad.identifier)).unwrap();
    let job = format!("failed: test {} in {}: ", bad.identifier, bad.release);
    let log = format!("target/xtask/logs/test-{}-in-{}.log", bad.identifier, bad.release);
    assert!(row.contains(&job) && row.ends_with(&format!("see {log}")), "{row}");
    let log = fs::read_to_string(copy.root.join(log)).unwrap();
    assert!(log.contains("sabotaged") && log.contains(", 1 failed, "), "{log}");
    assert!(run.stderr.contains("sabotaged"), "{}", run.stderr);
    let row = run.stdout.lines().find(|line| line.starts_with(&good.identifier)).unwrap();
    assert!(row.contains("built and tested in"), "{row}");
    let again = format!("again, what failed alone: cargo xtask wheels {}\n", bad.identifier);
    assert!(run.stdout.contains(&again), "{}", run.stdout);
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn an_error_in_the_core_is_shown_and_leaves_the_source_archive_alone() {
    let copy = Copy::warm("broken");
    let [one, other] = two_wheels();
    for (name, content) in only(&REFERENCE.wheelhouse(), &[&one, &other]) {
        fs::create_dir_all(copy.root.join("wheelhouse")).unwrap();
        fs::write(copy.root.join("wheelhouse").join(name), content).unwrap();
    }
    copy.append("libalgebra/src/shape.cpp", "\nint broken = ;\n");
    let run = copy.xtask(&["wheels", &one.identifier, &other.identifier]);
    assert_eq!(run.code, 1);
    let names: Vec<String> = copy.wheelhouse().into_keys().collect();
    assert!(matches!(&names[..], [sdist] if sdist.ends_with(".tar.gz")), "{names:?}");

    assert!(run.stderr.contains("libalgebra/src/shape.cpp:"), "{}", run.stderr);
    assert!(run.stderr.contains("error: expected expression"), "{}", run.stderr);
    for wheel in [one, other] {
        let row = run.stdout.lines().find(|line| line.starts_with(&wheel.identifier)).unwrap();
        assert!(row.contains("failed: core "), "{row}");
    }
}

/// One wrong constant, as a compiler for another system might make it.
#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_wrong_constant_in_the_code_for_another_system_is_caught_by_what_executes_it() {
    let copy = Copy::warm("miscompiled");
    let path = copy.root.join("libalgebra/src/kernel_body.h");
    let source = fs::read_to_string(&path).unwrap();
    let right = "Real(1) / static_cast<Real>(n)";
    assert!(source.contains(right), "{source}");
    let planted = "\n#if defined(__APPLE__) || defined(_WIN32)\nReal(1.0625)\n#else\nReal(1)\n\
                   #endif\n/ static_cast<Real>(n)";
    // A new file: the old one may be shared with another copy.
    fs::remove_file(&path).unwrap();
    fs::write(&path, source.replacen(right, planted, 1)).unwrap();
    let wheels = ["cp38-macosx_x86_64", "cp38-win32"];
    let run = copy.xtask(&["wheels", "--builder", "zig", wheels[0], wheels[1]]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    for (wheel, how) in wheels.iter().zip(["our loader on Linux", "wine 8, patched C runtime"]) {
        let row = run.stdout.lines().find(|line| line.starts_with(wheel)).unwrap();
        assert!(row.contains(&format!("failed: test {wheel} in ")) && row.contains(how), "{row}");
    }
    assert!(copy.wheelhouse().keys().all(|name| name.ends_with(".tar.gz")));
}
