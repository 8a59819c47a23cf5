//! Why docker or podman failed, and what to say where no program has said it.

mod question;

use super::{Explanation, FAILURES, recognise};
pub use question::question;

pub fn no_engine() -> Explanation {
    named("no engine")
}

pub fn no_registry() -> Explanation {
    named("no registry")
}

pub fn not_emulated() -> Explanation {
    named("not emulated")
}

fn named(name: &str) -> Explanation {
    let mut failures = FAILURES["engine"].iter();
    let named = failures.find(|failure| failure.name.as_deref() == Some(name));
    named.expect("tests use each of the names").explanation.clone()
}

/// Recognises why a command of an engine, like `exec`, failed.
pub fn explain(command: &str, output: &str, exit_code: Option<i32>) -> Option<Explanation> {
    let stopped = || Some(named("engine stopped"));
    let said = output.to_lowercase();
    match (recognise("engine", output), exit_code) {
        // Whoever has a container had an engine.
        (Some(found), _) if found == no_engine() && ["exec", "cp"].contains(&command) => stopped(),
        (Some(found), _) => Some(found),
        // These two words are all that `docker build` says of it.
        _ if said.lines().any(|line| line == "unexpected eof") => stopped(),
        (None, Some(137)) => Some(named("killed")),
        // A client that lost its engine; a program that failed would have said why.
        (None, Some(255)) if said.trim().is_empty() => stopped(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::failures::tests::recorded;
    use expect_test::{Expect, expect};

    const FOLDER: &str = "docker";

    fn explained(name: &str) -> Option<Explanation> {
        let recorded = recorded::failure(FOLDER, name);
        let words = recorded.line.split(' ');
        let mut words = words.skip_while(|word| !["docker", "podman"].contains(word));
        explain(words.nth(1)?, &recorded.output, Some(recorded.exit_code))
    }

    #[track_caller]
    fn check(beginning: &str, expected: Expect) {
        recorded::check(FOLDER, beginning, explained, &expected);
    }

    #[test]
    fn an_engine_that_forbids_itself_is_not_reachable() {
        check(
            "permission_",
            expect![[r#"
            the container engine is not reachable: permission denied on its socket
            hint: `sudo usermod --append --groups docker $USER`, then log in again;
                or use `--builder zig`, which needs no engine"#]],
        );
    }

    #[test]
    fn an_engine_that_is_stopped_or_elsewhere_is_not_reachable() {
        check(
            "unreachable_",
            expect![[r#"
            no container engine is reachable
            hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                see `docker context ls` and DOCKER_HOST;
                or use `--builder zig`, which needs none"#]],
        );
    }

    #[test]
    fn a_context_may_be_unknown() {
        check(
            "context_",
            expect![[r#"
            docker has no such context
            hint: see `docker context ls`, then `docker context use NAME`, or unset DOCKER_CONTEXT"#]],
        );
    }

    #[test]
    fn an_image_may_be_absent() {
        check(
            "absent_",
            expect![[r#"
            the image is not here
            hint: check its name with `docker image ls`, or fetch it: `docker pull NAME`;
                or use `--builder zig`, which needs none"#]],
        );
    }

    #[test]
    fn a_registry_may_not_be_reachable() {
        check(
            "registry_",
            expect![[r#"
            the image is not here and its registry is not reachable
            hint: load it from a file: `docker load --input FILE`;
                or use `--builder zig`, which needs none"#]],
        );
    }

    #[test]
    fn a_client_may_lack_its_builder() {
        check(
            "buildx_",
            expect![[r#"
            docker lacks the part that builds images
            hint: install it: `apt-get install docker-buildx` or docker-buildx-plugin;
                or unset DOCKER_BUILDKIT"#]],
        );
    }

    #[test]
    fn a_registry_may_refuse() {
        check(
            "denied_",
            expect![[r#"
            the registry does not give the image to you, or has no such image
            hint: check its name, or `docker login`"#]],
        );
    }

    #[test]
    fn a_registry_may_have_had_enough() {
        check(
            "rate_",
            expect![[r#"
            the registry's limit of pulls is reached
            hint: wait, or `docker login`;
                or use `--builder zig`, which needs no image"#]],
        );
    }

    #[test]
    fn a_layer_may_be_damaged() {
        check(
            "layer_",
            expect![[r#"
            a layer of the image is damaged
            hint: fetch it again: `docker image rm NAME`, then `docker pull NAME`, or copy its file anew;
                if that does not help, something on the way alters it"#]],
        );
    }

    #[test]
    fn a_disk_may_be_full() {
        check(
            "space_",
            expect![[r#"
            no space is left on the engine's disk
            hint: see `docker system df`, then `docker system prune`;
                it removes what no container uses"#]],
        );
    }

    #[test]
    fn a_compiler_may_be_killed_for_want_of_memory() {
        check(
            "compiler_",
            expect![[r#"
                the compiler was killed for want of memory
                hint: raise `memory` in `[containers]` of xtask/xtask.toml, to 600 MB or more;
                    or compile less at once with `--jobs 1`"#]],
        );
    }

    #[test]
    fn a_program_that_is_killed_says_nothing_and_why_is_a_guess() {
        check(
            "silent_",
            expect![[r#"
                a program in the container was killed: for want of memory, or the engine was stopped
                hint: if `docker version` still answers, raise `memory` in `[containers]` of xtask/xtask.toml;
                    or compile less at once with `--jobs 1`"#]],
        );
    }

    #[test]
    fn an_engine_may_die_at_work() {
        check(
            "killed_",
            expect![[r#"
            the engine stopped while it was at work
            hint: start it, then repeat the command: what was finished is not done again"#]],
        );
    }

    #[test]
    fn a_container_may_be_gone() {
        check(
            "gone_",
            expect![[r#"
            the container is gone: somebody removed it, or the engine was stopped
            hint: repeat the command: it makes a new one, and what was finished is not done again"#]],
        );
    }

    #[test]
    fn a_processor_may_not_be_emulated() {
        check(
            "format_",
            expect![[r#"
            the image is for a processor that this machine neither has nor emulates
            hint: install emulation: `apt-get install qemu-user-static binfmt-support`;
                or use `--builder zig`, which compiles for every processor"#]],
        );
    }

    #[test]
    fn an_image_may_be_for_another_processor_than_asked_for() {
        check(
            "platform_",
            expect![[r#"
            the image is for another processor than its target
            hint: name the image of this target, or fetch it with `docker pull --platform`"#]],
        );
    }

    #[test]
    fn an_image_may_lack_a_program() {
        check(
            "program_",
            expect![[r#"
            the image lacks a program that the build needs
            hint: use an image like those of manylinux"#]],
        );
    }

    #[test]
    fn what_no_program_has_said_is_told_all_the_same() {
        assert!(no_engine().what.starts_with("no container engine"));
        assert!(no_registry().what.ends_with("its registry is not reachable"));
        assert!(not_emulated().what.contains("neither has nor emulates"));
    }

    #[test]
    fn every_recorded_failure_is_recognised() {
        let names = recorded::names(FOLDER);
        assert!(names.len() > 40);
        names.iter().for_each(|name| assert!(explained(name).is_some(), "{name}"));
    }

    #[test]
    fn what_failed_of_itself_needs_no_explanation() {
        assert_eq!(explain("exec", "a.cpp:1: error: expected unqualified-id", Some(1)), None);
        assert_eq!(explain("exec", "SyntaxError: unexpected EOF while parsing", Some(1)), None);
        assert_eq!(explain("exec", "FAILED (failures=1)", Some(255)), None);
    }
}
