//! The command that gets what is missing, as each system has it.

use crate::{
    facts::host::Host,
    ground::matrix::{Abi, Interpreter, Platform, Release},
    planning::platform::pyenv,
};

/// The package managers of Debian, Fedora, Alpine, macOS and Windows, and how each installs.
const MANAGERS: [(&str, &str); 5] = [
    ("apt-get", "install"),
    ("dnf", "install"),
    ("apk", "add"),
    ("brew", "install"),
    ("winget", "install"),
];

/// What something is called by people, and by each of [`MANAGERS`]: empty if it does not have it.
pub struct Package(&'static str, [&'static str; 5]);

pub const GIT: Package = Package("git", ["git", "git", "git", "git", "Git.Git"]);
pub const CURL: Package = Package("curl", ["curl", "curl", "curl", "curl", "cURL.cURL"]);
const BASH: Package = Package("bash", ["bash", "bash", "bash", "bash", ""]);
pub const COMPILER: Package = Package("a C++ compiler", ["g++", "gcc-c++", "g++", "", ""]);

/// What the build's own tools are installed with.
pub const PYTHON: Package = Package(
    "CPython 3.13",
    [
        "python3 python3-dev python3-venv",
        "python3 python3-devel",
        "python3 python3-dev",
        "python@3.13",
        "Python.Python.3.13",
    ],
);

pub const ENGINE: Package = Package(
    "docker or podman",
    ["docker.io", "moby-engine", "docker", "--cask docker", "Docker.DockerDesktop"],
);

/// What a CPython is compiled with.
pub const FOR_PYENV: Package = Package(
    "OpenSSL's headers",
    [
        "build-essential libssl-dev zlib1g-dev libffi-dev libbz2-dev libsqlite3-dev",
        "gcc make openssl-devel zlib-devel libffi-devel bzip2-devel sqlite-devel",
        "build-base openssl-dev zlib-dev libffi-dev bzip2-dev sqlite-dev",
        "openssl@1.1 openssl@3",
        "",
    ],
);

/// The command that installs it.
pub fn install(package: &Package, host: &Host) -> String {
    let Package(name, packages) = package;
    let own = manager(host);
    let mut of_managers = MANAGERS.iter().zip(packages);
    match of_managers.find(|((manager, _), names)| Some(*manager) == own && !names.is_empty()) {
        Some(((manager, verb), names)) => format!("`{manager} {verb} {names}`"),
        None => format!("install {name}"),
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
        "git" => install(&GIT, host),
        "curl" => install(&CURL, host),
        "bash" => install(&BASH, host),
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
        _ => install(&COMPILER, host),
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
        (Platform::Linux, None, _) if wanted.abi == Abi::Stable => install(&PYTHON, host),
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
