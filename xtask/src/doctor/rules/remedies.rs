//! The command that gets what is missing, as each system has it.

use crate::{
    facts::host::Host,
    ground::matrix::{Abi, Interpreter, Platform, Release},
    planning::platform::pyenv,
};

/// What the package managers of Debian, Fedora, Alpine, macOS and Windows call something; nothing
/// where they do not have it.
pub struct Package {
    name: &'static str,
    apt: &'static str,
    dnf: &'static str,
    apk: &'static str,
    brew: &'static str,
    winget: &'static str,
}

pub const GIT: Package =
    Package { name: "git", apt: "git", dnf: "git", apk: "git", brew: "git", winget: "Git.Git" };

pub const CURL: Package = Package {
    name: "curl",
    apt: "curl",
    dnf: "curl",
    apk: "curl",
    brew: "curl",
    winget: "cURL.cURL",
};

const BASH: Package =
    Package { name: "bash", apt: "bash", dnf: "bash", apk: "bash", brew: "bash", winget: "" };

pub const COMPILER: Package = Package {
    name: "a C++ compiler",
    apt: "g++",
    dnf: "gcc-c++",
    apk: "g++",
    brew: "",
    winget: "",
};

/// What the build's own tools are installed with.
pub const PYTHON: Package = Package {
    name: "CPython 3.13",
    apt: "python3 python3-dev python3-venv",
    dnf: "python3 python3-devel",
    apk: "python3 python3-dev",
    brew: "python@3.13",
    winget: "Python.Python.3.13",
};

pub const ENGINE: Package = Package {
    name: "docker or podman",
    apt: "docker.io",
    dnf: "moby-engine",
    apk: "docker",
    brew: "--cask docker",
    winget: "Docker.DockerDesktop",
};

/// What a CPython is compiled with.
pub const FOR_PYENV: Package = Package {
    name: "OpenSSL's headers",
    apt: "build-essential libssl-dev zlib1g-dev libffi-dev libbz2-dev libsqlite3-dev",
    dnf: "gcc make openssl-devel zlib-devel libffi-devel bzip2-devel sqlite-devel",
    apk: "build-base openssl-dev zlib-dev libffi-dev bzip2-dev sqlite-dev",
    brew: "openssl@1.1 openssl@3",
    winget: "",
};

/// The command that installs it.
pub fn install(package: &Package, host: &Host) -> String {
    let command = match manager(host) {
        Some("apt-get") => ("apt-get install", package.apt),
        Some("dnf") => ("dnf install", package.dnf),
        Some("apk") => ("apk add", package.apk),
        Some("brew") => ("brew install", package.brew),
        Some("winget") => ("winget install", package.winget),
        _ => ("", ""),
    };
    match command {
        (_, "") => format!("install {}", package.name),
        (verb, names) => format!("`{verb} {names}`"),
    }
}

fn manager(host: &Host) -> Option<&'static str> {
    let managers: &[&str] = match host.platform {
        Platform::Linux => &["apt-get", "dnf", "apk"],
        Platform::Macos => return Some("brew"),
        Platform::Windows => return Some("winget"),
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
        Platform::Linux => install(&COMPILER, host),
        Platform::Macos => "`xcode-select --install`".to_owned(),
        Platform::Windows => {
            "`cargo xtask wheels --builder native --install-tools` installs the Build Tools"
                .to_owned()
        }
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
        (Platform::Linux, None, _) if wanted.abi == Abi::Stable => install(&PYTHON, host),
        (Platform::Macos, None, Some(_)) => format!("`brew install pyenv`, then {by_build}"),
        (Platform::Linux, None, Some(_)) => {
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
