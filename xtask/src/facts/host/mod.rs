//! Facts about this machine, probed once: platform, programs on PATH, Python interpreters.

mod containers;
mod folders;
mod images;
mod macos;
mod pyenv;
mod pythons;
pub mod space;
mod windows;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::{
    doctor::examination::Examination,
    facts::{programs::answer, project::find_root},
    ground::{
        matrix::{Abi, Architecture, Identifier, Interpreter, Platform, Target},
        paths::{STATE, with_slashes},
    },
};
pub use containers::{AbsentImage, ContainerFacts, WantedImages};
pub use images::{Image, platform_of};
pub use macos::MacosFacts;
pub use pyenv::Pyenv;
pub use pythons::{BrokenPython, Python};
pub use space::Disk;
pub use windows::WindowsFacts;

/// What is known of a machine. Plans depend on nothing else of it, so that the plan of any machine
/// can be computed on any other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Host {
    pub platform: Platform,
    pub architecture: Architecture,
    /// glibc's version, on Linux.
    pub glibc: Option<(u32, u32)>,
    pub processors: usize,
    /// The numbers of the user and the group, where there are such.
    #[serde(default)]
    pub user: Option<(u32, u32)>,
    /// Programs that some plan may use and that are on PATH.
    pub programs: BTreeMap<String, Utf8PathBuf>,
    /// The first number of wine's version, where it is installed.
    #[serde(default)]
    pub wine: Option<u32>,
    #[serde(default)]
    pub pyenv: Option<Pyenv>,
    /// The testers that are installed in this checkout.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub testers: BTreeSet<String>,
    /// What only a Mac has.
    #[serde(default)]
    pub macos: Option<MacosFacts>,
    /// What only Windows has.
    #[serde(default)]
    pub windows: Option<WindowsFacts>,
    /// One per CPython version and ABI, the preferred ones, oldest first.
    pub pythons: Vec<Python>,
    /// Further interpreters of a version that is in `pythons` already.
    pub duplicates: Vec<Python>,
    pub broken: Vec<BrokenPython>,
    /// The version of the kernel, on Linux.
    #[serde(default)]
    pub kernel: Option<String>,
    /// Architectures that this kernel can run by emulation.
    #[serde(default)]
    pub emulated: Vec<Architecture>,
    /// The container engine and its images; none if the command needs none.
    #[serde(default)]
    pub containers: Option<ContainerFacts>,
    /// What `doctor` alone asks; none for other commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examination: Option<Examination>,
}

/// Programs that plans ask for by name.
const PROGRAMS: &[&[&str]] = &[
    &["ar", "c++", "cc", "clang", "clang++", "make", "musl-gcc", "cargo", "rustc"],
    &["bash", "cmd", "curl", "debootstrap", "git", "pyenv", "wine64"],
    &["apk", "apt-get", "dnf"],
    &["qemu-aarch64-static", "qemu-arm-static", "qemu-ppc64le-static"],
    &["qemu-riscv64-static", "qemu-s390x-static"],
];

/// Tools are installed with one of these: the oldest that their locked versions support, and the
/// newest that they were locked for.
const TOOL_PYTHONS: std::ops::RangeInclusive<u32> = 10..=14;

/// How many interpreters that are of no use an error names.
const OF_NO_USE_SHOWN: usize = 4;

impl Host {
    pub fn probe(named: &[Utf8PathBuf]) -> anyhow::Result<Host> {
        let found = pythons::probe(named)?;
        let programs = programs();
        Ok(Host {
            platform: platform(),
            architecture: architecture(),
            glibc: glibc(),
            processors: std::thread::available_parallelism().map_or(1, |n| n.get()),
            user: user(),
            wine: wine(programs.get("wine64")),
            pyenv: pyenv::probe(programs.get("pyenv")),
            testers: testers(),
            macos: cfg!(target_os = "macos").then(macos::probe),
            programs,
            windows: if cfg!(windows) { Some(windows::probe()?) } else { None },
            pythons: found.pythons,
            duplicates: found.duplicates,
            broken: found.broken,
            kernel: kernel(),
            emulated: containers::emulated(),
            containers: None,
            examination: None,
        })
    }

    /// The same machine, and what is known of its containers.
    pub fn with_containers(self, wanted: &WantedImages) -> anyhow::Result<Host> {
        Ok(Host { containers: Some(containers::probe(wanted)?), ..self })
    }

    /// Facts recorded elsewhere, to compute the plan of another machine.
    pub fn recorded(path: &Utf8Path) -> anyhow::Result<Host> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| hinted(format!("cannot read `{path}`: {e}"), "name a file of facts"))?;
        let written = "write them anew with `cargo xtask facts`";
        serde_json::from_str(&text).map_err(|e| hinted(format!("in `{path}`: {e}"), written))
    }

    pub fn program(&self, name: &str) -> anyhow::Result<&Utf8Path> {
        self.programs.get(name).map(|path| path.as_path()).ok_or_else(|| {
            let hint = match name {
                "git" | "ar" | "cc" | "c++" | "clang" | "clang++"
                    if self.platform == Platform::Macos =>
                {
                    "`xcode-select --install`; zig compiles without (`--builder zig`)"
                }
                "git" => "`apt-get install git`, `brew install git` or `winget install Git.Git`",
                "ar" | "c++" | "cc" => {
                    "install a compiler: `apt-get install g++`, or use zig (`--builder zig`)"
                }
                _ => "install it, or put its folder on PATH",
            };
            hinted(format!("`{name}` is not on PATH"), hint)
        })
    }

    /// The interpreter that the build's own tools are installed with: the newest that suits them
    /// and has all that this takes.
    pub fn tool_python(&self) -> anyhow::Result<&Python> {
        let suits = |python: &&Python| {
            python.interpreter().is_some_and(Host::suits_tools) && self.is_own(python)
        };
        let all = || self.duplicates.iter().chain(&self.pythons).filter(suits);
        let whole = all().filter(|python| python.lacks.is_empty());
        // Of two of a version the last one counts, which is not a duplicate.
        whole.max_by_key(|python| &python.version[..2]).ok_or_else(|| {
            let hint = match self.platform {
                Platform::Windows => "install one: `winget install Python.Python.3.13`",
                _ => {
                    "install one: `pyenv install 3.13`, `apt-get install python3-dev python3-venv`"
                }
            };
            let of_no_use = all()
                .rev()
                .map(|python| format!("`{}` lacks {}", python.executable, python.lacks.join(", ")));
            let suits = |(major, minor)| major == 3 && TOOL_PYTHONS.contains(&minor);
            let broken = self.broken.iter().filter(|broken| broken.version().is_none_or(suits));
            let of_no_use =
                of_no_use.chain(broken.map(BrokenPython::to_string)).take(OF_NO_USE_SHOWN);
            let what = ["no CPython 3.10 to 3.14 was found that can install the build's tools"];
            let what: Vec<String> = what.map(str::to_owned).into_iter().chain(of_no_use).collect();
            hinted(what.join("; "), hint)
        })
    }

    /// Why there is no interpreter of a kind here: what might be one did not answer, or there is
    /// none.
    pub fn why_absent(&self, interpreter: Interpreter) -> String {
        let wanted = interpreter.wanted();
        match self.broken.iter().find(|broken| broken.may_be(interpreter)) {
            Some(broken) => format!("no {wanted} that works was found; {broken}"),
            None => format!("no {wanted} was found"),
        }
    }

    /// What might be an interpreter that wheels are for, and did not answer, where no other one of
    /// its version did.
    pub fn missed_in_tests(&self, wheels: &[Identifier]) -> impl Iterator<Item = &BrokenPython> {
        let any_named = self.pythons.iter().any(|python| python.named);
        let is_missed = move |broken: &&BrokenPython| {
            let Some((major, minor)) = broken.version().filter(|_| !any_named) else {
                return false;
            };
            let is_here = self.pythons.iter().any(|python| python.version[..2] == [major, minor]);
            !is_here && wheels.iter().any(|id| broken.may_be(id.interpreter))
        };
        self.broken.iter().filter(is_missed)
    }

    /// Whether the build's own tools can be installed with an exact build of CPython.
    pub fn suits_tools(exact: Interpreter) -> bool {
        exact.major == 3
            && TOOL_PYTHONS.contains(&exact.minor)
            && matches!(exact.abi, Abi::Version(""))
    }

    /// The interpreters to build for: those that the user named, or all that were found.
    pub fn candidates(&self) -> impl Iterator<Item = &Python> {
        let any_named = self.pythons.iter().any(|python| python.named);
        self.pythons.iter().filter(move |python| python.named || !any_named)
    }

    /// The candidates that a wheel for `interpreter` and `target` installs on.
    pub fn served_by(
        &self,
        interpreter: Interpreter,
        target: &'static Target,
    ) -> impl Iterator<Item = &Python> {
        self.candidates()
            .filter(move |python| self.target_of(python) == Some(target))
            .filter(move |python| python.takes(interpreter))
    }

    /// The target whose wheels an interpreter takes: this machine's own, unless it says otherwise.
    pub fn target_of(&self, python: &Python) -> Option<&'static Target> {
        python.target().or_else(|| self.own_target())
    }

    pub fn own_target(&self) -> Option<&'static Target> {
        Target::of_host(self.platform, self.architecture)
    }

    /// Whether a program of macOS only opens a dialog, as compilers and git do where Apple's
    /// developer tools are not installed.
    pub fn only_asks_for_tools(&self, program: &Utf8Path) -> bool {
        let lacks_tools = self.macos.as_ref().is_some_and(|macos| macos.developer.is_none());
        lacks_tools && program.starts_with("/usr/bin")
    }

    fn is_own(&self, python: &Python) -> bool {
        self.target_of(python) == self.own_target()
    }
}

fn platform() -> Platform {
    if cfg!(target_os = "macos") {
        Platform::Macos
    } else if cfg!(windows) {
        Platform::Windows
    } else {
        Platform::Linux
    }
}

fn architecture() -> Architecture {
    match std::env::consts::ARCH {
        "x86" => Architecture::I686,
        "powerpc64" if cfg!(target_endian = "little") => Architecture::Ppc64le,
        name => Architecture::named(name),
    }
}

/// `getconf GNU_LIBC_VERSION` answers `glibc 2.36`; elsewhere there is no such variable.
fn glibc() -> Option<(u32, u32)> {
    images::parse_glibc(&answer("getconf", &["GNU_LIBC_VERSION"])?)
}

fn wine(program: Option<&Utf8PathBuf>) -> Option<u32> {
    parse_wine(&answer(program?.as_str(), &["--version"])?)
}

/// Debian's answers `wine-8.0 (Debian 8.0~repack-4)`.
fn parse_wine(answer: &str) -> Option<u32> {
    answer.strip_prefix("wine-")?.split('.').next()?.parse().ok()
}

/// A tester is whole when it has the program that runs it.
fn testers() -> BTreeSet<String> {
    let here = Utf8PathBuf::try_from(std::env::current_dir().unwrap_or_default()).ok();
    let root = here.and_then(|here| find_root(&here).ok()).unwrap_or_default();
    let folders = folders::entries(&root.join(STATE).join("testers")).into_iter();
    let whole = folders.filter(|folder| folder.join("python").exists());
    whole.filter_map(|folder| folder.file_name().map(str::to_owned)).collect()
}

fn kernel() -> Option<String> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(release.trim().to_owned())
}

#[cfg(unix)]
fn user() -> Option<(u32, u32)> {
    // SAFETY: these always succeed and touch no memory.
    Some(unsafe { (libc::getuid(), libc::getgid()) })
}

#[cfg(not(unix))]
fn user() -> Option<(u32, u32)> {
    None
}

/// Folders that are not on PATH and hold programs all the same: Debian's wine64 is there.
const MORE_FOLDERS: &[&str] = &["/usr/lib/wine"];

fn programs() -> BTreeMap<String, Utf8PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(MORE_FOLDERS.iter().map(Into::into));
    let folders = std::env::join_paths(folders).unwrap_or(path);
    let found = |name: &&str| {
        let path = which::which_in(name, Some(&folders), ".").ok()?;
        let path: Utf8PathBuf = path.try_into().ok()?;
        let path = if cfg!(windows) { with_slashes(path.as_str()) } else { path };
        Some((name.to_string(), path))
    };
    PROGRAMS.iter().copied().flatten().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Host {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/linux_x86_64.json");
        Host::recorded(fixture.into()).unwrap()
    }

    #[test]
    fn tools_are_installed_with_the_newest_interpreter_that_has_what_this_takes() {
        let mut host = recorded();
        let newest = host.tool_python().unwrap().clone();
        let is_newest = |python: &&mut Python| python.executable == newest.executable;
        host.pythons.iter_mut().find(is_newest).unwrap().lacks = vec!["ssl".into(), "zlib".into()];
        assert!(host.tool_python().unwrap().version < newest.version);
        // One of the same version is whole, and only second to the other in other ways.
        let beside = Python { executable: "/opt/whole/python".into(), ..newest.clone() };
        host.duplicates.push(beside);
        assert_eq!(host.tool_python().unwrap().executable, "/opt/whole/python");
        host.pythons.retain(|python| python.executable == newest.executable);
        host.duplicates.clear();
        let error = host.tool_python().unwrap_err().to_string();
        assert!(error.ends_with("lacks ssl, zlib"), "{error}");
    }

    #[test]
    fn of_an_interpreter_that_is_of_no_use_it_is_said_why() {
        let mut host = recorded();
        let interpreter: Interpreter = "cp310".parse().unwrap();
        assert_eq!(host.why_absent(interpreter), "no CPython 3.10 was found");
        let broken = |path: &str, reason: &str| BrokenPython {
            path: path.into(),
            reason: reason.to_owned(),
        };
        host.broken.push(broken("/usr/bin/python3.9", "exit status: 127"));
        host.broken
            .push(broken("/opt/python3.10/bin/python3.10", "libpython3.10.so.1.0: not found"));
        let expected = "no CPython 3.10 that works was found; `/opt/python3.10/bin/python3.10` is of no use: \
                        libpython3.10.so.1.0: not found";
        assert_eq!(host.why_absent(interpreter), expected);
        host.pythons.clear();
        host.duplicates.clear();
        let error = host.tool_python().unwrap_err().to_string();
        assert!(error.contains("python3.10` is of no use"), "{error}");
    }

    #[test]
    fn the_version_of_wine_is_read_from_its_answer() {
        assert_eq!(parse_wine("wine-8.0 (Debian 8.0~repack-4)"), Some(8));
        assert_eq!(parse_wine("wine-10.0-rc2"), Some(10));
        assert_eq!(parse_wine("it does not start"), None);
    }
}
