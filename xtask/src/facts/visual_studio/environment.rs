//! What Visual Studio's compilers want of an environment, by what `set` says before and after.

use std::collections::BTreeMap;

use anyhow::ensure;
use camino::Utf8Path;
use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::{
    matrix::{Architecture, Target},
    paths::with_backslashes,
};

/// A line that separates parts of what a batch file prints.
pub const MARK: &str = "-- esig --";

/// What `vcvarsall.bat` adds to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Folders that come first on PATH.
    pub path: Vec<String>,
    pub variables: BTreeMap<String, String>,
}

/// The argument that has `vcvarsall.bat` set up a compiler from one processor to another.
pub fn argument(host: Architecture, target: &Target) -> String {
    let name = |architecture| match architecture {
        Architecture::I686 => "x86",
        Architecture::Aarch64 => "arm64",
        _ => "x64",
    };
    let (host, target) = (name(host), name(target.architecture));
    if host == target { host.to_owned() } else { format!("{host}_{target}") }
}

/// The batch file whose output [`parse`] reads.
pub fn batch(vcvarsall: &Utf8Path, argument: &str) -> String {
    let call = format!("call \"{}\" {argument}", with_backslashes(vcvarsall));
    [
        "@echo off",
        // What is printed is then UTF-8, whatever the language of the system.
        "chcp 65001 >nul",
        "set VSCMD_SKIP_SENDTELEMETRY=1",
        "set",
        &format!("echo {MARK}"),
        &call,
        &format!("echo {MARK}"),
        "set",
    ]
    .map(|line| format!("{line}\r\n"))
    .concat()
}

/// The difference between the environments before and after.
pub fn parse(output: &str) -> anyhow::Result<Environment> {
    let output = output.replace('\r', "");
    let parts: Vec<&str> = output.split(&format!("{MARK}\n")).collect();
    let [before, said, after] = parts[..] else {
        return Err(hinted(
            format!("`vcvarsall.bat` broke off\n{}", output.trim()),
            "repair the installation with the Visual Studio Installer",
        ));
    };
    let (before, after) = (variables(before), variables(after));
    let old = |name: &str| before.get(&name.to_uppercase()).map(|(_, value)| value.as_str());
    let known: Vec<String> =
        old("PATH").unwrap_or_default().split(';').map(str::to_lowercase).collect();
    let mut environment = Environment::default();
    for (key, (name, value)) in after {
        if key == "PATH" {
            let is_new = |folder: &&str| !known.contains(&folder.to_lowercase());
            environment.path = value.split(';').filter(is_new).map(str::to_owned).collect();
        // The scripts of Visual Studio keep notes in such variables, such as the whole PATH.
        } else if !key.starts_with("__") && old(&key) != Some(&value) {
            environment.variables.insert(name, value);
        }
    }
    ensure!(
        !environment.path.is_empty(),
        hinted(
            format!("`vcvarsall.bat` sets up no compiler\n{}", said.trim()),
            "repair the installation with the Visual Studio Installer",
        )
    );
    Ok(environment)
}

impl Environment {
    /// The value of a variable, whose name has no case on Windows.
    pub fn get(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &(&String, &String)| key.eq_ignore_ascii_case(name);
        self.variables.iter().find(named).map(|(_, value)| value.as_str())
    }
}

/// Name and value of each variable, by the name in capitals.
fn variables(set: &str) -> BTreeMap<String, (String, String)> {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        // cmd.exe keeps its current folders in lines such as `=C:=C:\folder`.
        (!name.is_empty()).then(|| (name.to_uppercase(), (name.to_owned(), value.to_owned())))
    };
    set.lines().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn answer(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/windows");
        std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap()
    }

    #[test]
    fn what_the_script_added_is_kept_and_nothing_else() {
        expect![[r#"
            Environment {
                path: [
                    "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\bin\\HostX64\\x64",
                    "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\Common7\\IDE\\VC\\VCPackages",
                    "C:\\Program Files (x86)\\Windows Kits\\10\\bin\\10.0.22621.0\\\\x64",
                    "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\MSBuild\\Current\\Bin\\amd64",
                    "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\Common7\\IDE\\",
                ],
                variables: {
                    "CommandPromptType": "Native",
                    "DevEnvDir": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\Common7\\IDE\\",
                    "EXTERNAL_INCLUDE": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\include;C:\\Program Files (x86)\\Windows Kits\\10\\include\\10.0.22621.0\\ucrt",
                    "INCLUDE": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\include;C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Auxiliary\\VS\\include;C:\\Program Files (x86)\\Windows Kits\\10\\include\\10.0.22621.0\\ucrt;C:\\Program Files (x86)\\Windows Kits\\10\\\\include\\10.0.22621.0\\\\um;C:\\Program Files (x86)\\Windows Kits\\10\\\\include\\10.0.22621.0\\\\shared",
                    "LIB": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\lib\\x64;C:\\Program Files (x86)\\Windows Kits\\10\\lib\\10.0.22621.0\\ucrt\\x64;C:\\Program Files (x86)\\Windows Kits\\10\\\\lib\\10.0.22621.0\\\\um\\x64",
                    "LIBPATH": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\lib\\x64;C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\lib\\x86\\store\\references",
                    "Platform": "x64",
                    "UCRTVersion": "10.0.22621.0",
                    "UniversalCRTSdkDir": "C:\\Program Files (x86)\\Windows Kits\\10\\",
                    "VCINSTALLDIR": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\",
                    "VCToolsInstallDir": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.43.34808\\",
                    "VCToolsVersion": "14.43.34808",
                    "VSCMD_ARG_HOST_ARCH": "x64",
                    "VSCMD_ARG_TGT_ARCH": "x64",
                    "VSCMD_VER": "17.13.6",
                    "VSINSTALLDIR": "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\",
                    "VisualStudioVersion": "17.0",
                    "WindowsSDKVersion": "10.0.22621.0\\",
                    "WindowsSdkDir": "C:\\Program Files (x86)\\Windows Kits\\10\\",
                },
            }
        "#]].assert_debug_eq(&parse(&answer("set_x64")).unwrap());
    }

    #[test]
    fn a_script_that_only_complains_is_an_error_with_its_complaint() {
        let error = jobs::shown(&parse(&answer("set_failed")).unwrap_err());
        expect![[r#"
            `vcvarsall.bat` sets up no compiler
            [ERROR:vcvarsall.bat] Invalid argument found : x64_arm
            [ERROR:vcvarsall.bat] Error in script usage. The correct usage is:
            hint: repair the installation with the Visual Studio Installer"#]]
        .assert_eq(&error);
        assert!(parse("").is_err());
    }

    #[test]
    fn the_batch_file_asks_before_and_after() {
        let script = Utf8Path::new("C:/Program Files (x86)/VS/VC/Auxiliary/Build/vcvarsall.bat");
        expect![[r#"
            @echo off
            chcp 65001 >nul
            set VSCMD_SKIP_SENDTELEMETRY=1
            set
            echo -- esig --
            call "C:\Program Files (x86)\VS\VC\Auxiliary\Build\vcvarsall.bat" x64
            echo -- esig --
            set
        "#]]
        .assert_eq(&batch(script, "x64").replace("\r\n", "\n"));
    }

    #[test]
    fn the_way_from_one_processor_to_another_has_a_name() {
        let name = |host, target| argument(host, Target::named(target).unwrap());
        assert_eq!(name(Architecture::X86_64, "win_amd64"), "x64");
        assert_eq!(name(Architecture::X86_64, "win32"), "x64_x86");
        assert_eq!(name(Architecture::X86_64, "win_arm64"), "x64_arm64");
        assert_eq!(name(Architecture::Aarch64, "win_arm64"), "arm64");
        assert_eq!(name(Architecture::Aarch64, "win_amd64"), "arm64_x64");
    }
}
