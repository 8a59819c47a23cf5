//! Folders and files that are not as they should be: told with their paths, before work is wasted.

use std::fs;

use crate::support::{Run, checkout, command, copy_checkout, shown, xtask};

#[test]
fn an_output_that_names_no_folder_is_refused() {
    for words in [
        &["wheels", "--output", ""][..],
        &["sdist", "--output", " "],
        &["list", "--report", ""],
        &["man", ""],
    ] {
        let run = xtask(checkout(), words);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("it names no folder"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn where_results_cannot_be_put_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let check = |option: &str, name: &str, problem: &str| {
        let run = xtask(folder.path(), &["sdist", option, name]);
        let said = shown(&run.stderr, folder.path());
        let hint = format!("hint: put it in order, or name another folder: `{option} DIR`");
        let expected = format!("error: `{{folder}}/{name}` {problem}\n{hint}\n");
        assert_eq!((run.code, said.as_str()), (1, expected.as_str()));
        assert!(!folder.path().join("target").exists(), "nothing was made");
    };
    fs::write(folder.path().join("wheelhouse"), "").unwrap();
    check("--output", "wheelhouse", "is no folder");
    check("--report", "wheelhouse", "is no folder");
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
    check("--output", "link", "is a link to nothing");
}

#[cfg(unix)]
#[test]
fn a_target_that_cannot_be_written_is_told_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    fs::write(folder.path().join("target"), "no folder").unwrap();
    let run = xtask(folder.path(), &["sdist"]);
    let told = "error: cannot create `{folder}/target/xtask`: Not a directory (os error 20)\n\
                hint: something else is in its place: move it away\n";
    assert_eq!(shown(&run.stderr, folder.path()), told);
}

#[test]
fn ten_thousand_new_files_are_told_in_a_few_words() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    for words in [["init", "--quiet"], ["add", "setup.py"]] {
        let mut git = std::process::Command::new("git");
        assert!(git.args(words).current_dir(folder.path()).status().unwrap().success());
    }
    for number in 0..10_000 {
        fs::write(folder.path().join(format!("esig/new_{number}.py")), "").unwrap();
    }
    let run = xtask(folder.path(), &["stage", "target/staged"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(" more"), "{}", run.stderr);
    assert!(run.stderr.len() < 500, "{} bytes", run.stderr.len());
}

#[test]
fn the_shared_cache_is_empty_after_it_was_cleaned() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let cache = folder.path().join("cache");
    for path in ["target/xtask/fetched/cp39", "cache/wheels", "cache/mine"] {
        fs::create_dir_all(folder.path().join(path)).unwrap();
        fs::write(folder.path().join(path).join("a.whl"), "a wheel").unwrap();
    }
    let mut clean = command(folder.path(), &["clean", "--cache"]);
    let run = Run::of(clean.env("XTASK_CACHE_DIR", &cache).output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!cache.join("wheels").exists() && cache.join("mine/a.whl").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_gone_or_has_a_name_that_is_no_text() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(OsStr::from_bytes(b"a\xff"));
    fs::create_dir(&odd).unwrap();
    let run = xtask(&odd, &["audit", "a.whl"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("the name of this folder is not UTF-8: "), "{}", run.stderr);
    assert!(run.stderr.ends_with("hint: rename it, or clone to another folder\n"));
    let mut shell = std::process::Command::new("sh");
    let line = format!("rm -r ../a*; {} list", env!("CARGO_BIN_EXE_xtask"));
    let run = Run::of(shell.args(["-c", &line]).current_dir(&odd).output().unwrap());
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("the folder that this is in is gone"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_name_that_cannot_stand_in_a_line_is_not_among_the_sums() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    fs::create_dir(folder.path().join("made")).unwrap();
    fs::write(folder.path().join("made/a\nb.whl"), "").unwrap();
    let run = xtask(folder.path(), &["checksums", "made"]);
    let why = "the name \"a\\nb.whl\" cannot stand in a line of SHA256SUMS\nhint: rename";
    assert!(run.code == 1 && run.stderr.contains(why), "{}", run.stderr);
    assert!(!folder.path().join("made/SHA256SUMS").exists());
}
