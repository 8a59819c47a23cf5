//! What goes wrong is said in a line, with a second one that says what to do.

use std::{fs, path::Path, process::Stdio};

use expect_test::{Expect, expect};

use crate::support::{checkout, command, copy_checkout, fixture, shown, xtask};

/// A failure: exit code 1, nothing on standard output, and this on standard error.
#[track_caller]
fn check_in(folder: &Path, arguments: &[&str], expected: Expect) {
    let run = xtask(folder, arguments);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    expected.assert_eq(&shown(&run.stderr, folder));
}

#[track_caller]
fn check(arguments: &[&str], expected: Expect) {
    check_in(checkout(), arguments, expected);
}

/// As on a machine whose facts were recorded.
#[track_caller]
fn check_on(host: &str, arguments: &[&str], expected: Expect) {
    let host = fixture(host);
    check(&[arguments, &["--host", &host, "--dry-run"]].concat(), expected);
}

#[test]
fn a_check_that_there_is_not() {
    let run = xtask(checkout(), &["check", "--skip", "audits", "--dry-run"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.starts_with(
        "error: `audits` is no check\nhint: did you mean `audit`? they are versions, clean"
    ));
}

#[test]
fn a_selector_that_names_nothing() {
    check_on(
        "linux_x86_64.json",
        &["wheels", "cp99-*"],
        expect![[r#"
            error: `cp99-*` matches no wheel
            hint: did you mean `cp39-*`? `cargo xtask list` names them all; `*` stands for any characters
        "#]],
    );
    check_on(
        "linux_x86_64.json",
        &["wheels", "--skip", "qq*"],
        expect![[r#"
        error: `qq*` matches no wheel
        hint: `cargo xtask list` names them all; `*` stands for any characters
    "#]],
    );
    check_on(
        "linux_x86_64.json",
        &["wheels", "cp39-*", "--skip", "*-*"],
        expect![[r#"
            error: `--skip` leaves none of the wheels asked for
            hint: `cargo xtask list` names them all; `*` stands for any characters
        "#]],
    );
    check(
        &["list", "cp99-*"],
        expect![[r#"
            error: `cp99-*` matches no wheel
            hint: did you mean `cp39-*`? `cargo xtask list` names them all; `*` stands for any characters
        "#]],
    );
}

#[test]
fn a_shard_that_there_is_not() {
    check_on(
        "linux_x86_64.json",
        &["wheels", "--shard", "solaris"],
        expect![[r#"
        error: `solaris` is no shard
        hint: `[shards]` of xtask/xtask.toml has linux-aarch64, linux-emulated, linux-x86_64, macos-arm64, macos-x86_64, windows-arm64, windows-x64, windows-x86
    "#]],
    );
}

#[test]
fn a_machine_without_python() {
    check_on(
        "without_python.json",
        &["wheels"],
        expect![[r#"
            error: none of the wheels asked for can be built here
            cp27m-manylinux_x86_64: skipped: no CPython 2.7 was found
            cp27mu-manylinux_x86_64: skipped: no CPython 2.7 was found
            cp35m-manylinux_x86_64: skipped: no CPython 3.5 was found
            cp36m-manylinux_x86_64: skipped: no CPython 3.6 was found
            cp37m-manylinux_x86_64: skipped: no CPython 3.7 was found
            cp38-manylinux_x86_64: skipped: no CPython 3.8 was found
            cp39-manylinux_x86_64: skipped: no CPython 3.9 was found
            cp310-manylinux_x86_64: skipped: no CPython 3.10 was found
            cp311_abi3-manylinux_x86_64: skipped: no CPython 3.11 or newer was found
            cp314t-manylinux_x86_64: skipped: no free-threaded CPython 3.14 was found
            cp315_abi3t-manylinux_x86_64: skipped: no CPython 3.15 or newer was found
            cp313t-manylinux_x86_64: skipped: no free-threaded CPython 3.13 was found
            hint: install an interpreter (`pyenv install 3.13`), or name one with `--interpreter PATH`
        "#]],
    );
    check_on(
        "without_python.json",
        &["test"],
        expect![[r#"
            error: no CPython 3.10 to 3.14 was found that can install the build's tools
            hint: install one: `pyenv install 3.13`, `apt-get install python3-dev python3-venv`
        "#]],
    );
    check_on(
        "without_python.json",
        &["develop"],
        expect![[r#"
        error: no CPython with headers was found
        hint: install one (`pyenv install 3.13`, `apt-get install python3-dev`), or name it with `--interpreter PATH`
    "#]],
    );
    check_on(
        "without_python.json",
        &["sdist"],
        expect![[r#"
            error: no CPython 3.10 to 3.14 was found that can install the build's tools
            hint: install one: `pyenv install 3.13`, `apt-get install python3-dev python3-venv`
        "#]],
    );
}

#[test]
fn an_interpreter_without_its_headers() {
    check_on(
        "without_headers.json",
        &["wheels"],
        expect![[r#"
            error: none of the wheels asked for can be built here
            cp27m-manylinux_x86_64: skipped: no CPython 2.7 was found
            cp27mu-manylinux_x86_64: skipped: no CPython 2.7 was found
            cp35m-manylinux_x86_64: skipped: no CPython 3.5 was found
            cp36m-manylinux_x86_64: skipped: no CPython 3.6 was found
            cp37m-manylinux_x86_64: skipped: no CPython 3.7 was found
            cp38-manylinux_x86_64: skipped: no CPython 3.8 was found
            cp39-manylinux_x86_64: skipped: no CPython 3.9 was found
            cp310-manylinux_x86_64: skipped: no CPython 3.10 was found
            cp311_abi3-manylinux_x86_64: skipped: /usr/bin/python3.12 has no headers (python3.12-dev)
            cp314t-manylinux_x86_64: skipped: no free-threaded CPython 3.14 was found
            cp315_abi3t-manylinux_x86_64: skipped: no CPython 3.15 or newer was found
            cp313t-manylinux_x86_64: skipped: no free-threaded CPython 3.13 was found
            hint: install an interpreter (`pyenv install 3.13`), or name one with `--interpreter PATH`
        "#]],
    );
    check_on(
        "without_headers.json",
        &["develop"],
        expect![[r#"
        error: no CPython with headers was found
        hint: install one (`pyenv install 3.13`, `apt-get install python3-dev`), or name it with `--interpreter PATH`
    "#]],
    );
}

#[test]
fn a_wheel_whose_interpreter_is_not_here() {
    check_on(
        "linux_x86_64.json",
        &["wheels", "cp39-*_x86_64"],
        expect![[r#"
            error: none of the wheels asked for can be built here
            cp39-macosx_x86_64: skipped: no CPython 3.9 that works was found; `/home/dev/.pyenv/versions/3.9.0/bin/python3.9` is of no use: exit status: 127: error while loading shared libraries: libssl.so.1.1
            cp39-manylinux_x86_64: skipped: no CPython 3.9 that works was found; `/home/dev/.pyenv/versions/3.9.0/bin/python3.9` is of no use: exit status: 127: error while loading shared libraries: libssl.so.1.1
            cp39-musllinux_x86_64: skipped: no CPython 3.9 that works was found; `/home/dev/.pyenv/versions/3.9.0/bin/python3.9` is of no use: exit status: 127: error while loading shared libraries: libssl.so.1.1
            hint: install an interpreter (`pyenv install 3.13`), or name one with `--interpreter PATH`
        "#]],
    );
}

#[test]
fn a_compiler_that_is_not_here() {
    check_on(
        "linux_aarch64.json",
        &["wheels", "--builder", "native"],
        expect![[r#"
            error: `c++` is not on PATH
            hint: install a compiler: `apt-get install g++`, or use zig (`--builder zig`)
        "#]],
    );
}

#[test]
fn a_windows_without_a_visual_studio_that_compiles() {
    check_on(
        "windows_without_visual_studio.json",
        &["wheels", "--builder", "native"],
        expect![[r#"
            error: no Visual Studio here compiles for win_amd64
            Visual Studio Enterprise 2022 17.14.36109.1 in `C:/Program Files/Microsoft Visual Studio/2022/Enterprise`: its installation did not come to its end
            Visual Studio Community 2022 17.14.36109.1 in `C:/Program Files/Microsoft Visual Studio/2022/Community`: lacks the component Microsoft.VisualStudio.Component.VC.Tools.x86.x64
            hint: use `--install-tools`, which installs the Build Tools; or repair what is there with the Visual Studio Installer; or use `--builder zig`, which needs none
        "#]],
    );
}

#[test]
fn an_engine_that_is_too_small_for_windows() {
    check_on(
        "windows_with_small_engine.json",
        &["wheels", "--builder", "docker"],
        expect![[r#"
        error: the engine cannot build these wheels: it has 2 GiB of memory, and 4 are needed; 20 GiB are free at `C:\ProgramData\docker`, and 60 are needed
        hint: give it more memory; `docker system prune` frees space; `disk_gib` says how much is needed; or use `--builder native` or `--builder zig`
    "#]],
    );
}

#[test]
fn a_base_of_windows_that_is_not_pinned_and_a_release() {
    check_on(
        "windows_with_engine.json",
        &["wheels", "--builder", "docker", "--release"],
        expect![[r#"
            error: the base `mcr.microsoft.com/dotnet/framework/sdk:4.8-windowsservercore-ltsc2022` is not pinned by its digest
            hint: add the `digest` that `docker pull` prints to `[windows.bases]` of xtask/xtask.toml, or say `--allow-unpinned`
        "#]],
    );
}

#[test]
fn an_interpreter_that_is_none() {
    check(
        &["wheels", "--interpreter", "no/such/python"],
        expect![[r#"
        error: `no/such/python` is no interpreter: No such file or directory (os error 2)
        hint: name an executable file of Python
    "#]],
    );
    check(
        &["wheels", "--interpreter", "/usr"],
        expect![[r#"
        error: `/usr` is no interpreter: is a directory
        hint: name an executable file of Python
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn a_program_that_says_nothing_is_no_interpreter() {
    let run = xtask(checkout(), &["wheels", "--interpreter", "/bin/true"]);
    assert_eq!(run.code, 1);
    let what = "did not answer as a Python interpreter: it answers nothing: it does not say why";
    assert!(run.stderr.contains(what), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_program_that_is_no_interpreter() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("python3.8");
    std::os::unix::fs::symlink(crate::support::XTASK, &program).unwrap();
    let run = xtask(checkout(), &["wheels", "--interpreter", program.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("did not answer as a Python interpreter"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: name another one"), "{}", run.stderr);
}

#[test]
fn a_folder_that_is_no_checkout() {
    let folder = tempfile::tempdir().unwrap();
    check_in(
        folder.path(),
        &["tidy"],
        expect![[r#"
        error: `{folder}` is not inside a checkout of esig
        hint: change into one first
    "#]],
    );
    let host = fixture("linux_x86_64.json");
    check_in(
        folder.path(),
        &["wheels", "--dry-run", "--host", &host],
        expect![[r#"
        error: `{folder}` is not inside a checkout of esig
        hint: change into one first
    "#]],
    );
}

#[test]
fn a_configuration_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let path = folder.path().join("xtask/xtask.toml");
    let good = fs::read_to_string(&path).unwrap();
    let host = fixture("linux_x86_64.json");
    let plan = ["wheels", "--dry-run", "--host", &host];

    fs::write(&path, good.replace("\"cp38\"", "\"cp3.8\"")).unwrap();
    check_in(
        folder.path(),
        &plan,
        expect![[r#"
            error: in `xtask/xtask.toml`: `cp3.8` is no interpreter
            hint: write it like `cp38`, `cp27mu`, `cp313t`, `cp311-abi3` or `pp311`
        "#]],
    );
    fs::write(&path, good.replace("\"manylinux_x86_64\"", "\"linux\"")).unwrap();
    check_in(
        folder.path(),
        &plan,
        expect![[r#"
            error: in `xtask/xtask.toml`: `linux` is no target
            hint: known are macosx_arm64, macosx_universal2, macosx_x86_64, manylinux_aarch64, manylinux_armv7l, manylinux_i686, manylinux_ppc64le, manylinux_riscv64, manylinux_s390x, manylinux_x86_64, musllinux_aarch64, musllinux_armv7l, musllinux_i686, musllinux_ppc64le, musllinux_riscv64, musllinux_s390x, musllinux_x86_64, pyodide_old_wasm32, pyodide_wasm32, win32, win_amd64, win_arm64
        "#]],
    );
    fs::write(&path, format!("compiler = \"gcc\"\n{good}")).unwrap();
    let run = xtask(folder.path(), &plan);
    assert!(run.code == 1 && run.stderr.contains("unknown field `compiler`"), "{}", run.stderr);
    fs::write(&path, "[images").unwrap();
    let run = xtask(folder.path(), &plan);
    assert!(run.stderr.starts_with("error: in `xtask/xtask.toml`"), "{}", run.stderr);
}

#[test]
fn facts_that_cannot_be_read() {
    let missing = ["list", "--host", "no/such/facts.json", "--dry-run"];
    check(
        &missing,
        expect![[r#"
        error: cannot read `no/such/facts.json`: No such file or directory (os error 2)
        hint: name a file of facts
    "#]],
    );
    let folder = tempfile::tempdir().unwrap();
    let facts = folder.path().join("facts.json");
    fs::write(&facts, "{}").unwrap();
    let run = xtask(checkout(), &["list", "--host", facts.to_str().unwrap(), "--dry-run"]);
    assert!(run.code == 1 && run.stderr.contains("facts.json"), "{}", run.stderr);
}

#[test]
fn a_wheel_that_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let name = "esig-1.0-cp38-cp38-manylinux_2_17_x86_64.whl";
    fs::write(folder.path().join(name), "half a whee").unwrap();
    let audit = xtask(folder.path(), &["audit", name]);
    assert_eq!(audit.code, 1);
    assert!(audit.stdout.contains("it is no zip archive: it has no directory"), "{}", audit.stdout);
    check_in(
        folder.path(),
        &["promote", "no.whl", "wheelhouse"],
        expect![[r#"
        error: cannot read `{folder}/no.whl`: No such file or directory (os error 2)
    "#]],
    );
    assert!(!folder.path().join("wheelhouse/no.whl").exists());
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    let wrong: &[&[&str]] = &[
        &[],
        &["whels"],
        &["wheels", "--jobs", "0"],
        &["wheels", "--quiet", "--verbose"],
        &["wheels", "--builder", "icc"],
        &["wheels", "--host", "facts.json"],
        &["test", "nonsense"],
    ];
    for arguments in wrong {
        let run = xtask(checkout(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("--help") || run.stderr.contains("Usage:"), "{}", run.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_does_not_stop_the_work() {
    let folder = tempfile::tempdir().unwrap();
    copy_checkout(folder.path());
    let mut clean = command(folder.path(), &["clean"]);
    let mut child = clean.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert!(child.wait().unwrap().success());
    assert!(folder.path().join("target/xtask/wheels").is_dir());
}
