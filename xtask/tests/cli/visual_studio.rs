//! The steps that need Visual Studio, for real, against stand-ins for its programs: what these do
//! and how they fail is written after public reports, not recorded on a Windows.

use std::{fs, io::Read, os::unix::fs::PermissionsExt, path::PathBuf};

use expect_test::{Expect, expect};

use crate::support::{Run, command, fixture, make_root};

/// A machine with stand-ins on its PATH, and a checkout.
struct Machine {
    folder: tempfile::TempDir,
}

/// Reads the batch files of ours: of cmd.exe's language, the lines that they are made of. Exit
/// codes of Windows do not fit into one of this system's, so a stand-in writes its own to a file.
const CMD: &str = r#"#!/bin/bash
here=$(dirname "$0")
exit_code=0
variables=$(mktemp)
while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    case $line in
        set) cat "$here/before.txt" "$variables" ;;
        'set '*) ;;
        'call '*)
            words=${line#call }
            eval "$words" >"$variables.said"
            grep '=' "$variables.said" >"$variables"
            grep -v '=' "$variables.said" ;;
        'start "" /w '*)
            eval "${line#start \"\" /w }"
            exit_code=$?
            [ ! -e "$here/exit_code" ] || exit_code=$(cat "$here/exit_code") ;;
        'echo '*) text=${line#echo }; printf '%s\r\n' "${text//%errorlevel%/$exit_code}" ;;
        '@echo off' | 'chcp '*) ;;
        *) echo "'$line' is not recognized as a command"; exit 9009 ;;
    esac
done < "$3"
rm -f "$variables" "$variables.said"
"#;

/// Sets up a compiler as the real one does: by variables alone.
const VCVARSALL: &str = r#"#!/bin/bash
here=$(cd "$(dirname "$0")/../../.." && pwd)
if [ "$1" != x64 ]; then
    echo "[ERROR:vcvarsall.bat] Invalid argument found : $1"
    exit 1
fi
echo "[vcvarsall.bat] Environment initialized for: '$1'"
echo "PATH=$here/bin"
echo "INCLUDE=$here/include"
echo "WindowsSDKVersion=10.0.22621.0\\"
"#;

/// A compiler that looks for headers, and says it as the real one does if there are none.
const CL: &str = r#"#!/bin/bash
for word; do
    case $word in -Fo*) object=${word#-Fo} ;; *.c) source=$word ;; esac
done
echo "$source"
if [ ! -e "$INCLUDE/stdlib.h" ]; then
    said="fatal error C1083: Cannot open include file: 'stdlib.h': No such file or directory"
    echo "$source(1): $said"
    exit 2
fi
echo object > "$object"
"#;

const VSWHERE: &str = r#"#!/bin/bash
folder=$(cat "$(dirname "$0")/installed" 2>/dev/null) || { echo '[]'; exit; }
echo "[{\"instanceId\": \"1\", \"installationVersion\": \"17.13.35931.197\","
echo " \"installationPath\": \"$folder\", \"isComplete\": true}]"
"#;

impl Machine {
    fn new() -> Machine {
        let machine = Machine { folder: tempfile::tempdir().unwrap() };
        for folder in ["stand-ins", "temporary"] {
            fs::create_dir(machine.path(folder)).unwrap();
        }
        make_root(&machine.path("checkout"));
        machine.script("stand-ins/cmd", CMD);
        machine.script("stand-ins/vswhere", VSWHERE);
        machine.write("stand-ins/before.txt", "TEMP=/tmp\r\nPATH=/usr/bin\r\n");
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn script(&self, path: &str, text: &str) {
        self.write(path, text);
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Puts Visual Studio's compiler into a folder, with or without a Windows SDK.
    fn install(&self, folder: &str, with_sdk: bool) {
        self.script(&format!("{folder}/VC/Auxiliary/Build/vcvarsall.bat"), VCVARSALL);
        self.script(&format!("{folder}/bin/cl"), CL);
        if with_sdk {
            self.write(&format!("{folder}/include/stdlib.h"), "");
        }
    }

    /// An installer that leaves logs, installs what there is in `prepared`, and ends so.
    fn installer(&self, exit_code: i32, logs: &[&str]) {
        for log in logs {
            let from = fixture(&format!("windows/{log}"));
            self.write(&format!("logs/{log}"), &fs::read_to_string(from).unwrap());
        }
        self.write("logs/none", "");
        self.write("stand-ins/exit_code", &exit_code.to_string());
        let here = self.folder.path().display();
        let text = format!(
            "#!/bin/bash\necho \"$@\" > '{here}/asked'\ncp '{here}/logs/'* '{here}/temporary/'\n\
             [ ! -d '{here}/prepared' ] || {{ mv '{here}/prepared' \"$2\"; \
             printf %s \"$2\" > '{here}/stand-ins/installed'; }}\n"
        );
        self.script("checkout/target/xtask/downloads/vs_buildtools.exe", &text);
    }

    fn xtask(&self, words: &[&str]) -> Run {
        let stand_ins = self.path("stand-ins");
        let path = format!("{}:{}", stand_ins.display(), std::env::var("PATH").unwrap());
        let mut command = command(&self.path("checkout"), words);
        command.env("PATH", path).env("TMPDIR", self.path("temporary")).env_remove("SystemRoot");
        Run::of(command.output().unwrap())
    }

    fn run_installer(&self) -> Run {
        self.run_installer_with(&[])
    }

    fn run_installer_with(&self, more: &[&str]) -> Run {
        let [folder, vswhere] = ["BuildTools", "stand-ins/vswhere"].map(|p| self.path(p));
        let installer = "target/xtask/downloads/vs_buildtools.exe";
        let folder = ["--folder", folder.to_str().unwrap()];
        let vswhere = ["--vswhere", vswhere.to_str().unwrap()];
        let words = ["install-visual-studio", installer, "--argument", "x64"];
        self.xtask(&[&words[..], &folder, &vswhere, more].concat())
    }

    /// The installation failed so, and nothing half done is left.
    #[track_caller]
    fn check_failure(&self, expected: Expect) {
        let run = self.run_installer();
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        let said = run.stderr.replace(self.folder.path().to_str().unwrap(), "{folder}");
        expected.assert_eq(&said.replace('\r', ""));
        self.check_no_remains();
    }

    #[track_caller]
    fn check_no_remains(&self) {
        let partial = self.path("checkout/target/xtask/partial");
        let left: Vec<_> = fs::read_dir(partial).map_or(vec![], |entries| entries.collect());
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn the_environment_of_a_compiler_that_works_is_written_and_programs_run_in_it() {
    let machine = Machine::new();
    machine.install("VS", true);
    let vcvarsall = machine.path("VS/VC/Auxiliary/Build/vcvarsall.bat");
    let file = "target/xtask/msvc/x64.json";
    machine.xtask(&["vc-environment", vcvarsall.to_str().unwrap(), "x64", file]).answer();
    let text = fs::read_to_string(machine.path("checkout").join(file)).unwrap();
    expect![[r#"
        {
          "path": [
            "{folder}/VS/bin"
          ],
          "variables": {
            "INCLUDE": "{folder}/VS/include",
            "WindowsSDKVersion": "10.0.22621.0\\"
          }
        }
    "#]]
    .assert_eq(&text.replace(machine.folder.path().to_str().unwrap(), "{folder}"));
    machine.check_no_remains();

    machine.write("checkout/a.c", "");
    machine.xtask(&["with-environment", file, "--", "cl", "-c", "-Fota.o", "a.c"]).answer();
    assert!(machine.path("checkout/ta.o").is_file());
    let run = machine.xtask(&["with-environment", file, "--", "no-such-program"]);
    assert!(run.code == 1 && run.stderr.contains("is not on the PATH"), "{}", run.stderr);
    let run = machine.xtask(&["with-environment", file, "--", "sh", "-c", "exit 7"]);
    assert_eq!(run.code, 7);
}

#[test]
fn a_compiler_that_is_not_whole_is_found_out_before_anything_is_compiled() {
    let machine = Machine::new();
    machine.install("VS", false);
    let path = machine.path("VS/VC/Auxiliary/Build/vcvarsall.bat");
    let check = |argument: &str, expected: Expect| {
        let run = machine.xtask(&["vc-environment", path.to_str().unwrap(), argument, "x.json"]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        let said = run.stderr.replace(machine.folder.path().to_str().unwrap(), "{folder}");
        // Names of files that are tried begin with the number of a process.
        let lines = said.lines().map(|line| line.trim_start_matches(|c: char| c.is_ascii_digit()));
        let said: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
        expected.assert_eq(&said);
        assert!(!machine.path("checkout/x.json").exists());
        machine.check_no_remains();
    };
    check(
        "x64",
        expect![[r#"
            error: the compiler of `{folder}/VS/VC/Auxiliary/Build/vcvarsall.bat x64` does not work: `cl` ended with exit status: 2
            -try-x64.c
            -try-x64.c(1): fatal error C1083: Cannot open include file: 'stdlib.h': No such file or directory
            hint: there is no Windows SDK: add one with the Visual Studio Installer
        "#]],
    );
    check(
        "x64_arm64",
        expect![[r#"
        error: `vcvarsall.bat` sets up no compiler
        [ERROR:vcvarsall.bat] Invalid argument found : x64_arm64
        hint: repair the installation with the Visual Studio Installer
    "#]],
    );
    fs::remove_file(machine.path("VS/bin/cl")).unwrap();
    check(
        "x64",
        expect![[r#"
            error: the compiler of `{folder}/VS/VC/Auxiliary/Build/vcvarsall.bat x64` does not work: `cl` is not on the PATH of its environment
            hint: repair the installation with the Visual Studio Installer
        "#]],
    );
    fs::remove_file(&path).unwrap();
    check(
        "x64",
        expect![[r#"
        error: there is no `{folder}/VS/VC/Auxiliary/Build/vcvarsall.bat`
        hint: add the workload `Desktop development with C++` with the Visual Studio Installer
    "#]],
    );
}

#[test]
fn an_installation_that_succeeds_is_confirmed_by_a_compiler_that_compiles() {
    for exit_code in [0, 3010, 1641] {
        let machine = Machine::new();
        machine.install("prepared", true);
        machine.installer(exit_code, &[]);
        let run = machine.run_installer();
        assert_eq!(run.code, 0, "{exit_code}: {}", run.stderr);
        assert_eq!(run.stderr.contains("restarted all the same"), exit_code != 0);
        let asked = fs::read_to_string(machine.path("asked")).unwrap();
        assert!(asked.ends_with(
            "--quiet --wait --norestart --nocache --add Microsoft.VisualStudio.Workload.VCTools \
             --includeRecommended\n"
        ));
        machine.check_no_remains();
    }
}

#[test]
fn an_installer_that_is_done_without_a_compiler_has_failed() {
    let machine = Machine::new();
    machine.installer(0, &[]);
    machine.check_failure(expect![[r#"
        error: the Build Tools of Visual Studio were not installed: the installer says that it is done, and it is not: vswhere knows of no installation in `{folder}/BuildTools`
        hint: start the installer by hand, to see what it says; or use `--builder zig`
    "#]]);
    machine.installer(3010, &[]);
    machine.check_failure(expect![[r#"
        error: the Build Tools of Visual Studio were not installed: the installer says that it is done, and it is not: vswhere knows of no installation in `{folder}/BuildTools`
        hint: restart Windows, as the installer asks for, then repeat the command
    "#]]);
}

#[test]
fn an_installer_that_is_done_without_a_windows_sdk_has_failed() {
    let machine = Machine::new();
    machine.install("prepared", false);
    machine.installer(0, &[]);
    let run = machine.run_installer();
    assert_eq!(run.code, 1);
    for part in ["says that it is done, and it is not", "stdlib.h", "hint: there is no Windows SDK"]
    {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
}

#[test]
fn a_full_disk_that_only_the_logs_tell_of_is_told() {
    let machine = Machine::new();
    let errors = "dd_setup_20250410221840_errors.log";
    machine.installer(0, &[errors, "dd_bootstrapper_20250410221832.log"]);
    machine.check_failure(expect![[r#"
        error: the Build Tools of Visual Studio were not installed: the installer says that it is done, and it is not: vswhere knows of no installation in `{folder}/BuildTools`
        its logs say first: Pre-check verification: Visual Studio needs at least 6.32 GB of disk space. Try to free up space on C:\ or change your target drive.
        hint: free some space on the disk, 10 GB at least, then repeat the command; all logs are in `target/xtask/logs/visual-studio.zip`
    "#]]);
    let zip = machine.path("checkout/target/xtask/logs/visual-studio.zip");
    let mut zip = zip::ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name(errors).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("SizePreCheckEvaluator"));
}

#[test]
fn an_installer_that_fails_says_why_by_its_exit_code_and_its_logs() {
    let machine = Machine::new();
    machine.installer(5003, &["dd_bootstrapper_20250410221832.log"]);
    machine.check_failure(expect![[r#"
        error: the Build Tools of Visual Studio were not installed: it could not download what it installs (exit code 5003)
        its logs say first: Error 0x80072ee7: Failed to send request to URL: https://aka.ms/vs/17/release/channel
        hint: check the network and its proxy, then repeat the command; all logs are in `target/xtask/logs/visual-studio.zip`
    "#]]);
    let codes = [740, 1602, 1603, 1618, 5004, 5007, 8003, -1_073_741_510];
    let said = codes.map(|exit_code| {
        let machine = Machine::new();
        machine.installer(exit_code, &[]);
        let run = machine.run_installer();
        assert_eq!(run.code, 1);
        run.stderr.replace("error: the Build Tools of Visual Studio were not installed: ", "")
    });
    expect![[r#"
        it needs an administrator (exit code 740)
        hint: repeat it in a terminal of an administrator
        it was cancelled (exit code 1602)
        hint: repeat the command
        it failed (exit code 1603)
        hint: see its logs
        another installation is going on (exit code 1618)
        hint: wait until that has ended
        it was cancelled (exit code 5004)
        hint: repeat the command
        this Windows does not meet its requirements (exit code 5007)
        hint: use Windows 10 1909, Windows Server 2016 or newer; or use `--builder zig`
        a policy of this machine forbids it (exit code 8003)
        hint: ask its administrator
        it was terminated (exit code -1073741510)
        hint: repeat the command
    "#]]
    .assert_eq(&said.concat());
}

#[test]
fn logs_are_collected_by_microsofts_collector_where_there_is_one() {
    let machine = Machine::new();
    machine.installer(1603, &["dd_client_20250410221835.log"]);
    let collect = "#!/bin/bash\n[ ! -e \"$0.broken\" ] && echo all > \"${1#-zip:}\"\n";
    machine.script("checkout/target/xtask/downloads/collect.exe", collect);
    let zip = machine.path("checkout/target/xtask/logs/visual-studio.zip");
    let words = ["--collect", "target/xtask/downloads/collect.exe"];
    assert_eq!(machine.run_installer_with(&words).code, 1);
    assert_eq!(fs::read(&zip).unwrap(), b"all\n");

    fs::remove_dir_all(machine.path("temporary")).unwrap();
    fs::create_dir(machine.path("temporary")).unwrap();
    machine.write("checkout/target/xtask/downloads/collect.exe.broken", "");
    assert_eq!(machine.run_installer_with(&words).code, 1);
    assert!(fs::read(&zip).unwrap().starts_with(b"PK"), "ours is made instead");
}

#[test]
fn an_installer_or_a_shell_that_is_missing_is_named() {
    let machine = Machine::new();
    machine.check_failure(expect![[r#"
        error: there is no installer `target/xtask/downloads/vs_buildtools.exe`
        hint: `cargo xtask download` fetches it, or copy it there
    "#]]);
    machine.installer(0, &[]);
    fs::remove_file(machine.path("stand-ins/cmd")).unwrap();
    machine.check_failure(expect![[r#"
        error: cannot start `cmd`: No such file or directory (os error 2)
        hint: Visual Studio is for Windows alone
    "#]]);
}
