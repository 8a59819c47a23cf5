//! With libalgebra/ as a submodule, a plain clone of the project gives the same bytes.

use crate::{
    copy::{Copy, REFERENCE, assert_same, only, two_wheels},
    support::repository::{Repository, isolate},
};

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_plain_clone_of_a_project_with_a_submodule_gives_the_same_bytes_and_so_does_the_folder_again() {
    let folder = tempfile::tempdir().unwrap();
    let project = Repository::of_project(folder.path().join("project"));
    let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
    let url = project.split_library(&folder.path().join("libalgebra.git"));
    project.xtask(&["libalgebra", "use-submodule", &url]).answer();
    project.commit_all();

    let clone = Copy::made_by("with a submodule", &REFERENCE.root, |root| {
        project.clone_to(root);
    });
    let [one, other] = two_wheels();
    let wheels = ["wheels", &one.identifier, &other.identifier];
    let expected = only(&REFERENCE.wheelhouse(), &[&one, &other]);
    let build = || {
        let output = isolate(&mut clone.command(&wheels)).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert_same(&clone.wheelhouse(), &expected);
        said
    };
    let said = build();
    assert!(said.starts_with("fetching libalgebra/"), "{said}");
    for job in ["initialise libalgebra", "core "] {
        assert!(said.contains(&format!("\n✓ {job}")), "{said}");
    }

    let clone_of_project = Repository { root: clone.root.clone() };
    clone_of_project.xtask(&["libalgebra", "use-folder"]).answer();
    clone_of_project.commit_all();
    assert_eq!(clone_of_project.git(&["rev-parse", "HEAD^{tree}"]), tree);
    clone.empty_wheelhouse();
    let said = build();
    // The archive is the same, so nothing that is made of it is made anew.
    assert!(!said.contains("libalgebra init") && !said.contains("\n# core "), "{said}");
}
