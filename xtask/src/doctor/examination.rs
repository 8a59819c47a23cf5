//! What `doctor` alone asks: it takes seconds, or is true of one checkout and this moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::{
    facts::{
        environment,
        host::space::{self, Disk, Memory},
        programs,
    },
    libalgebra,
};

/// What was found out. What was not asked, or did not answer, is left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Examination {
    /// Jobs of the plan that need not be done again.
    pub done: BTreeSet<String>,
    /// The size of what the other jobs replace.
    pub replaced_bytes: u64,
    pub library: Option<libalgebra::facts::LibraryState>,
    /// The versions of programs, by name.
    pub versions: BTreeMap<String, String>,
    /// What is wrong with the checkout, and what to do.
    pub problems: Vec<Problem>,
    /// Whether the places to download from answer.
    pub sources: Vec<SourceAnswer>,
    /// The disk of target/, and that of temporary files.
    pub disk: Option<Disk>,
    pub temporary: Option<Disk>,
    /// The disk of the container engine, if it runs here.
    pub engine_disk: Option<Disk>,
    pub memory: Option<Memory>,
    /// The OpenSSL that CPythons would be compiled with on Linux.
    pub openssl: Option<String>,
}

/// Something that keeps a build from being made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// What it is about.
    pub subject: String,
    pub what: String,
    pub hint: Option<String>,
}

impl Problem {
    pub fn new(subject: &str, error: &anyhow::Error) -> Problem {
        let hint = jobs::hint_of(error).map(str::to_owned);
        Problem { subject: subject.to_owned(), what: format!("{error:#}"), hint }
    }
}

/// What a plan downloads from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The index that pip is configured to use, or what it has instead.
    Index,
    /// The mirror that apt is configured to use.
    Debian,
    Address(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceAnswer {
    pub source: Source,
    /// Why nothing can be had from it.
    pub problem: Option<String>,
}

/// What is to be found out.
#[derive(Debug, Default)]
pub struct Questions {
    /// The root of the checkout.
    pub root: Utf8PathBuf,
    /// Names and paths of the programs whose versions are wanted.
    pub programs: Vec<(String, Utf8PathBuf)>,
    /// The interpreter for the build's tools.
    pub python: Option<Utf8PathBuf>,
    pub sources: Vec<Source>,
    /// A package that the build needs, and its version: what the index is asked for.
    pub package: Option<(String, String)>,
    /// Where a container engine that runs here keeps its images.
    pub engine_folder: Option<Utf8PathBuf>,
}

/// How long a source may take to answer, and all that is asked at the very most.
const SOURCE_PATIENCE_S: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(20);

impl Examination {
    /// Asks, and adds the answers to what is known already.
    pub fn ask(self, questions: &Questions) -> Examination {
        let Questions { root, programs, sources, .. } = questions;
        thread::scope(|scope| {
            let sources: Vec<_> =
                sources.iter().map(|s| scope.spawn(move || ask_source(s, questions))).collect();
            let version = |(name, path): &(String, Utf8PathBuf)| {
                let said = answer(path.as_str(), &["--version"])?;
                Some((name.clone(), version_in(&said)?))
            };
            let versions: Vec<_> =
                programs.iter().map(|program| scope.spawn(move || version(program))).collect();
            let temporary = Utf8PathBuf::try_from(std::env::temp_dir()).ok();
            Examination {
                disk: space::disk(&root.join("target/xtask")),
                temporary: temporary.and_then(|folder| space::disk(&folder)),
                engine_disk: questions.engine_folder.as_ref().and_then(|f| space::disk(f)),
                memory: space::memory(),
                openssl: openssl(),
                versions: versions.into_iter().filter_map(|v| v.join().ok()?).collect(),
                sources: sources.into_iter().filter_map(|s| s.join().ok()).collect(),
                ..self
            }
        })
    }
}

fn ask_source(source: &Source, questions: &Questions) -> SourceAnswer {
    let python = questions.python.as_ref().map_or("python3", |python| python.as_str());
    let problem = match source {
        Source::Index => index_problem(python, questions),
        Source::Debian => match debian_mirror() {
            Some(mirror) => address_problem(python, &mirror),
            None => Some("apt has no mirror of Debian".to_owned()),
        },
        Source::Address(url) => address_problem(python, url),
    };
    SourceAnswer { source: source.clone(), problem }
}

const PIP: &str = include_str!("ask_pip.py");

/// pip itself knows its proxies, certificates, configuration and folders of files. What it looks
/// for is not downloaded.
fn index_problem(python: &str, questions: &Questions) -> Option<String> {
    let (name, version) = questions.package.as_ref()?;
    let seconds = SOURCE_PATIENCE_S.to_string();
    let arguments = ["-c", PIP, "index", "versions", name, "--retries", "0", "--timeout", &seconds];
    match programs::ask_within(PATIENCE, environment::pip(python, &arguments)) {
        Ok(answer) if answer.status.success() => {
            let is_listed = versions_of_package(&answer.stdout).any(|found| found == version);
            (!is_listed).then(|| format!("pip finds {name}, and not its version {version}"))
        }
        Ok(answer) if answer.stderr.contains("No matching distribution") => {
            Some(format!("pip finds no {name}: its index does not answer, or lacks it"))
        }
        Ok(answer) => Some(format!("pip finds no {name}: {}", answer.reason())),
        Err(error) => Some(format!("pip finds no {name}: {error}")),
    }
}

/// `Available versions: 0.17.1, 0.16.0`
fn versions_of_package(said: &str) -> impl Iterator<Item = &str> {
    let listed = said.lines().find_map(|line| line.trim().strip_prefix("Available versions:"));
    listed.unwrap_or_default().split(',').map(str::trim)
}

const KNOCK: &str = "import sys, urllib.request as r
r.urlopen(r.Request(sys.argv[1], method='HEAD'), timeout=float(sys.argv[2]))";

fn address_problem(python: &str, url: &str) -> Option<String> {
    let seconds = SOURCE_PATIENCE_S.to_string();
    let said = match programs::ask_within(
        PATIENCE,
        environment::command(python, &["-c", KNOCK, url, &seconds]),
    ) {
        Ok(answer) if answer.status.success() => return None,
        Ok(answer) => answer.reason().to_owned(),
        Err(error) => error.to_string(),
    };
    let said = said.trim_start_matches("urllib.error.");
    let reason = said.strip_prefix("URLError: <urlopen error ").and_then(|s| s.strip_suffix('>'));
    Some(reason.unwrap_or(said).to_owned())
}

/// As `build-scripts/run-private-apt.sh` finds it.
fn debian_mirror() -> Option<String> {
    let targets = ["indextargets", "--format", "$(REPO_URI)"];
    let of_debian = ["Created-By: Packages", "Label: Debian"];
    let said = answer("apt-get", &[&targets[..], &of_debian].concat())?;
    said.lines().next().map(str::to_owned)
}

/// The version in the header that a CPython would be compiled with.
fn openssl() -> Option<String> {
    let of_processor = format!("/usr/include/{}-linux-gnu", std::env::consts::ARCH);
    let header =
        |folder: &str| std::fs::read_to_string(format!("{folder}/openssl/opensslv.h")).ok();
    let folders = ["/usr/include", "/usr/local/include", &of_processor];
    folders.into_iter().find_map(header).as_deref().and_then(version_of_openssl)
}

/// `# define OPENSSL_VERSION_TEXT "OpenSSL 3.0.15 3 Sep 2024"`
fn version_of_openssl(header: &str) -> Option<String> {
    let line = header.lines().find(|line| line.contains("OPENSSL_VERSION_TEXT"))?;
    version_in(line.split("OpenSSL ").nth(1)?)
}

/// The first number with a point in it: all that programs have in common when they say theirs.
fn version_in(said: &str) -> Option<String> {
    let is_of_version = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut words = said.split(|c| !is_of_version(c));
    let is_version =
        |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    words.find(is_version).map(|word| word.trim_end_matches('.').to_owned())
}

/// What a program prints; none if it is not there, fails or takes too long.
fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    programs::ask_within(PATIENCE, environment::command(program, arguments)).ok()?.success()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_program_is_read_from_whatever_it_says() {
        let version = |said| version_in(said).unwrap_or_default();
        assert_eq!(version("git version 2.39.5\n"), "2.39.5");
        assert_eq!(version("git version 2.49.0.windows.1\r\n"), "2.49.0.windows.1");
        assert_eq!(version("cargo 1.92.0 (344c4567c 2025-10-21)\n"), "1.92.0");
        assert_eq!(version("apt 2.6.1 (amd64)\n"), "2.6.1");
        assert_eq!(version("qemu-aarch64 version 7.2.17 (Debian 1:7.2+dfsg-7)\n"), "7.2.17");
        assert_eq!(version("wine-8.0 (Debian 8.0~repack-4)\n"), "8.0");
        assert_eq!(version("GNU bash, version 5.2.15(1)-release\n"), "5.2.15");
        assert_eq!(version("no version at all."), "");
    }

    #[test]
    fn the_versions_that_pip_lists_are_read() {
        let said = "ziglang (0.17.1)\nAvailable versions: 0.17.1, 0.16.0\n";
        assert_eq!(versions_of_package(said).collect::<Vec<_>>(), ["0.17.1", "0.16.0"]);
        assert!(!versions_of_package("").any(|version| version == "0.17.1"));
    }

    #[test]
    fn the_version_of_openssl_is_read_from_its_header() {
        let header = "# define OPENSSL_VERSION_STR \"3.0.15\"\n\
                      # define OPENSSL_VERSION_TEXT \"OpenSSL 3.0.15 3 Sep 2024\"\n";
        assert_eq!(version_of_openssl(header).unwrap(), "3.0.15");
        let old = "# define OPENSSL_VERSION_TEXT    \"OpenSSL 1.1.1w  11 Sep 2023\"\n";
        assert_eq!(version_of_openssl(old).unwrap(), "1.1.1w");
        assert_eq!(version_of_openssl(""), None);
    }
}
