//! Why docker failed with containers of Windows.

use expect_test::{Expect, expect};

use crate::facts::failures::{Explanation, docker::explain};

/// Not recorded by us: what reports have of engines on Windows.
#[track_caller]
fn check(said: &[&str], expected: Expect) {
    let explained = said.iter().map(|said| explain("run", said, Some(125)).expect(said));
    let mut explained: Vec<Explanation> = explained.collect();
    explained.dedup();
    let [Explanation { what, hint }] = &explained[..] else { panic!("{explained:?}") };
    expected.assert_eq(&format!("{what}\nhint: {}", hint.replace("; ", ";\n    ")));
}

#[test]
fn a_windows_may_be_of_another_build_than_its_host() {
    check(
        &[
            "docker: Error response from daemon: container 6bece83bb16b encountered an error \
             during CreateContainer: failure in a Windows system call: The operating system of \
             the container does not match the operating system of the host. (0xc0370101)",
            "docker: Error response from daemon: hcs::CreateComputeSystem 377c5ba81cdc: The \
             container operating system does not match the host operating system.",
            "no matching manifest for windows/amd64 10.0.19045 in the manifest list entries",
        ],
        expect![[r#"
            the image is for another build of Windows than its host
            hint: if Windows was updated, fetch the base anew: `docker pull NAME`;
                else name a base of this build in `[windows.bases]` of xtask/xtask.toml: with one that is older, containers get a kernel of their own (Hyper-V)"#]],
    );
}

#[test]
fn a_layer_of_windows_may_be_damaged() {
    let said = "1f7d468f830c: Verifying Checksum\n\
                filesystem layer verification failed for digest sha256:1f7d468f830cb0ed4beb";
    check(
        &[said],
        expect![[r#"
        a layer of the image is damaged
        hint: fetch it again: `docker image rm NAME`, then `docker pull NAME`, or copy its file anew;
            if that does not help, something on the way alters it"#]],
    );
}

#[test]
fn an_engine_may_be_for_another_system() {
    check(
        &["image operating system \"windows\" cannot be used on this platform"],
        expect![[r#"
            the engine runs containers of another system than the image is for
            hint: switch it: `& "$Env:ProgramFiles\Docker\Docker\DockerCli.exe" -SwitchDaemon`;
                or use `--builder zig`"#]],
    );
}

#[test]
fn a_disk_of_windows_may_be_full() {
    check(
        &["hcsshim::ImportLayer failed in Win32: There is not enough space on the disk. (0x70)"],
        expect![[r#"
            no space is left: on the engine's disk, or on that of the container
            hint: see `docker system df`, then `docker system prune`;
                a container has 20 GB unless daemon.json says `"storage-opts": ["size=60GB"]`"#]],
    );
}
