//! Audits of whole wheels: good ones, and each with one thing broken.

use super::*;
use crate::wheel::{Entry, assemble, write_zip};

const NAME: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

fn entry(path: &str, content: &str) -> Entry {
    Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
}

#[track_caller]
fn finds(name: &str, wheel: &[u8], what: &str) {
    let findings = audit(name, wheel);
    assert!(findings.iter().any(|f| f.to_string().contains(what)), "{findings:#?}");
}

#[test]
fn names_and_metadata_must_agree() {
    let source = [
        entry("PKG-INFO", "Name: esig\nVersion: 1.1.0\n\n"),
        entry("libalgebra/CMakeLists.txt", "project(libalgebra VERSION 0.1.0)"),
    ];
    let wheel = assemble(&NAME.parse().unwrap(), &source, entry("tosig.so", "")).unwrap();
    finds(&NAME.replace("1.1.0", "1.2.0"), &wheel, "another `Version`");
    finds(&NAME.replace("1.1.0", "1.2.0"), &wheel, "is not named after the wheel");
    finds(&NAME.replace("cp38-cp38", "cp39-cp39"), &wheel, "differ in their tags");
    finds(NAME, &wheel, "is no library");
}

#[test]
fn files_that_clash_where_case_does_not_matter_are_found() {
    let zip = write_zip(&[entry("esig/A.py", ""), entry("esig/a.py", "")]).unwrap();
    finds(NAME, &zip, "is there twice but for upper case");
}

#[test]
fn what_is_no_wheel_is_told_as_such() {
    finds("esig.zip", b"", "is no name of a wheel");
    finds(NAME, b"PK?", "is no zip archive");
}
