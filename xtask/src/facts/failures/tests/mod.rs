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
    assert_eq!(full("python"), None);
    assert_eq!(full("docker/python"), None);
    assert!(question(&Command::new("python").args(["exec", "a"]), Some(137)).is_none());
}

#[test]
fn what_succeeded_needs_no_explanation() {
    assert_eq!(explain("docker", &["cp"], "no space left on device", Some(0)), None);
}
