//! What doctor says where root can make it so: little space, no programs, no network.

use std::{path::Path, process::Command};

use crate::support::{self, Run, XTASK, copy_checkout};

/// A disk in memory, unmounted after the test, however it ends.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(options: &str) -> Disk {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", options, "none"];
        must(Command::new("mount").args(mount).arg(folder.path()));
        Disk(folder)
    }

    /// A checkout that nothing was built in.
    fn checkout(&self) -> std::path::PathBuf {
        let root = self.0.path().join("checkout");
        copy_checkout(&root);
        root
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What was asked there may still be ending.
        must(Command::new("umount").arg("--lazy").arg(self.0.path()));
    }
}

fn must(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

#[track_caller]
fn check(run: &Run, told: &[&str]) {
    for told in told {
        assert!(run.stdout.contains(told), "{told}: {}{}", run.stdout, run.stderr);
    }
    assert_eq!(run.code, 1);
}

fn doctor(root: &Path) -> Run {
    support::xtask(root, &["doctor", "--builder", "zig", "--platform", "all"])
}

#[test]
#[ignore = "needs root; run by `cargo xtask test docker`"]
fn a_gigabyte_in_memory_is_too_little_for_all_wheels() {
    let disk = Disk::new("size=1g");
    check(&doctor(&disk.checkout()), &["✗ disk of target/ ", "1.1 GB of memory free in "]);
}

#[test]
#[ignore = "needs root; run by `cargo xtask test docker`"]
fn tools_cannot_be_where_programs_may_not_be_started() {
    let disk = Disk::new("size=9g,noexec");
    check(&doctor(&disk.checkout()), &["✗ target/ ", " may not be started (noexec)\n"]);
}

#[test]
#[ignore = "needs root; run by `cargo xtask test docker`"]
fn without_a_network_nothing_can_be_fetched() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let mut doctor = Command::new("unshare");
    doctor.args(["--net", XTASK, "doctor", "--builder", "zig"]).current_dir(folder.path());
    let run = Run::of(doctor.output().unwrap());
    check(&run, &["✗ pip's index ", "✗ Debian's mirror ", "this build cannot run here"]);
}
