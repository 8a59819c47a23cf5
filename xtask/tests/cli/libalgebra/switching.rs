//! A folder becomes a submodule and a submodule a folder, or all stays as it is.

use std::fs;

use expect_test::expect;

use super::Place;
use crate::support::{Run, command, repository::Repository};

#[test]
fn a_folder_becomes_a_submodule_and_a_folder_again_with_the_same_files() {
    let place = Place::new();
    let (project, url) = (&place.project, place.url.as_str());
    let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
    let files = project.git(&["ls-files"]);
    place.check(
        &project.xtask(&["libalgebra", "use-submodule", url]),
        0,
        expect![[r#"
            fetching {folder}/libalgebra.git
            libalgebra/ is a submodule at {commit} of {folder}/libalgebra.git, with the same files; staged, not committed
            commit it: `git commit --message 'libalgebra is a submodule'`
        "#]],
    );
    project.git(&["commit", "--quiet", "--message", "libalgebra is a submodule"]);
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    let now = project.git(&["ls-files", "--recurse-submodules"]);
    assert_eq!(now.replace(".gitmodules\n", ""), files);

    let clone = place.plain_clone();
    assert_eq!(clone.xtask(&["libalgebra", "init"]).code, 0);
    place.check(
        &clone.xtask(&["libalgebra", "use-folder"]),
        0,
        expect![[r#"
            libalgebra/ is a plain folder with the files of {commit}; staged, not committed
            commit it: `git commit --message 'libalgebra is a folder'`
            in other clones: `git submodule deinit libalgebra` before that is pulled
        "#]],
    );
    clone.git(&["commit", "--quiet", "--message", "libalgebra is a folder"]);
    assert_eq!(clone.git(&["rev-parse", "HEAD^{tree}"]), tree);
    assert_eq!(clone.git(&["status", "--porcelain", "--ignored"]), "!! target/");
    let again = clone.xtask(&["libalgebra", "use-submodule", url, "--rev", "main"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
}

#[test]
fn another_revision_of_the_library_is_one_that_is_named() {
    let place = Place::new();
    let library = Repository { root: place.path("library") };
    place.project.git(&["clone", "--quiet", &place.url, library.root.to_str().unwrap()]);
    library.git(&["tag", "--annotate", "v1", "--message", "v1"]);
    library.write("include/libalgebra/new.h", "// new\n");
    library.commit_all();
    library.git(&["push", "--quiet", "--follow-tags", "origin", "HEAD:refs/heads/next"]);
    let (v1, next) =
        (library.git(&["rev-parse", "v1^{commit}"]), library.git(&["rev-parse", "HEAD"]));
    let revisions = [
        ("v1", &v1, "the same files"),
        ("next", &next, "other files"),
        (&next[..9], &next, "other"),
    ];
    for (rev, commit, files) in revisions {
        let clone = place.project.clone_to(&place.path(&format!("clone at {rev}")));
        let run = clone.xtask(&["libalgebra", "use-submodule", &place.url, "--rev", rev]);
        assert!(run.stderr.contains(&format!("with {files}")), "{}", run.stderr);
        let recorded = clone.git(&["rev-parse", ":libalgebra"]);
        assert_eq!(&recorded, commit, "{rev}");
    }
}

#[test]
fn a_folder_that_cannot_become_a_submodule_stays_as_it_is() {
    let place = Place::new();
    let (project, url) = (&place.project, place.url.as_str());
    place.check_refusal(
        project,
        &["use-submodule", place.path("nowhere.git").to_str().unwrap()],
        expect![[r#"
            fetching {folder}/nowhere.git
            error: cannot fetch {folder}/nowhere.git: there is no repository at that address
            hint: check it with `git ls-remote URL`
        "#]],
    );
    place.check_refusal(
        project,
        &["use-submodule", url, "--rev", "v99"],
        expect![[r#"
        fetching {folder}/libalgebra.git
        error: {folder}/libalgebra.git has no branch, tag or commit `v99`
        hint: `git ls-remote URL` lists its branches and tags
    "#]],
    );
    place.check_refusal(
        project,
        &["use-submodule", "../libalgebra.git"],
        expect![[r#"
        error: `../libalgebra.git` depends on where it is read
        hint: give the whole address, like `https://…/libalgebra.git`
    "#]],
    );
    let secret = "https://me:secret@example.org/libalgebra.git";
    place.check_refusal(
        project,
        &["use-submodule", secret],
        expect![[r#"
        error: the URL has a password in it, and would be committed
        hint: leave the password to a credential helper of git
    "#]],
    );
    place.check_refusal(
        project,
        &["use-folder"],
        expect![[r#"
        error: libalgebra/ is a plain folder already
        hint: nothing is to be done
    "#]],
    );
}

#[test]
fn a_library_that_lacks_a_source_file_is_not_taken() {
    let place = Place::new();
    let (project, url) = (&place.project, place.url.as_str());
    let library = Repository { root: place.path("library") };
    project.git(&["clone", "--quiet", url, library.root.to_str().unwrap()]);
    fs::remove_file(library.root.join("src/lie.cpp")).unwrap();
    library.commit_all();
    library.git(&["push", "--quiet", "origin", "HEAD:refs/heads/unfit"]);
    place.check_refusal(
        project,
        &["use-submodule", url, "--rev", "unfit"],
        expect![[r#"
        fetching {folder}/libalgebra.git
        error: libalgebra at {commit} lacks what the project needs of it: src/lie.cpp
        hint: record a commit that fits, or change what `esig/extension.json` names
    "#]],
    );
}

/// When it fails, the folder is put aside already; or the submodule is even there.
#[test]
fn a_change_that_fails_on_the_way_is_taken_back() {
    let place = Place::new();
    let (project, url) = (&place.project, place.url.as_str());
    project.write(".git/index.lock", "");
    place.check_refusal(
        project,
        &["use-submodule", url],
        expect![[r#"
            fetching {folder}/libalgebra.git
            error: `git rm -r`: Unable to create '{folder}/project/.git/index.lock': File exists.
            hint: nothing has changed; with that out of the way, repeat the command
        "#]],
    );
    fs::remove_file(project.root.join(".git/index.lock")).unwrap();
    project.write(".git/modules", "a file where git wants a folder");
    place.check_refusal(
        project,
        &["use-submodule", url],
        expect![[r#"
        fetching {folder}/libalgebra.git
        error: `git submodule absorbgitdirs`: could not create directory '.git/modules/libalgebra'
        hint: nothing has changed; with that out of the way, repeat the command
    "#]],
    );
    fs::remove_file(project.root.join(".git/modules")).unwrap();
}

#[test]
fn what_git_could_not_bring_back_is_not_touched() {
    let place = Place::new();
    let (project, url) = (&place.project, place.url.as_str());
    for path in ["libalgebra/new.h", "libalgebra/ignored.so", "libalgebra/README.md"] {
        let before = fs::read_to_string(project.root.join(path));
        project.write(path, "changed");
        let run = project.xtask(&["libalgebra", "use-submodule", url]);
        assert!(run.code == 1 && run.stderr.contains(path), "{}", run.stderr);
        assert_eq!(fs::read_to_string(project.root.join(path)).unwrap(), "changed");
        match before {
            Ok(text) => project.write(path, &text),
            Err(_) => fs::remove_file(project.root.join(path)).unwrap(),
        }
    }
    assert_eq!(project.git(&["status", "--porcelain", "--ignored"]), "!! target/");
}

#[test]
fn a_submodule_that_cannot_become_a_folder_stays_as_it_is() {
    let place = Place::with_submodule();
    place.check_refusal(&place.project, &["use-submodule", &place.url], expect![[r#"
        error: libalgebra/ is a submodule already
        hint: change its address with `git submodule set-url libalgebra URL`, its commit by `git -C libalgebra checkout REV` and `git add libalgebra`
    "#]]);
    let clone = place.plain_clone();
    place.check_refusal(
        &clone,
        &["use-folder"],
        expect![[r#"
        error: libalgebra/ has no contents that could be kept
        hint: fetch them first: `cargo xtask libalgebra init`
    "#]],
    );
    clone.xtask(&["libalgebra", "init"]).answer();
    clone.write("libalgebra/new.h", "");
    place.check_refusal(
        &clone,
        &["use-folder"],
        expect![[r#"
        error: libalgebra/ has changes: ?? new.h
        hint: commit and push them, or put them elsewhere
    "#]],
    );
    let library = Repository { root: clone.root.join("libalgebra") };
    library.commit_all();
    place.check_refusal(&clone, &["use-folder"], expect![[r#"
        error: libalgebra/ is not at the commit that is recorded
        hint: decide: `git add libalgebra` records what is there, `git submodule update libalgebra` checks out what is recorded
    "#]]);
    clone.git(&["add", "libalgebra"]);
    place.check_refusal(
        &clone,
        &["use-folder"],
        expect![[r#"
        error: libalgebra/ has commits that no remote has: {commit}
        hint: push them; or `git -C libalgebra fetch`, if they are pushed
    "#]],
    );
    library.git(&["push", "--quiet", "origin", "HEAD:refs/heads/next"]);
    clone.write(".git/index.lock", "");
    place.check_refusal(&clone, &["use-folder"], expect![[r#"
        error: `git update-index --force-remove`: Unable to create '{folder}/clone/.git/index.lock': File exists.
        hint: nothing has changed; with that out of the way, repeat the command
    "#]]);
    fs::remove_file(clone.root.join(".git/index.lock")).unwrap();
    clone.xtask(&["libalgebra", "use-folder"]).answer();
}

#[test]
fn a_submodule_from_a_folder_is_refused_where_git_was_not_told_otherwise() {
    let place = Place::new();
    let mut plain = command(&place.project.root, &["libalgebra", "use-submodule", &place.url]);
    let run = Run::of(plain.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap());
    place.check(&run, 1, expect![[r#"
        fetching {folder}/libalgebra.git
        error: cannot fetch {folder}/libalgebra.git: git fetches no submodule from such an address
        hint: name one that others have too, https:// or ssh://; to allow folders of this machine all the same: `git config --global protocol.file.allow always`
    "#]]);
}
