//! Finding Python interpreters: where they may be, what each says of itself, which are the same.

use std::{env, fmt};

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use serde::{Deserialize, Serialize};

use super::folders::{entries, pythons_in};
use crate::{
    facts::{environment, programs},
    ground::{
        matrix::{Abi, Interpreter, Target},
        meant::did_you_mean,
        paths::with_slashes,
    },
};

/// The script by which an interpreter describes itself.
pub const FACTS: &str = include_str!("facts.py");

/// What an interpreter said of itself (the keys are those of `facts.py`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Python {
    pub executable: Utf8PathBuf,
    pub implementation: String,
    pub version: [u32; 3],
    /// The version as people write it, `3.15.0rc1`.
    pub release: String,
    pub abi_suffix: String,
    /// The folder of `Python.h`; none when the headers are not installed.
    pub include: Option<Utf8PathBuf>,
    pub pointer_bits: u32,
    /// What it was built for, in Python's words: `win-amd64`, `win32`, `linux-x86_64`.
    #[serde(default)]
    pub platform: String,
    /// Modules without which it installs no tools.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// The user named it, to be used instead of the others.
    #[serde(default)]
    pub named: bool,
}

/// A file that should be an interpreter and did not answer as one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BrokenPython {
    pub path: Utf8PathBuf,
    pub reason: String,
}

impl BrokenPython {
    /// The version that its path names, as in `python3.8` and `versions/3.8.18/bin/python`.
    pub fn version(&self) -> Option<(u32, u32)> {
        let numbers = |part: &str| {
            let text = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            // Other folders have numbers in their names, too.
            let kind = part[..part.len() - text.len()].to_ascii_lowercase();
            if !["", "cp", "pp", "pypy", "python"].contains(&kind.as_str()) {
                return None;
            }
            let (major, rest) = text.split_once('.').or_else(|| text.split_at_checked(1))?;
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            Some((major.parse().ok()?, rest[..end].parse().ok()?))
        };
        self.path.as_str().rsplit('/').find_map(numbers)
    }

    /// Whether it may be what was looked for.
    pub fn may_be(&self, interpreter: Interpreter) -> bool {
        let wanted = (interpreter.major, interpreter.minor);
        let path = self.path.as_str();
        let is_pypy = path.contains("pypy");
        let is_threaded = path.contains(&format!("{}t", interpreter.version()));
        self.version().is_none_or(|version| match interpreter.abi {
            Abi::PyPy => is_pypy && version == wanted,
            Abi::Stable | Abi::StableThreads => !is_pypy && version >= wanted,
            Abi::Version(suffix) => !is_pypy && version == wanted && is_threaded == (suffix == "t"),
        })
    }
}

impl fmt::Display for BrokenPython {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "`{}` is of no use: {}", self.path, self.reason)
    }
}

pub struct Found {
    pub pythons: Vec<Python>,
    pub duplicates: Vec<Python>,
    pub broken: Vec<BrokenPython>,
}

impl Python {
    /// Its name for people, `CPython 3.8.18`.
    pub fn title(&self) -> String {
        format!("{} {}", self.implementation, self.release)
    }

    /// The target whose wheels it takes, where its platform alone tells that: on Windows and macOS,
    /// which run programs for several processors. One that is for all of them follows the machine.
    pub fn target(&self) -> Option<&'static Target> {
        if self.platform.starts_with("win") {
            return Target::named(&self.platform.replace('-', "_"));
        }
        match self.platform.strip_prefix("macosx-")?.rsplit('-').next()? {
            "arm64" => Target::named("macosx_arm64"),
            // `intel` is for 32 bits too, as the interpreters of python.org once were.
            "x86_64" | "intel" => Target::named("macosx_x86_64"),
            _ => None,
        }
    }

    /// Whether it holds code for every processor that macOS runs on.
    pub fn is_universal(&self) -> bool {
        self.platform.starts_with("macosx-") && self.platform.ends_with("-universal2")
    }

    /// Its platform without the version of macOS that is in it.
    fn built_for(&self) -> (&str, &str) {
        let rest = || self.platform.rsplit_once('-').map_or("", |(_, processor)| processor);
        if self.platform.starts_with("macosx-") { ("macosx", rest()) } else { (&self.platform, "") }
    }

    /// The exact ABI of this build; none for a Python or a build we know no tag for.
    pub fn interpreter(&self) -> Option<Interpreter> {
        let [major, minor, _] = self.version;
        match self.implementation.as_str() {
            "CPython" => format!("cp{major}{minor}{}", self.abi_suffix).parse().ok(),
            "PyPy" => format!("pp{major}{minor}").parse().ok(),
            _ => None,
        }
    }

    /// Whether a wheel for `interpreter` installs on it.
    pub fn takes(&self, interpreter: Interpreter) -> bool {
        self.interpreter().is_some_and(|exact| interpreter.serves(&exact))
    }
}

/// Asks every interpreter of this machine. One named by the user must answer; of the others, those
/// that do not are reported and left out.
pub fn probe(named: &[Utf8PathBuf]) -> anyhow::Result<Found> {
    let mut paths = Vec::new();
    for path in named {
        let real = real(path).map_err(|e| {
            let folder = path.parent().and_then(|folder| folder.read_dir_utf8().ok());
            let entries = folder.into_iter().flatten().flatten().map(|file| file.into_path());
            let files = entries.filter(|file| file.is_file());
            let hint = did_you_mean(path.as_str(), files) + "name an executable file of Python";
            hinted(format!("`{path}` is no interpreter: {e}"), hint)
        })?;
        paths.push(real);
    }
    let (found, mut broken) = candidates();
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let named_count = paths.len();
    paths.extend(found.into_iter().filter(|path| seen.insert(path.clone())));

    let mut answers = ask_all(&paths);
    for (path, answer) in paths.iter().zip(&mut answers).take(named_count) {
        match answer {
            Ok(python) => python.named = true,
            Err(reason) => {
                let what = format!("`{path}` did not answer as a Python interpreter: {reason}");
                return Err(hinted(what, "name another one, or leave `--interpreter` out"));
            }
        }
    }
    let found = sort_out(paths, answers);
    broken.extend(found.broken);
    Ok(Found { broken, ..found })
}

/// Paths in order of preference: those of pyenv, of a manylinux image and on PATH, then where macOS
/// and Windows keep interpreters. Links to nothing are broken.
fn candidates() -> (Vec<Utf8PathBuf>, Vec<BrokenPython>) {
    let home = env::var("HOME").or_else(|_| env::var("USERPROFILE")).unwrap_or_default();
    let pyenv = env::var("PYENV_ROOT").unwrap_or_else(|_| format!("{home}/.pyenv"));
    let mut found = Vec::new();
    for versions in [format!("{pyenv}/versions"), "/opt/python".to_owned()] {
        let mut folders = entries(Utf8Path::new(&versions));
        folders.sort();
        found.extend(folders.iter().map(|folder| folder.join("bin/python")));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&path).filter_map(|f| Utf8PathBuf::try_from(f).ok()) {
        // pyenv's shims are scripts that start the interpreters found above.
        let is_asked = !folder.ends_with("shims") && !only_asks_for_tools(&folder);
        if is_asked {
            found.extend(pythons_in(&folder));
        }
    }
    let links = found.iter().filter(|path| path.is_symlink());
    let broken = links.filter_map(|path| {
        let reason = real(path).err()?.to_string();
        Some(BrokenPython { path: path.clone(), reason })
    });
    let broken = broken.collect();
    if cfg!(windows) {
        found.extend(super::windows::interpreters());
    }
    if cfg!(target_os = "macos") {
        found.extend(super::macos::interpreters());
    }
    (found.iter().filter_map(|path| real(path).ok()).collect(), broken)
}

/// The python3 of macOS opens a dialog where Apple's developer tools are not installed.
fn only_asks_for_tools(folder: &Utf8Path) -> bool {
    cfg!(target_os = "macos") && folder == "/usr/bin" && super::macos::developer().is_none()
}

fn real(path: &Utf8Path) -> std::io::Result<Utf8PathBuf> {
    let real = path.canonicalize_utf8()?;
    if real.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    Ok(if cfg!(windows) { with_slashes(real.as_str()) } else { real })
}

fn ask_all(paths: &[Utf8PathBuf]) -> Vec<Result<Python, String>> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = paths
            .iter()
            .map(|p| scope.spawn(move || ask(p).map_err(|e| format!("{e:#}"))))
            .collect();
        asked.into_iter().map(|a| a.join().expect("asking does not panic")).collect()
    })
}

fn ask(path: &Utf8Path) -> anyhow::Result<Python> {
    // Without site, so that no `.pth` file or startup hook of the machine runs or is waited for.
    // And without the folder where we are, which may have a `json.py` of somebody.
    let script = format!("import sys\nsys.path = [f for f in sys.path if f]\n{FACTS}");
    let words = ["-S", "-E", "-c", &script];
    let answer = programs::ask_within(programs::SOON, environment::command(path.as_str(), &words))?;
    ensure!(answer.status.success(), "{}: {}", answer.status, answer.reason());
    ensure!(!answer.stdout.trim().is_empty(), "it answers nothing: {}", answer.reason());
    parse_facts(&answer.stdout)
}

pub fn parse_facts(text: &str) -> anyhow::Result<Python> {
    serde_json::from_str(text)
        .with_context(|| format!("its answer is not JSON: {:?}", programs::beginning(text)))
}

/// One interpreter per version, ABI and platform: the first that has headers, else the first.
fn sort_out(paths: Vec<Utf8PathBuf>, answers: Vec<Result<Python, String>>) -> Found {
    let mut found = Found { pythons: Vec::new(), duplicates: Vec::new(), broken: Vec::new() };
    for (path, answer) in paths.into_iter().zip(answers) {
        match answer {
            Err(reason) => found.broken.push(BrokenPython { path, reason }),
            Ok(python) => {
                let same = |other: &&mut Python| {
                    (other.version[..2] == python.version[..2])
                        && other.abi_suffix == python.abi_suffix
                        && other.implementation == python.implementation
                        && other.built_for() == python.built_for()
                };
                match found.pythons.iter_mut().find(same) {
                    None => found.pythons.push(python),
                    Some(other) if other.include.is_none() && python.include.is_some() => {
                        found.duplicates.push(std::mem::replace(other, python));
                    }
                    Some(_) => found.duplicates.push(python),
                }
            }
        }
    }
    let order =
        |python: &Python| (python.version, python.abi_suffix.clone(), python.platform.clone());
    found.pythons.sort_by_key(order);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(version: [u32; 3], executable: &str, headers: bool) -> Result<Python, String> {
        Ok(Python {
            executable: executable.into(),
            implementation: "CPython".into(),
            version,
            release: format!("{}.{}.{}", version[0], version[1], version[2]),
            abi_suffix: String::new(),
            include: headers.then(|| "include".into()),
            pointer_bits: 64,
            platform: "linux-x86_64".into(),
            lacks: Vec::new(),
            named: false,
        })
    }

    #[test]
    fn an_answer_is_read() {
        let text = r#"{"executable": "/usr/bin/python3.6", "implementation": "CPython",
            "version": [3, 6, 15], "release": "3.6.15", "abi_suffix": "m",
            "include": null, "pointer_bits": 64}"#;
        let python = parse_facts(text).unwrap();
        assert_eq!(python.interpreter().unwrap().to_string(), "cp36m");
        assert_eq!(python.include, None);
        assert!(parse_facts("Segmentation fault").is_err());
    }

    #[test]
    fn of_two_of_a_version_the_one_with_headers_stays_and_broken_ones_are_reported() {
        let paths = ["/a", "/b", "/c"].map(Utf8PathBuf::from).to_vec();
        let answers = vec![
            answer([3, 11, 2], "/a", false),
            answer([3, 11, 7], "/b", true),
            Err("exit status: 127".to_owned()),
        ];
        let found = sort_out(paths, answers);
        assert_eq!(found.pythons[0].executable, "/b");
        assert_eq!(found.duplicates[0].executable, "/a");
        assert_eq!(found.broken[0].path, "/c");
    }

    #[test]
    fn on_macos_the_processor_tells_interpreters_apart_and_the_version_of_macos_does_not() {
        let paths = ["/a", "/b", "/c"].map(Utf8PathBuf::from).to_vec();
        let answers = ["macosx-11.0-arm64", "macosx-10.13-x86_64", "macosx-15.0-arm64"];
        let answers = answers.map(|platform| {
            let python = answer([3, 10, 11], "/a", true);
            python.map(|python| Python { platform: platform.into(), ..python })
        });
        let found = sort_out(paths, answers.to_vec());
        let target = |python: &Python| python.target().unwrap().name;
        let targets: Vec<&str> = found.pythons.iter().map(target).collect();
        assert_eq!(targets, ["macosx_x86_64", "macosx_arm64"]);
        assert_eq!(found.duplicates[0].platform, "macosx-15.0-arm64");
        let universal =
            Python { platform: "macosx-10.9-universal2".into(), ..found.pythons[0].clone() };
        assert_eq!(universal.target(), None);
    }

    #[test]
    fn what_is_broken_is_known_by_the_version_in_its_path() {
        let version =
            |path: &str| BrokenPython { path: path.into(), reason: String::new() }.version();
        assert_eq!(version("/usr/bin/python3.10"), Some((3, 10)));
        assert_eq!(version("/home/dev/.pyenv/versions/3.10.14/bin/python"), Some((3, 10)));
        assert_eq!(version("/opt/python/cp310-cp310/bin/python"), Some((3, 10)));
        assert_eq!(version("C:/Python310/python.exe"), Some((3, 10)));
        assert_eq!(version("/usr/local/bin/python3"), None);
        assert_eq!(version("/home/dev/env42/bin/python3"), None);
    }

    #[test]
    fn one_for_32_bits_and_one_for_64_are_not_the_same() {
        let paths = ["/a", "/b"].map(Utf8PathBuf::from).to_vec();
        let of_32 = answer([3, 10, 11], "/b", true);
        let of_32 = of_32.map(|python| Python { platform: "win32".into(), ..python });
        let found = sort_out(paths, vec![answer([3, 10, 11], "/a", true), of_32]);
        assert_eq!((found.pythons.len(), found.duplicates.len()), (2, 0));
    }
}
