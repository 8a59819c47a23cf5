//! The command that gets what is missing, as each system has it.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    facts::host::Host,
    ground::matrix::{Abi, Interpreter, Platform, Release},
    planning::platform::pyenv,
};

/// The rows of `packages.toml`, which says what is in it.
static PACKAGES: LazyLock<HashMap<String, HashMap<String, String>>> = LazyLock::new(|| {
    toml::from_str(include_str!("packages.toml")).expect("tests read all of the file")
});

/// The command that installs what a row names.
pub fn install(row: &str, host: &Host) -> String {
    let package = &PACKAGES[row];
    let found = manager(host).and_then(|manager| Some((manager, package.get(manager)?)));
    match found {
        Some(("apk", names)) => format!("`apk add {names}`"),
        Some((manager, names)) => format!("`{manager} install {names}`"),
        None => format!("install {}", package["name"]),
    }
}

fn manager(host: &Host) -> Option<&'static str> {
    let managers: &[&str] = match host.platform {
        Platform::Macos => return Some("brew"),
        Platform::Windows => return Some("winget"),
        _ => &["apt-get", "dnf", "apk"],
    };
    managers.iter().find(|name| host.programs.contains_key(**name)).copied()
}

/// For a program that a plan starts.
pub fn program(name: &str, host: &Host) -> String {
    match name {
        "git" | "curl" | "bash" => install(name, host),
        "ar" | "c++" | "cc" | "clang" | "clang++" => compiler(host),
        _ => format!("install `{name}`, or put its folder on PATH"),
    }
}

/// The compiler of the system.
pub fn compiler(host: &Host) -> String {
    match host.platform {
        Platform::Macos => "`xcode-select --install`".to_owned(),
        Platform::Windows => {
            "`cargo xtask wheels --builder native --install-tools` installs the Build Tools"
                .to_owned()
        }
        _ => install("compiler", host),
    }
}

/// The headers of a CPython that came with the system.
pub fn headers(version: [u32; 3], host: &Host) -> String {
    let [major, minor, _] = version;
    match manager(host) {
        Some("apt-get") => format!("`apt-get install python{major}.{minor}-dev`"),
        Some("dnf") => format!("`dnf install python{major}.{minor}-devel`"),
        Some("apk") => "`apk add python3-dev`".to_owned(),
        _ => format!("install the headers of CPython {major}.{minor}"),
    }
}

/// An interpreter that is not here, to build a kind of wheel with.
pub fn interpreter(wanted: Interpreter, release: Option<&Release>, host: &Host) -> String {
    let by_build = "`cargo xtask wheels --install-tools`";
    match (host.platform, &host.pyenv, release) {
        (Platform::Windows, ..) => of_windows(wanted),
        (_, _, Some(release)) if pyenv::refuses(host, release).is_some() => {
            "`softwareupdate --install-rosetta`".to_owned()
        }
        (_, Some(_), Some(release)) => format!("`pyenv install {release}`, or {by_build}"),
        (Platform::Macos, None, Some(_)) => format!("`brew install pyenv`, then {by_build}"),
        (Platform::Linux, None, _) if wanted.abi == Abi::Stable => install("python", host),
        (_, None, Some(_)) => {
            format!("install pyenv (https://github.com/pyenv/pyenv), then {by_build}")
        }
        (_, _, None) => format!("install {}, or name one: `--interpreter PATH`", wanted.wanted()),
    }
}

fn of_windows(wanted: Interpreter) -> String {
    let is_in_winget = (wanted.major, wanted.minor) >= (3, 8) && wanted.abi != Abi::Version("t");
    if is_in_winget {
        return format!("`winget install Python.Python.{}`", wanted.version());
    }
    format!("install {} with the installer of python.org", wanted.wanted())
}
