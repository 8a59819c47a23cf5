//! What builds do about a submodule.

use std::fs;

use expect_test::expect;

use super::{NONE, Place, changed, state};
use crate::support::{files_below, fixture};

#[test]
fn what_builds_with_a_plain_clone_fetches_the_library_first_and_what_does_not_leaves_it() {
    let place = Place::with_submodule();
    let clone = place.plain_clone();
    let host = fixture("linux_x86_64.json");
    let dry_run = ["--dry-run", "--host", &host];
    let plan = |words: &[&str]| clone.xtask(&[words, &dry_run].concat()).answer();
    expect![[r#"
        # initialise libalgebra
        cargo xtask libalgebra init

        # then
        cargo xtask wheels cp38-manylinux_x86_64 --skip 'cp3*t'
    "#]]
    .assert_eq(&plan(&["wheels", "cp38-manylinux_x86_64", "--skip", "cp3*t"]));
    for builds in [&["sdist"][..], &["test", "cpp"], &["develop"], &["ci"]] {
        let first = "# initialise libalgebra\ncargo xtask libalgebra init\n";
        assert!(plan(builds).starts_with(first), "{builds:?}");
    }
    for looks in [&["list"][..], &["doctor"], &["clean"], &["tidy"]] {
        assert!(!plan(looks).starts_with("# initialise"), "{looks:?}");
    }
    assert!(plan(&["doctor"]).contains("builds fetch it"));

    fs::rename(place.path("libalgebra.git"), place.path("moved.git")).unwrap();
    let before = state(&clone);
    let run = clone.xtask(&["sdist"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("there is no repository at that address"), "{}", run.stderr);
    assert!(run.stdout.starts_with("failed: initialise libalgebra: see "), "{}", run.stdout);
    assert_eq!(changed(&before, &state(&clone)), NONE);

    fs::rename(place.path("moved.git"), place.path("libalgebra.git")).unwrap();
    clone.xtask(&["libalgebra", "init"]).answer();
    assert!(plan(&["test", "cpp"]).contains("lie_test"));
    place.check(
        &clone.xtask(&["libalgebra", "init"]),
        0,
        expect![[r#"
        libalgebra/ has its contents already
    "#]],
    );
}

#[test]
fn an_archive_of_the_project_says_that_it_lacks_the_library() {
    let place = Place::with_submodule();
    let clone = place.plain_clone();
    fs::remove_dir_all(clone.root.join(".git")).unwrap();
    place.check(
        &clone.xtask(&["libalgebra", "init"]),
        1,
        expect![[r#"
        error: `{folder}/clone` is no git checkout, and this needs one
        hint: `git clone` the project; an archive of it that a website made has no submodules
    "#]],
    );
}

#[test]
fn the_files_of_the_submodule_are_staged_as_those_of_the_folder_were() {
    let place = Place::new();
    let project = &place.project;
    let staged = |to: &str| {
        let run = project.xtask(&["stage", to]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let mut files = files_below(&project.root.join(to));
        files.retain(|path| path.to_str() != Some(".gitmodules"));
        (files, run.stderr)
    };
    let (of_folder, _) = staged("target/folder");
    assert!(of_folder.iter().any(|path| path.ends_with("lie.cpp")));
    project.xtask(&["libalgebra", "use-submodule", &place.url]).answer();
    project.write("libalgebra/new.h", "");
    let (of_submodule, said) = staged("target/submodule");
    assert_eq!(of_submodule, of_folder);
    assert!(said.contains("git does not track it (`git add`): libalgebra/new.h"), "{said}");

    // Cloned by hand: git does not know that it belongs there.
    project.commit_all();
    let clone = place.plain_clone();
    clone.git(&["clone", "--quiet", &place.url, "libalgebra"]);
    place.check(
        &clone.xtask(&["stage", "target/stage"]),
        1,
        expect![[r#"
        error: `libalgebra` is a submodule that git does not look into
        hint: `cargo xtask libalgebra init` has it do so
    "#]],
    );
    clone.xtask(&["libalgebra", "init"]).answer();
    clone.xtask(&["stage", "target/stage"]).answer();
    assert!(clone.root.join("target/stage/libalgebra/src/lie.cpp").exists());
}
