//! What programs said is recognised, and what others said is not.

mod git;
mod msvc;
mod pyenv;
pub mod recorded;
mod windows;

use super::*;

#[test]
fn an_engine_is_known_by_its_name_and_no_other_program_is_taken_for_one() {
    let full = |program| explain(program, &["cp"], "write /a: no space left on device", Some(1));
    for engine in ["docker", "podman", "/usr/bin/docker", r"C:\bin\docker.exe"] {
        assert_eq!(full(engine).unwrap().what, "no space is left on the engine's disk");
    }
    assert_eq!(full("docker/python").unwrap().hint, NO_SPACE);
    assert_eq!(explain("python", &["cp"], "permission denied on the socket", Some(1)), None);
    assert!(question(&Command::new("python").args(["exec", "a"]), Some(137)).is_none());
}

#[test]
fn what_the_system_refuses_a_program_is_told_with_its_path() {
    for (said, what, hint) in [
        (
            "Traceback\nOSError: [Errno 28] No space left on device: '/a/b'\n\nmore",
            "`zig`: OSError: [Errno 28] No space left on device: '/a/b'",
            NO_SPACE,
        ),
        (
            "error: unable to write: NoSpaceLeft",
            "`zig`: error: unable to write: NoSpaceLeft",
            NO_SPACE,
        ),
        ("cp: a: Disk quota exceeded", "`zig`: cp: a: Disk quota exceeded", NO_SPACE),
        (
            "PermissionError: [Errno 13] Permission denied: '/a/target'",
            "`zig`: PermissionError: [Errno 13] Permission denied: '/a/target'",
            NO_RIGHT,
        ),
        ("sh: /a: Read-only file system", "`zig`: sh: /a: Read-only file system", READ_ONLY),
    ] {
        let explained = explain("/opt/zig", &["c++"], said, Some(1)).unwrap();
        assert_eq!((explained.what.as_str(), explained.hint.as_str()), (what, hint));
    }
    assert_eq!(explain("/opt/zig", &["c++"], "error: no such header", Some(1)), None);
}

#[test]
fn a_checkout_of_somebody_else_is_told_as_such() {
    let said = "fatal: detected dubious ownership in repository at '/a'\nTo add an exception …";
    let explained = explain("git", &["ls-files"], said, Some(128)).unwrap();
    assert_eq!(
        explained.what,
        "git does not trust the checkout: its files belong to somebody else"
    );
}

#[test]
fn what_succeeded_needs_no_explanation() {
    assert_eq!(explain("docker", &["cp"], "no space left on device", Some(0)), None);
}
