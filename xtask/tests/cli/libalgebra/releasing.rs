//! What `status` says, and what of it keeps a release back.

use std::fs;

use expect_test::expect;

use super::Place;
use crate::support::repository::Repository;

const STATUS: [&str; 3] = ["libalgebra", "status", "--release"];

#[test]
fn a_release_needs_a_clean_submodule_at_a_commit_that_its_remote_has() {
    let place = Place::with_submodule();
    let project = &place.project;
    place.check(
        &project.xtask(&STATUS),
        0,
        expect![[r#"
        libalgebra/ is a submodule
        url          {folder}/libalgebra.git
        recorded     {commit}
        checked out  {commit}
        changes      none
        remote       has the recorded commit
    "#]],
    );
    project.write("libalgebra/new.h", "");
    place.check(
        &project.xtask(&STATUS),
        1,
        expect![[r#"
            libalgebra/ is a submodule
            url          {folder}/libalgebra.git
            recorded     {commit}
            checked out  {commit}
            changes      ?? new.h
            remote       has the recorded commit
            error: libalgebra/ is not fit for a release: it has changes (?? new.h)
            hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit
        "#]],
    );

    let library = Repository { root: project.root.join("libalgebra") };
    library.commit_all();
    project.commit_all();
    place.check(
        &project.xtask(&STATUS),
        1,
        expect![[r#"
            libalgebra/ is a submodule
            url          {folder}/libalgebra.git
            recorded     {commit}
            checked out  {commit}
            changes      none
            remote       lacks the recorded commit
            error: libalgebra/ is not fit for a release: its remote lacks {commit}
            hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit
        "#]],
    );
    let json = project.xtask(&["libalgebra", "status", "--json"]).answer();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["remote"]["recorded_commit"], "absent");
    assert_eq!(json["recorded"], library.git(&["rev-parse", "HEAD"]).as_str());
    library.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    project.xtask(&STATUS).answer();
}

/// What is not the end of a branch is on the remote as well; but who did not fetch the end does not
/// know what leads to it.
#[test]
fn what_nobody_can_say_is_not_taken_for_good() {
    let place = Place::with_submodule();
    let project = &place.project;
    let library = Repository { root: project.root.join("libalgebra") };
    let other = Repository { root: place.path("library") };
    project.git(&["clone", "--quiet", &place.url, other.root.to_str().unwrap()]);
    other.write("include/libalgebra/newer.h", "");
    other.commit_all();
    other.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    place.check(&project.xtask(&STATUS), 1, expect![[r#"
        libalgebra/ is a submodule
        url          {folder}/libalgebra.git
        recorded     {commit}
        checked out  {commit}
        changes      none
        remote       not known: the remote has commits that are not here; `git -C libalgebra fetch`, and ask again
        error: libalgebra/ is not fit for a release: whether its remote has {commit} is not known: the remote has commits that are not here; `git -C libalgebra fetch`, and ask again
        hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit
    "#]]);
    library.git(&["fetch", "--quiet"]);
    project.xtask(&STATUS).answer();

    fs::rename(place.path("libalgebra.git"), place.path("moved.git")).unwrap();
    place.check(&project.xtask(&STATUS), 1, expect![[r#"
        libalgebra/ is a submodule
        url          {folder}/libalgebra.git
        recorded     {commit}
        checked out  {commit}
        changes      none
        remote       not known: cannot ask it: there is no repository at that address
        error: libalgebra/ is not fit for a release: whether its remote has {commit} is not known: cannot ask it: there is no repository at that address
        hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit
    "#]]);
}

#[test]
fn a_folder_may_always_be_released() {
    let place = Place::new();
    place.check(
        &place.project.xtask(&STATUS),
        0,
        expect![[r#"
        libalgebra/ is a plain folder
    "#]],
    );
    let json = place.project.xtask(&["libalgebra", "status", "--json"]).answer();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!({ "kind": "folder" }));
}
