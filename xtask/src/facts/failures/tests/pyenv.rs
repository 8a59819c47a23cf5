//! Why pyenv could not build an interpreter.

use expect_test::{Expect, expect};

use super::{
    super::{Explanation, recognise},
    recorded,
};

/// Those named `…_recorded` are what pyenv or a compiler said on Linux, cut; those named
/// `…_reported` were written after what users of macOS reported.
const FOLDER: &str = "pyenv/failures";

fn explained(name: &str) -> Option<Explanation> {
    recognise("pyenv", &recorded::failure(FOLDER, name).output)
}

#[track_caller]
fn check(beginning: &str, expected: Expect) {
    recorded::check(FOLDER, beginning, explained, &expected);
}

#[test]
fn a_disk_may_be_full() {
    check(
        "space_",
        expect![[r#"
        no space is left where pyenv builds or installs
        hint: a build takes 500 MB: make room, or name a folder on a larger disk with TMPDIR"#]],
    );
}

#[test]
fn a_version_may_be_unknown() {
    check(
        "definition_",
        expect![[r#"
        this pyenv does not know the version
        hint: update it: `brew upgrade pyenv`, or `git -C "$(pyenv root)" pull`;
            or take a version of `pyenv install --list` into `[pyenv]` of xtask/xtask.toml"#]],
    );
}

#[test]
fn a_download_may_fail() {
    check(
        "download_",
        expect![[r#"
        the sources of the interpreter could not be downloaded
        hint: see the log for their address;
            a folder that holds them can be named with PYTHON_BUILD_CACHE_PATH, a mirror with PYTHON_BUILD_MIRROR_URL"#]],
    );
}

#[test]
fn a_compiler_may_be_missing() {
    check(
        "compiler_",
        expect![[r#"
        there is no C compiler that works
        hint: macOS: `xcode-select --install`;
            Debian: `apt-get install build-essential`;
            unset CC"#]],
    );
}

#[test]
fn the_developer_tools_may_be_those_of_an_older_macos() {
    check(
        "tools_",
        expect![[r#"
        Apple's command line tools are missing, or are those of an older macOS
        hint: `sudo rm -rf /Library/Developer/CommandLineTools`, then `xcode-select --install`"#]],
    );
}

#[test]
fn an_openssl_may_be_the_wrong_one() {
    check(
        "openssl_",
        expect![[r#"
            it was built with an OpenSSL that is too new for it, or was not the one it was linked to
            hint: update pyenv, and have it build the OpenSSL that belongs to the release: `PYTHON_BUILD_SKIP_HOMEBREW=1 pyenv install VERSION`;
                or, on any machine that has this CPython, Linux too: `--builder zig --platform macos`, which needs its headers alone"#]],
    );
}

#[test]
fn there_may_be_no_openssl() {
    check(
        "ssl_",
        expect![[r#"
            its module `ssl` could not be built: OpenSSL was not found, or is the wrong one
            hint: macOS: `PYTHON_BUILD_SKIP_HOMEBREW=1 pyenv install VERSION` has pyenv build its own;
                Debian: `apt-get install libssl-dev`;
                or, on any machine that has this CPython: `--builder zig --platform macos`, which needs its headers alone"#]],
    );
}

#[test]
fn there_may_be_no_zlib() {
    check(
        "zlib_",
        expect![[r#"
        the headers of zlib were not found
        hint: macOS: `xcode-select --install`, whose SDK has them, or `brew install zlib`;
            Debian: `apt-get install zlib1g-dev`"#]],
    );
}

#[test]
fn what_is_old_may_look_for_quicktime() {
    check(
        "quicktime_",
        expect![[r#"
        it was to be built with QuickTime, which macOS has no more
        hint: `PYTHON_CONFIGURE_OPTS=--disable-toolbox-glue pyenv install VERSION`, which `--install-tools` does for all of 2.7;
            or update pyenv, which has a patch for 2.7.18"#]],
    );
}

#[test]
fn what_is_old_may_not_know_arm64() {
    check(
        "arm64_",
        expect![[r#"
        this release, or the OpenSSL that pyenv builds for it, does not know Apple's arm64
        hint: take the last release of its version into `[pyenv]` of xtask/xtask.toml and update pyenv, which has patches for these;
            or, on any machine that has this CPython, Linux too: `--builder zig --platform macos`, which needs its headers alone"#]],
    );
}

#[test]
fn rosetta_may_be_missing() {
    check(
        "rosetta_",
        expect![[r#"
        this interpreter is built for x86_64, and Rosetta is not installed
        hint: `softwareupdate --install-rosetta --agree-to-license`;
            or build its wheels on another machine with `--builder zig`"#]],
    );
}

#[test]
fn every_failure_in_the_folder_is_recognised() {
    let names = recorded::names(FOLDER);
    names.iter().for_each(|name| assert!(explained(name).is_some(), "{name}"));
}

#[test]
fn what_is_not_known_is_left_as_it_is() {
    assert_eq!(recognise("pyenv", "Modules/foo.c:1: error: expected ';'\nBUILD FAILED"), None);
    assert_eq!(
        recognise("pyenv", "checking for openssl/ssl.h... yes\nmake: *** [all] Error 2"),
        None
    );
}
