//! What only Windows has: Visual Studio, the launcher and the registry that know interpreters.

use std::{collections::BTreeMap, env};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{
    folders::{entries, is_python},
    space,
};
use crate::{
    facts::{
        programs::answer,
        visual_studio::{
            COMPONENTS, IMAGE_TOOLS, INSTALLER, Installation, VSWHERE, parse_installations,
        },
    },
    ground::paths::{below, with_slashes},
};

/// What only Windows has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WindowsFacts {
    /// `10.0.20348.2700`; the third number, the build, decides which containers run.
    pub version: Option<String>,
    /// Where programs for 32 bits are installed, as the installer of Visual Studio is.
    pub programs_x86: Utf8PathBuf,
    pub visual_studio: Vec<Installation>,
    /// What is free on each drive, `C`.
    #[serde(default)]
    pub free_bytes: BTreeMap<String, u64>,
}

impl WindowsFacts {
    /// What is free on the drive of a path, if it is a drive of this machine's.
    pub fn free_at(&self, path: &str) -> Option<u64> {
        let (drive, _) = path.split_once(':')?;
        self.free_bytes.get(&drive.to_uppercase()).copied()
    }
}

pub fn probe() -> anyhow::Result<WindowsFacts> {
    let programs = folder_of("ProgramFiles(x86)").or_else(|| folder_of("ProgramFiles"));
    let programs_x86 = programs.unwrap_or_else(|| "C:/Program Files (x86)".into());
    let vswhere = below(below(&programs_x86, INSTALLER), "vswhere.exe");
    let version = answer("cmd", &["/d", "/c", "ver"]).as_deref().and_then(parse_version);
    let mut visual_studio = visual_studio(&vswhere)?;
    visual_studio.extend(build_tools_of_an_image());
    Ok(WindowsFacts { version, visual_studio, programs_x86, free_bytes: space::free_on_drives() })
}

/// In an image of ours they were copied to this folder, where no installer knows of them.
fn build_tools_of_an_image() -> Option<Installation> {
    let path = Utf8Path::new(IMAGE_TOOLS);
    let file = path.join("VC/Auxiliary/Build/Microsoft.VCToolsVersion.default.txt");
    let version = std::fs::read_to_string(file).ok()?.trim().to_owned();
    let compilers = path.join("VC/Tools/MSVC").join(&version).join("bin/Hostx64");
    let components = [("x64", COMPONENTS[0].0), ("arm64", COMPONENTS[1].0)];
    let is_there = |(folder, _): &(&str, &str)| compilers.join(folder).join("cl.exe").is_file();
    Some(Installation {
        name: "Build Tools of the image".to_owned(),
        version,
        path: path.to_owned(),
        is_complete: true,
        is_launchable: false,
        needs_restart: false,
        components: components.into_iter().filter(is_there).map(|(_, c)| c.to_owned()).collect(),
    })
}

/// Without vswhere there has never been an installer of Visual Studio.
fn visual_studio(vswhere: &Utf8Path) -> anyhow::Result<Vec<Installation>> {
    let ask = |more: &[&str]| answer(vswhere.as_str(), &[VSWHERE, more].concat());
    let Some(all) = ask(&[]) else { return Ok(Vec::new()) };
    let none = || "[]".to_owned();
    let with: Vec<(&str, String)> = COMPONENTS
        .iter()
        .map(|(component, _)| (*component, ask(&["-requires", component]).unwrap_or_else(none)))
        .collect();
    parse_installations(&all, &with)
}

/// `Microsoft Windows [Version 10.0.20348.2700]`, in whatever language.
fn parse_version(text: &str) -> Option<String> {
    let (_, after) = text.split_once('[')?;
    let (inside, _) = after.split_once(']')?;
    let version = inside.split_whitespace().last()?;
    version.split('.').all(|part| part.parse::<u32>().is_ok()).then(|| version.to_owned())
}

/// Where interpreters are installed, by all who might know; the same one may come several times.
pub fn interpreters() -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    if let Some(list) = answer("py", &["-0p"]) {
        found.extend(parse_launcher(&list));
    }
    for [key, view] in [["HKCU", "/reg:64"], ["HKLM", "/reg:64"], ["HKLM", "/reg:32"]] {
        let key = format!(r"{key}\Software\Python");
        if let Some(list) = answer("reg", &["query", &key, "/s", view]) {
            found.extend(parse_registry(&list));
        }
    }
    found.extend(usual_folders().iter().flat_map(|folder| programs_in(folder)));
    found
}

/// What `py -0p` lists: a tag, a mark for the default before or after, and a path. How it is laid
/// out differs between the launchers of 3.7, 3.11 and the install manager; the path does not.
fn parse_launcher(list: &str) -> Vec<Utf8PathBuf> {
    let path = |line: &str| {
        let drive = line.find(r":\")?.checked_sub(1)?;
        let end = line.to_ascii_lowercase().rfind(".exe")? + ".exe".len();
        Some(with_slashes(line.get(drive..end)?))
    };
    list.lines().filter_map(path).collect()
}

/// What `reg query …\Software\Python /s` lists. By PEP 514 an `InstallPath` names the interpreter,
/// or at least its folder, as the value that has no name.
fn parse_registry(list: &str) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    let mut folder: Option<Utf8PathBuf> = None;
    let mut is_path = false;
    for line in list.lines().map(str::trim_end) {
        if line.starts_with("HKEY_") {
            found.extend(folder.take());
            is_path = line.to_ascii_lowercase().ends_with(r"\installpath");
        } else if let (true, Some((name, value))) = (is_path, line.split_once("    REG_SZ    ")) {
            match name.trim() {
                "ExecutablePath" => folder = Some(with_slashes(value)),
                // `(Default)`, in the language of the system.
                name if name.starts_with('(') && folder.is_none() => {
                    folder = Some(below(with_slashes(value.trim_end_matches('\\')), "python.exe"));
                }
                _ => {}
            }
        }
    }
    found.extend(folder);
    found
}

/// Folders that hold folders of interpreters: of installers, of pyenv-win, of our images.
fn usual_folders() -> Vec<Utf8PathBuf> {
    let of = |variable: &str, path: &str| Some(below(folder_of(variable)?, path));
    let folders = [
        folder_of("SystemDrive"),
        of("SystemDrive", "Python"),
        folder_of("ProgramFiles"),
        folder_of("ProgramFiles(x86)"),
        of("LocalAppData", "Programs/Python"),
        of("UserProfile", ".pyenv/pyenv-win/versions"),
    ];
    folders.into_iter().flatten().collect()
}

fn programs_in(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let is_versions = folder.ends_with("versions");
    let is_wanted = |path: &Utf8PathBuf| {
        let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
        is_versions || name.starts_with("python") || name.starts_with("cp")
    };
    let is_program = |path: &Utf8PathBuf| path.file_name().is_some_and(is_python);
    let folders = entries(folder).into_iter().filter(is_wanted);
    let programs = folders.flat_map(|folder| entries(&folder)).filter(is_program);
    let mut programs: Vec<Utf8PathBuf> =
        programs.map(|program| with_slashes(program.as_str())).collect();
    programs.sort();
    programs
}

/// The folder that a variable names, with a slash where a drive would be without.
fn folder_of(variable: &str) -> Option<Utf8PathBuf> {
    let value = env::var(variable).ok().filter(|value| !value.is_empty())?;
    let path = with_slashes(&value);
    Some(if path.as_str().ends_with(':') { format!("{path}/").into() } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn recorded(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/windows");
        std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap()
    }

    #[track_caller]
    fn check(found: &[Utf8PathBuf], expected: Expect) {
        let lines: String = found.iter().map(|path| format!("{path}\n")).collect();
        expected.assert_eq(&lines);
    }

    #[test]
    fn the_launcher_lists_interpreters_in_three_layouts() {
        check(
            &parse_launcher(&recorded("py_3.10")),
            expect![[r#"
            C:/Program Files/Python310/python.exe
            C:/Program Files (x86)/Python310-32/python.exe
            C:/Users/dev/AppData/Local/Programs/Python/Python38/python.exe
            C:/Python27/python.exe
        "#]],
        );
        check(
            &parse_launcher(&recorded("py_3.12")),
            expect![[r#"
            C:/projects/venv/Scripts/python.exe
            C:/Program Files/Python313/python3.13t.exe
            C:/Software/Python/Python_3_12/python.exe
            C:/Software/Python/Python_3_11/python.exe
            C:/Users/dev/AppData/Local/Programs/Python/Python310-32/python.exe
            C:/Users/dev/AppData/Roaming/uv/python/cpython-3.9.21-windows-x86_64-none/python.exe
        "#]],
        );
        check(
            &parse_launcher(&recorded("py_manager")),
            expect![[r#"
            C:/Users/dev/AppData/Local/Python/pythoncore-3.14-64/python.exe
            C:/Users/dev/AppData/Local/Python/pythoncore-3.14-arm64/python.exe
        "#]],
        );
        check(&parse_launcher("No installed Pythons found!\r\n"), expect![[""]]);
    }

    #[test]
    fn the_registry_lists_interpreters_of_any_company() {
        check(
            &parse_registry(&recorded("reg_64")),
            expect![[r#"
            C:/Program Files/Python311/python.exe
            C:/ProgramData/Anaconda3/python.exe
        "#]],
        );
        check(
            &parse_registry(&recorded("reg_32")),
            expect![[r#"
            C:/Program Files (x86)/Python35-32/python.exe
            C:/Users/dev/AppData/Local/Programs/Python/Python310-32/python.exe
        "#]],
        );
        check(&parse_registry("ERROR: The system was unable to find the key.\r\n"), expect![[""]]);
    }

    #[test]
    fn the_version_of_windows_stands_in_brackets() {
        let version = |text| parse_version(text).unwrap_or_default();
        assert_eq!(
            version("\r\nMicrosoft Windows [Version 10.0.20348.2700]\r\n"),
            "10.0.20348.2700"
        );
        assert_eq!(version("Microsoft Windows [versión 10.0.19045.3086]"), "10.0.19045.3086");
        assert_eq!(version("Wine"), "");
    }

    #[test]
    fn a_path_is_on_the_drive_that_it_begins_with() {
        let windows = WindowsFacts {
            version: None,
            programs_x86: "C:/".into(),
            visual_studio: Vec::new(),
            free_bytes: BTreeMap::from([("D".to_owned(), 5_368_709_120)]),
        };
        assert_eq!(windows.free_at(r"d:\docker"), Some(5_368_709_120));
        assert_eq!(windows.free_at("/var/lib/docker"), None);
    }
}
