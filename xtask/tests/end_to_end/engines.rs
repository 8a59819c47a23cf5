//! An engine that fails while wheels are built: what happened is said, and nothing is half there.

use expect_test::{Expect, expect};

use crate::{
    copy::{Copy, REFERENCE, only},
    support::engine::Engine,
};

#[test]
#[ignore = "makes source archives; run by `cargo xtask test end-to-end`"]
fn an_engine_that_fails_before_there_is_a_container_is_explained() {
    check(
        "no container",
        &[
            ("ps", "unreachable_20"),
            ("build", "space_build_20"),
            ("build", "registry_build_20"),
            ("build", "killed_build_20"),
            ("build", "format_build_20"),
            ("--detach", "absent_28"),
            ("--detach", "space_run_20"),
            ("cp", "space_cp_20"),
            ("cp", "gone_28"),
            ("mkdir", "gone_stopped_20"),
        ],
        expect![[r#"
            unreachable_20
                sweep containers: cannot clear away the build's containers: no container engine is reachable
                hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                    see `docker context ls` and DOCKER_HOST;
                    or use `--builder zig`, which needs none
            space_build_20
                image manylinux_x86_64 base:1: no space is left on the engine's disk
                hint: see `docker system df`, then `docker system prune`;
                    it removes what no container uses
            registry_build_20
                image manylinux_x86_64 base:1: the image is not here and its registry is not reachable
                hint: load it from a file: `docker load --input FILE`;
                    or use `--builder zig`, which needs none
            killed_build_20
                image manylinux_x86_64 base:1: the engine stopped while it was at work
                hint: start it, then repeat the command: what was finished is not done again
            format_build_20
                image manylinux_x86_64 base:1: the image is for a processor that this machine neither has nor emulates
                hint: install emulation: `apt-get install qemu-user-static binfmt-support`;
                    or use `--builder zig`, which compiles for every processor
            absent_28
                container manylinux_x86_64-…: the image is not here
                hint: check its name with `docker image ls`, or fetch it: `docker pull NAME`;
                    or use `--builder zig`, which needs none
            space_run_20
                container manylinux_x86_64-…: no space is left on the engine's disk
                hint: see `docker system df`, then `docker system prune`;
                    it removes what no container uses
            space_cp_20
                send target/xtask/source to esig-manylinux_x86_64-…: no space is left on the engine's disk
                hint: see `docker system df`, then `docker system prune`;
                    it removes what no container uses
            gone_28
                send target/xtask/source to esig-manylinux_x86_64-…: the container is gone: somebody removed it, or the engine was stopped
                hint: repeat the command: it makes a new one, and what was finished is not done again
            gone_stopped_20
                container manylinux_x86_64-…: the container is gone: somebody removed it, or the engine was stopped
                hint: repeat the command: it makes a new one, and what was finished is not done again
        "#]],
    );
}

#[test]
#[ignore = "makes source archives; run by `cargo xtask test end-to-end`"]
fn an_engine_that_fails_while_it_compiles_is_explained() {
    check(
        "no compiler",
        &[
            ("sh", "program_20"),
            ("sh", "compiler_20"),
            ("sh", "space_exec_20"),
            ("sh", "format_exec_20"),
            ("sh", "killed_exec_28"),
            ("sh", "killed_before_exec_20"),
            ("sh", "silent_stopped_20"),
        ],
        expect![[r#"
            program_20
                core manylinux_x86_64 in a container: the image lacks a program that the build needs
                hint: use an image like those of manylinux
            compiler_20
                core manylinux_x86_64 in a container: the compiler was killed for want of memory
                hint: raise `memory` in `[containers]` of xtask/xtask.toml, to 600 MB or more;
                    or compile less at once with `--jobs 1`
            space_exec_20
                core manylinux_x86_64 in a container: no space is left on the engine's disk
                hint: see `docker system df`, then `docker system prune`;
                    it removes what no container uses
            format_exec_20
                core manylinux_x86_64 in a container: the image is for a processor that this machine neither has nor emulates
                hint: install emulation: `apt-get install qemu-user-static binfmt-support`;
                    or use `--builder zig`, which compiles for every processor
            killed_exec_28
                core manylinux_x86_64 in a container: the engine stopped while it was at work
                hint: start it, then repeat the command: what was finished is not done again
            killed_before_exec_20
                core manylinux_x86_64 in a container: the engine stopped while it was at work
                hint: start it, then repeat the command: what was finished is not done again
            silent_stopped_20
                core manylinux_x86_64 in a container: a program in the container was killed: for want of memory, or the engine was stopped
                hint: if `docker version` still answers, raise `memory` in `[containers]` of xtask/xtask.toml;
                    or compile less at once with `--jobs 1`
        "#]],
    );
}

/// The word of the command that fails, and how it was recorded.
#[track_caller]
fn check(name: &str, failures: &[(&str, &str)], expected: Expect) {
    let copy = Copy::new(name, &REFERENCE.root);
    let said = failures.iter().map(|(word, recorded)| {
        let engine = Engine::with_image().failing(word, recorded);
        format!("{recorded}\n{}", failure(&copy, &engine))
    });
    expected.assert_eq(&said.collect::<String>());
}

#[test]
#[ignore = "makes source archives; run by `cargo xtask test end-to-end`"]
fn a_container_tells_why_a_program_in_it_was_killed() {
    let copy = Copy::new("killed in a container", &REFERENCE.root);
    let answers = [
        "OOMKilled=true Running=true\nexit code 0",
        "OOMKilled=false Running=true\nexit code 0",
        "Error: No such container: esig-x\nexit code 1",
        "Cannot connect to the Docker daemon at unix:///docker.sock.\nexit code 1",
    ];
    let mut said = String::new();
    for answer in answers {
        let engine = Engine::with_image().failing("sh", "silent_memory_20");
        let engine = engine.answering("inspect", &format!("$ docker inspect\n{answer}"));
        said.push_str(&format!("{answer}\n{}", failure(&copy, &engine)));
    }
    expect![[r#"
        OOMKilled=true Running=true
        exit code 0
            core manylinux_x86_64 in a container: a program in the container was killed for want of memory
            hint: raise `memory` in `[containers]` of xtask/xtask.toml, to 600 MB or more;
                or compile less at once with `--jobs 1`
        OOMKilled=false Running=true
        exit code 0
            core manylinux_x86_64 in a container: a program in the container was killed: for want of memory, or the engine was stopped
            hint: if `docker version` still answers, raise `memory` in `[containers]` of xtask/xtask.toml;
                or compile less at once with `--jobs 1`
        Error: No such container: esig-x
        exit code 1
            core manylinux_x86_64 in a container: the container is gone: somebody removed it, or the engine was stopped
            hint: repeat the command: it makes a new one, and what was finished is not done again
        Cannot connect to the Docker daemon at unix:///docker.sock.
        exit code 1
            core manylinux_x86_64 in a container: the engine stopped while it was at work
            hint: start it, then repeat the command: what was finished is not done again
    "#]].assert_eq(&said);
}

/// What is said of the job that fails first, on standard error and in the table.
fn failure(copy: &Copy, engine: &Engine) -> String {
    let wheels = ["wheels", "cp311_abi3-manylinux_x86_64", "--builder", "docker", "--image"];
    let image = ["manylinux_x86_64=base:1", "--engine", &engine.program()];
    let run = copy.xtask(&[&wheels[..], &image].concat());
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let wheelhouse = copy.wheelhouse();
    assert!(wheelhouse == only(&REFERENCE.wheelhouse(), &[]), "{:?}", wheelhouse.keys());

    let row = run.stdout.lines().find(|line| line.starts_with("cp311_abi3-manylinux_x86_64"));
    let (_, row) = row.unwrap().split_once("failed: ").unwrap();
    let (failed, log) = row.rsplit_once(", see ").unwrap();
    let (_, said) = run.stderr.split_once(": failed: ").unwrap();
    let (what, rest) = said.split_once("\nhint: ").unwrap_or_else(|| panic!("{said}"));
    let hint = rest.lines().next().unwrap();
    assert!(failed.ends_with(&format!(": {what}")), "{row}");
    assert!(said.contains(&format!("# the whole log: {log}")), "{said}");
    assert!(copy.root.join(log).exists(), "{log}");
    // Containers are named after the checkout.
    let failed = match failed.split_once("manylinux_x86_64-") {
        Some((before, after)) => format!("{before}manylinux_x86_64-…{}", &after[8..]),
        None => failed.to_owned(),
    };
    format!("    {failed}\n    hint: {}\n", hint.replace("; ", ";\n        "))
}
