//! Folders and files that are not as they should be: told with their paths, before work is wasted.

use std::fs;

use crate::support::{checkout, copy_checkout, shown, xtask};

#[test]
fn an_output_that_names_no_folder_is_refused() {
    for words in
        [["wheels", "--output", ""], ["sdist", "--output", " "], ["wheels", "--report", ""]]
    {
        let run = xtask(checkout(), &words);
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
