//! The installer of Visual Studio: what it is told, how it ends, and the reason in its logs.

use camino::Utf8Path;

use super::MARK;
use crate::ground::paths::with_backslashes;

/// The part of the Build Tools that is needed: compilers for x86 and x64, and a Windows SDK.
const WORKLOADS: &[&str] =
    &["--add", "Microsoft.VisualStudio.Workload.VCTools", "--includeRecommended"];

/// Compilers for arm64, which `--includeRecommended` leaves out.
const ARM64: &[&str] = &["--add", "Microsoft.VisualStudio.Component.VC.Tools.ARM64"];

/// The batch file that installs, and prints how that ended. `start /w` waits also where the
/// installer goes on by itself, and hands on what a shell of other systems cuts off: 3010.
pub fn installing(installer: &Utf8Path, folder: &Utf8Path, arm64: bool) -> String {
    let mut words = vec!["--quiet", "--wait", "--norestart", "--nocache"];
    words.extend(WORKLOADS);
    words.extend(ARM64.iter().filter(|_| arm64));
    let installer = with_backslashes(installer);
    let folder = with_backslashes(folder);
    let start =
        format!("start \"\" /w \"{installer}\" --installPath \"{folder}\" {}", words.join(" "));
    format!("@echo off\r\n{start}\r\necho {MARK} %errorlevel%\r\n")
}

/// The exit code that the batch file printed; none if it broke off.
pub fn exit_code(output: &str) -> Option<i32> {
    let line = output.lines().rfind(|line| line.starts_with(MARK))?;
    line[MARK.len()..].trim().parse().ok()
}

/// How the installer ended, by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// Windows must be started anew before all of it works.
    DoneUntilRestart,
    Failed {
        what: &'static str,
        hint: &'static str,
    },
}

const AGAIN: &str = "repeat the command";

pub fn end(exit_code: i32) -> End {
    let failed = |what, hint| End::Failed { what, hint };
    match exit_code {
        0 => End::Done,
        3010 | 1641 => End::DoneUntilRestart,
        740 => failed("it needs an administrator", "repeat it in a terminal of an administrator"),
        1001 | 1618 => failed("another installation is going on", "wait until that has ended"),
        1003 => failed("Visual Studio is in use", "close it, and what it started"),
        1602 | 5004 => failed("it was cancelled", AGAIN),
        5003 | -1_073_720_687 => failed(
            "it could not download what it installs",
            "check the network and its proxy, then repeat the command",
        ),
        5005 => failed("it does not understand its command line", "report that with the logs"),
        5007 => failed(
            "this Windows does not meet its requirements",
            "use Windows 10 1909, Windows Server 2016 or newer; or use `--builder zig`",
        ),
        8001..=8009 => failed("a policy of this machine forbids it", "ask its administrator"),
        -1_073_741_510 => failed("it was terminated", AGAIN),
        _ => failed("it failed", "see its logs"),
    }
}

/// Whether a file is a log of the installer: of its bootstrapper, client or engine.
pub fn is_log(file_name: &str) -> bool {
    file_name.starts_with("dd_") && file_name.ends_with(".log")
}

/// The first error in logs, given as name and text; without its process, thread and time. The
/// engine's own list of errors comes before what others say.
pub fn first_error(logs: &[(String, String)]) -> Option<String> {
    let is_list = |name: &str| name.ends_with("_errors.log");
    let of_lists = logs.iter().filter(|(name, _)| is_list(name));
    let mut listed = of_lists.flat_map(|(_, text)| text.lines()).map(message);
    let others = logs.iter().filter(|(name, _)| !is_list(name));
    let mut said = others.flat_map(|(_, text)| text.lines()).map(message);
    let listed = listed.find(|line| !line.is_empty());
    listed.or_else(|| said.find(|line| is_error(line))).map(str::to_owned)
}

/// `[0ad0:0011][2020-02-04T10:29:29] Pre-check …` and `2018-09-30T02:28:02 : Error : …`
fn message(line: &str) -> &str {
    let mut rest = line.trim_start_matches('\u{feff}').trim();
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        if !inside.contains(':') {
            break;
        }
        rest = after.trim_start();
    }
    match rest.split_once(" : ") {
        Some((time, after)) if time.starts_with("20") && time.contains('T') => after.trim(),
        _ => rest,
    }
}

fn is_error(line: &str) -> bool {
    let line = line.to_lowercase();
    ["error:", "error :", "error 0x", "failed with error"].iter().any(|sign| line.contains(sign))
}

/// What to do about an error of the logs, if that is known.
pub fn remedy(error: &str) -> Option<&'static str> {
    const KNOWN: &[(&[&str], &str)] = &[
        (
            &["sizeprecheckevaluator", "of disk space", "0x80070070", "not enough space"],
            "free some space on the disk, 10 GB at least, then repeat the command",
        ),
        (
            &["0x80072ee7", "0x80072efd", "unable to connect", "407 proxy", "no such host"],
            "check the network and its proxy, then repeat the command",
        ),
        (
            &["signature", "certificate", "0x800b01"],
            "install the root certificates of Microsoft, or update Windows: what was downloaded \
             could not be verified",
        ),
        (&["pending reboot", "rebootrequired"], "restart Windows, then repeat the command"),
    ];
    let error = error.to_lowercase();
    KNOWN.iter().find(|(signs, _)| signs.iter().any(|sign| error.contains(sign))).map(|(_, h)| *h)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn log(name: &str) -> (String, String) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/windows");
        (name.to_owned(), std::fs::read_to_string(format!("{folder}/{name}")).unwrap())
    }

    #[track_caller]
    fn check(names: &[&str], expected: Expect) {
        let logs: Vec<_> = names.iter().map(|name| log(name)).collect();
        let error = first_error(&logs).unwrap_or_default();
        expected.assert_eq(&format!("{error}\nhint: {}", remedy(&error).unwrap_or_default()));
    }

    #[test]
    fn the_first_error_is_picked_out_of_all_logs() {
        check(
            &["dd_bootstrapper_20250410221832.log", "dd_setup_20250410221840_errors.log"],
            expect![[r#"
                Pre-check verification: Visual Studio needs at least 6.32 GB of disk space. Try to free up space on C:\ or change your target drive.
                hint: free some space on the disk, 10 GB at least, then repeat the command"#]],
        );
        check(
            &["dd_client_20250410221835.log"],
            expect![[r#"
            Error : Error: The signature of the file could not be verified. [package: Microsoft.VisualStudio.Setup]
            hint: install the root certificates of Microsoft, or update Windows: what was downloaded could not be verified"#]],
        );
        check(
            &["dd_bootstrapper_20250410221832.log"],
            expect![[r#"
            Error 0x80072ee7: Failed to send request to URL: https://aka.ms/vs/17/release/channel
            hint: check the network and its proxy, then repeat the command"#]],
        );
    }

    #[test]
    fn the_installer_is_told_what_to_install_and_where() {
        let folder =
            Utf8Path::new("C:/Program Files (x86)/Microsoft Visual Studio/2022/BuildTools");
        let batch = installing(Utf8Path::new("C:/checkout/vs_buildtools.exe"), folder, true);
        expect![[r#"
            @echo off
            start "" /w "C:\checkout\vs_buildtools.exe" --installPath "C:\Program Files (x86)\Microsoft Visual Studio\2022\BuildTools" --quiet --wait --norestart --nocache --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended --add Microsoft.VisualStudio.Component.VC.Tools.ARM64
            echo -- esig -- %errorlevel%
        "#]].assert_eq(&batch.replace("\r\n", "\n"));
    }

    #[test]
    fn its_exit_code_comes_through_whole() {
        assert_eq!(exit_code("Preparing\r\n-- esig -- 3010\r\n"), Some(3010));
        assert_eq!(exit_code("-- esig -- -1073741510\n"), Some(-1_073_741_510));
        assert_eq!(exit_code("'start' is not recognized"), None);
        assert_eq!(end(3010), End::DoneUntilRestart);
        assert!(matches!(end(1603), End::Failed { what: "it failed", .. }));
    }

    #[test]
    fn logs_are_known_by_their_names() {
        assert!(is_log("dd_setup_20200204102923_errors.log") && is_log("dd_client_1.log"));
        assert!(!is_log("dd_setup.txt") && !is_log("MSI4f2a.log"));
    }
}
