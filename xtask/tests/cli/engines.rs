//! An engine that fails while images are looked into stops everything, in a sentence.

use expect_test::{Expect, expect};

use crate::support::{copy_checkout, engine::Engine, files_below, xtask};

/// Nothing was begun, and this is on standard error.
#[track_caller]
fn check(engines: &[(&str, Engine)], expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let before = files_below(folder.path());
    let mut said = String::new();
    for (name, engine) in engines {
        let program = engine.program();
        let image = ["--image", "manylinux_x86_64=base:1"];
        let words = ["wheels", "--builder", "docker", "--engine", &program];
        let run = xtask(folder.path(), &[&words[..], &image].concat());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{name}: {}", run.stderr);
        assert_eq!(files_below(folder.path()), before, "{name}");
        let stderr = run.stderr.replace(&program, "docker");
        said.push_str(&format!("{name}:\n{}", stderr.replace("; ", ";\n    ")));
    }
    expected.assert_eq(&said);
}

/// Engines that fail in the command with this word, each as it was recorded.
fn failing<const N: usize>(word: &str, recorded: [&'static str; N]) -> [(&'static str, Engine); N] {
    recorded.map(|recorded| (recorded, Engine::new().failing(word, recorded)))
}

#[test]
fn an_engine_that_is_not_there_for_us() {
    check(
        &failing("info", ["unreachable_20", "unreachable_name_28", "permission_20", "context_20"]),
        expect![[r#"
            unreachable_20:
            error: no container engine is reachable
            hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                see `docker context ls` and DOCKER_HOST;
                or use `--builder zig`, which needs none
            unreachable_name_28:
            error: no container engine is reachable
            hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                see `docker context ls` and DOCKER_HOST;
                or use `--builder zig`, which needs none
            permission_20:
            error: the container engine is not reachable: permission denied on its socket
            hint: `sudo usermod --append --groups docker $USER`, then log in again;
                or use `--builder zig`, which needs no engine
            context_20:
            error: docker has no such context
            hint: see `docker context ls`, then `docker context use NAME`, or unset DOCKER_CONTEXT
        "#]],
    );
}

#[test]
fn an_image_that_is_not_to_be_had() {
    check(
        &["absent_20", "registry_28", "denied_20", "rate_20"].map(|recorded| {
            let engine = Engine::new().failing("image", "absent_inspect_20");
            (recorded, engine.failing("manifest", recorded))
        }),
        expect![[r#"
            absent_20:
            error: `base:1`: the image is not here
            hint: check its name with `docker image ls`, or fetch it: `docker pull NAME`;
                or use `--builder zig`, which needs none
            registry_28:
            error: `base:1`: the image is not here and its registry is not reachable
            hint: load it from a file: `docker load --input FILE`;
                or use `--builder zig`, which needs none
            denied_20:
            error: `base:1`: the registry does not give the image to you, or has no such image
            hint: check its name, or `docker login`
            rate_20:
            error: `base:1`: the registry's limit of pulls is reached
            hint: wait, or `docker login`;
                or use `--builder zig`, which needs no image
        "#]],
    );
}

#[test]
fn an_image_that_does_not_run() {
    check(
        &failing(
            "run",
            [
                "absent_podman",
                "killed_run_20",
                "space_run_20",
                "platform_20",
                "format_run_20",
                "silent_memory_20",
            ],
        ),
        expect![[r#"
            absent_podman:
            error: cannot look into the image `base:1`: the image is not here
            hint: check its name with `docker image ls`, or fetch it: `docker pull NAME`;
                or use `--builder zig`, which needs none
            killed_run_20:
            error: cannot look into the image `base:1`: the engine stopped while it was at work
            hint: start it, then repeat the command: what was finished is not done again
            space_run_20:
            error: cannot look into the image `base:1`: no space is left on the engine's disk
            hint: see `docker system df`, then `docker system prune`;
                it removes what no container uses
            platform_20:
            error: cannot look into the image `base:1`: the image is for another processor than its target
            hint: name the image of this target, or fetch it with `docker pull --platform`
            format_run_20:
            error: cannot look into the image `base:1`: the image is for a processor that this machine neither has nor emulates
            hint: install emulation: `apt-get install qemu-user-static binfmt-support`;
                or use `--builder zig`, which compiles for every processor
            silent_memory_20:
            error: cannot look into the image `base:1`: a program in the container was killed: for want of memory, or the engine was stopped
            hint: if `docker version` still answers, raise `memory` in `[containers]` of xtask/xtask.toml;
                or compile less at once with `--jobs 1`
        "#]],
    );
}

/// As reports have it, not recorded.
#[test]
fn an_image_of_windows_that_does_not_run() {
    check(
        &failing(
            "run",
            ["../windows/docker_mismatch", "../windows/docker_layer", "../windows/docker_space"],
        ),
        expect![[r#"
            ../windows/docker_mismatch:
            error: cannot look into the image `base:1`: the image is for another build of Windows than its host
            hint: if Windows was updated, fetch the base anew: `docker pull NAME`;
                else name a base of this build in `[windows.bases]` of xtask/xtask.toml: with one that is older, containers get a kernel of their own (Hyper-V)
            ../windows/docker_layer:
            error: cannot look into the image `base:1`: a layer of the image is damaged
            hint: fetch it again: `docker image rm NAME`, then `docker pull NAME`, or copy its file anew;
                if that does not help, something on the way alters it
            ../windows/docker_space:
            error: cannot look into the image `base:1`: no space is left: on the engine's disk, or on that of the container
            hint: see `docker system df`, then `docker system prune`;
                a container has 20 GB unless daemon.json says `"storage-opts": ["size=60GB"]`
        "#]],
    );
}

#[test]
fn an_image_that_is_fetched_damaged() {
    let engine = Engine::new().failing("image", "absent_inspect_20").failing("pull", "layer_20");
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let image = ["--image", "manylinux_x86_64=base:1"];
    let words = ["wheels", "--builder", "docker", "--engine", &engine.program()];
    let run = xtask(folder.path(), &[&words[..], &image].concat());
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("failed: pull manylinux_x86_64 base:1: see "), "{}", run.stdout);
    assert!(run.stderr.contains("a layer of the image is damaged\n"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: fetch it again: `docker image rm NAME`"), "{}", run.stderr);
    assert!(!folder.path().join("wheelhouse").exists());
}

#[test]
fn an_image_for_another_processor() {
    check(
        &[("i686", Engine::new().answering("image", &inspected("386")))],
        expect![[r#"
            i686:
            error: the image `base:1` is for i686
            hint: name an image for x86_64
        "#]],
    );
}

fn inspected(architecture: &str) -> String {
    let image = format!(r#"[{{"Id": "1", "Os": "linux", "Architecture": "{architecture}"}}]"#);
    format!("$ docker image inspect base\n{image}\nexit code 0\n")
}

#[test]
fn a_failure_that_nobody_recognises() {
    let engine =
        Engine::new().answering("run", "$ docker run\nError: the moon is full\nexit code 1");
    check(
        &[("the moon", engine)],
        expect![[r#"
            the moon:
            error: cannot look into the image `base:1`: Error: the moon is full
            hint: see `docker run --rm base:1 true`, or use `--builder zig`
        "#]],
    );
}

#[test]
fn a_comparison_needs_an_image_with_every_interpreter_of_it() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let engine = Engine::with_image();
    let program = engine.program();
    let before = files_below(folder.path());
    let words = ["bench", "containers", "--engine", &program, "--image", "manylinux_x86_64=base"];
    let run = xtask(folder.path(), &words);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert_eq!(files_below(folder.path()), before);
    expect![[r#"
        error: cp39-manylinux_x86_64: skipped: the image has no CPython 3.9
        hint: use an image with CPython 3.9 to 3.13
    "#]]
    .assert_eq(&run.stderr);
}
