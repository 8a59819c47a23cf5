//! What is said of the tests of wheels: taken over from other machines, and held against the
//! wheels.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::support::{Run, make_root, xtask};

const CP38: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const WINDOWS: &str = "esig-1.1.0-cp38-cp38-win_amd64.whl";
const RECORDS: &str = "target/xtask/tested.intoto.jsonl";

const CONFIG: &str = "interpreters = ['cp38']\n\
    targets = ['manylinux_x86_64', 'win_amd64', 'win_arm64']\naudited-only = ['*-win_amd64']\n\
    [policies]\nmanylinux = 'manylinux_2_17'\nmusllinux = 'musllinux_1_2'\n\
    macosx_arm64 = 'macosx_11_0'\nmacosx_x86_64 = 'macosx_10_13'\n";

/// A checkout with a wheel that was tested elsewhere.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    make_root(folder.path());
    for (path, text) in [
        ("esig/_version.py", "__version__ = \"1.1.0\"\n"),
        ("xtask/xtask.toml", CONFIG),
        (&format!("wheelhouse/{CP38}"), "a wheel"),
        (RECORDS, &record(CP38, "a wheel", "3.8.18", "PASSED", 0)),
    ] {
        write(folder.path(), path, text);
    }
    folder
}

fn write(root: &Path, path: &str, text: &str) {
    fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    fs::write(root.join(path), text).unwrap();
}

fn record(name: &str, content: &str, release: &str, result: &str, failed: u32) -> String {
    let digest: String =
        Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let statement = serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {"result": result, "configuration": [{
            "name": format!("CPython {release}"), "uri": "pkg:generic/python@3",
            "annotations": {"interpreter": release, "tester": "another machine", "passed": 61,
                            "failed": failed, "skipped": 0},
        }]},
    });
    format!("{statement}\n")
}

/// On a gate machine that runs no wheel of this release.
fn verify(root: &Path) -> Run {
    xtask(root, &["verify", "tests-passed", "wheelhouse", "--runs", "cp313-manylinux_x86_64"])
}

#[track_caller]
fn check(change: impl Fn(&Path), expected: Result<&str, &str>) {
    let folder = checkout();
    change(folder.path());
    let run = verify(folder.path());
    let (code, text) = match expected {
        Ok(text) => (0, text),
        Err(text) => (1, text),
    };
    assert_eq!(run.code, code, "{}", run.stderr);
    assert!(run.stderr.contains(text), "{}", run.stderr);
}

#[test]
fn a_wheel_counts_as_tested_by_its_bytes_wherever_that_was() {
    check(|_| (), Ok(""));
    let tampered = |root: &Path| write(root, &format!("wheelhouse/{CP38}"), "a whee1");
    check(tampered, Err("another file of this name was tested in CPython 3.8.18 by another"));
    let lost = |root: &Path| fs::remove_file(root.join(RECORDS)).unwrap();
    check(lost, Err("cp38-manylinux_x86_64: nothing says that it was tested"));
    check(|root| write(root, RECORDS, ""), Err("nothing says that it was tested"));
    check(|root| write(root, RECORDS, "PASSED"), Err("line 1 is no statement about tests"));
}

#[test]
fn a_failure_counts_whichever_machine_it_was_on_and_whatever_others_say() {
    let failed = |root: &Path| {
        let passed = record(CP38, "a wheel", "3.8.18", "PASSED", 0);
        write(root, RECORDS, &(passed + &record(CP38, "a wheel", "3.8.17", "FAILED", 1)));
    };
    check(failed, Err("its tests did not pass in CPython 3.8.17 by another machine"));
    let lied = |root: &Path| write(root, RECORDS, &record(CP38, "a wheel", "3.8", "PASSED", 1));
    check(lied, Err("its tests did not pass"));
    let of_another = |root: &Path| {
        write(root, RECORDS, &record(CP38, "a wheel", "3.13.1", "PASSED", 0));
    };
    check(of_another, Err("it is not for what it was tested in"));
}

#[test]
fn a_wheel_that_is_listed_needs_no_record_and_one_that_there_is_has_to_be_good() {
    let path = format!("wheelhouse/{WINDOWS}");
    let unknown = |root: &Path| write(root, &path, "for Windows");
    check(unknown, Ok("note: 1 wheels were audited, never run: esig-1.1.0-cp38-cp38-win_amd64"));
    let failed = |root: &Path| {
        write(root, &path, "for Windows");
        let records = record(CP38, "a wheel", "3.8.18", "PASSED", 0);
        write(root, RECORDS, &(records + &record(WINDOWS, "for Windows", "3.8.10", "FAILED", 1)));
    };
    check(failed, Err("cp38-win_amd64: its tests did not pass in CPython 3.8.10"));
    let name = "esig-1.1.0-cp38-cp38-win_arm64.whl";
    let not_listed = |root: &Path| write(root, &format!("wheelhouse/{name}"), "for Windows");
    check(not_listed, Err("cp38-win_arm64: nothing says that it was tested"));
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_of_a_release() {
    let folder = checkout();
    let root = folder.path();
    let wheel = root.join("wheelhouse").join(CP38);
    fs::rename(&wheel, root.join("elsewhere.whl")).unwrap();
    std::os::unix::fs::symlink(root.join("elsewhere.whl"), &wheel).unwrap();
    let run = xtask(root, &["verify", "wheels-complete", "wheelhouse"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains(&format!("`{CP38}` is no plain file")), "{}", run.stderr);
    let noted = xtask(root, &["note-checked", "wheelhouse", "--begin"]);
    assert_eq!(noted.code, 1);
    assert!(noted.stderr.contains("has to be plain files, not links"), "{}", noted.stderr);
}

#[test]
fn what_machines_made_is_gathered_with_all_their_records() {
    let folder = checkout();
    let root = folder.path();
    write(root, &format!("made/windows/wheelhouse/{WINDOWS}"), "for Windows");
    let of_windows = record(WINDOWS, "for Windows", "3.8.10", "PASSED", 0);
    write(root, &format!("made/windows/{RECORDS}"), &of_windows);
    let again = record(CP38, "a wheel", "3.8.17", "FAILED", 2);
    write(root, &format!("made/linux/{RECORDS}"), &again);
    write(root, "made/linux/notes.txt", "none of ours");
    let strange = "{\"_type\": of a bit that flipped\n";
    fs::write(root.join(RECORDS), fs::read_to_string(root.join(RECORDS)).unwrap() + strange)
        .unwrap();
    let run = xtask(root, &["gather", "made"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stderr, "1 files, and 2 records of tests\n");
    assert!(root.join("wheelhouse").join(WINDOWS).is_file());
    let mut records = [record(CP38, "a wheel", "3.8.18", "PASSED", 0), again, of_windows];
    records.sort();
    let said = fs::read_to_string(root.join(RECORDS)).unwrap();
    assert!(verify(root).stderr.contains("line 4 is no statement about tests"));
    let said = said.strip_suffix(strange).unwrap();
    fs::write(root.join(RECORDS), said).unwrap();
    let said: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), 3);
    for record in records {
        assert!(said.contains(&serde_json::from_str(&record).unwrap()), "{record}");
    }
    assert!(verify(root).stderr.contains("its tests did not pass in CPython 3.8.17"));
}

#[test]
fn two_files_of_a_name_and_files_without_records_are_not_gathered() {
    let folder = checkout();
    let root = folder.path();
    write(root, &format!("made/{CP38}"), "another wheel");
    let run = xtask(root, &["gather", "made"]);
    assert!(run.stderr.contains("there is no `tested.intoto.jsonl` in made"), "{}", run.stderr);
    write(root, "made/tested.intoto.jsonl", "");
    let run = xtask(root, &["gather", "made"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("are not the same"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(root.join("wheelhouse").join(CP38)).unwrap(), "a wheel");
}

#[cfg(unix)]
#[test]
fn what_is_gathered_is_plain_files_and_small_records() {
    let folder = checkout();
    let root = folder.path();
    let refused = |why: &str| {
        let run = xtask(root, &["gather", "made"]);
        assert!(run.code == 1 && run.stderr.contains(why), "{}", run.stderr);
        assert!(!root.join("wheelhouse").join(WINDOWS).exists());
    };
    write(root, "made/tested.intoto.jsonl", "");
    write(root, "elsewhere.whl", "for Windows");
    let wheel = root.join("made").join(WINDOWS);
    std::os::unix::fs::symlink(root.join("elsewhere.whl"), &wheel).unwrap();
    refused("is a link or the like, no file\nhint: put there what it leads to: `cp -L`");
    fs::remove_file(&wheel).unwrap();
    let records = root.join("made/tested.intoto.jsonl");
    fs::File::create(&records).unwrap().set_len(1 << 40).unwrap();
    refused("it has more than 16 MiB, so it is something else\nhint: remove it, and have");
    fs::remove_file(&records).unwrap();
    std::os::unix::fs::symlink(root.join(RECORDS), &records).unwrap();
    refused("tested.intoto.jsonl` is a link or the like, no file");
}
