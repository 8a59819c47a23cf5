//! What is particular to a Mac: Apple's developer tools, Homebrew, Rosetta.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::folders::{entries, pythons_in};
use crate::facts::programs::answer;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MacosFacts {
    /// The folder of Apple's developer tools; none if neither Xcode nor the command line tools are
    /// installed. The compilers of /usr/bin are there without them, and only ask for them.
    pub developer: Option<Utf8PathBuf>,
    pub sdk: Option<Sdk>,
    /// The folder that Homebrew installs into.
    pub brew: Option<Utf8PathBuf>,
    /// Homebrew's OpenSSLs, by formula: `openssl@1.1`.
    pub openssl: BTreeMap<String, Utf8PathBuf>,
    /// Whether programs for x86_64 run on this arm64.
    pub rosetta: bool,
}

/// The headers and libraries of the system, to compile against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sdk {
    pub path: Utf8PathBuf,
    /// `15.5`
    pub version: String,
}

/// Each is kept apart from the others by Homebrew, and CPythons differ in which they can use.
const OPENSSL: &[&str] = &["openssl@1.0", "openssl@1.1", "openssl@3"];

/// Where Homebrew is on arm64 and on x86_64, if it is not on PATH.
const BREW: &[&str] = &["/opt/homebrew", "/usr/local"];

pub fn probe() -> MacosFacts {
    let brew = brew();
    MacosFacts {
        developer: developer(),
        sdk: sdk(),
        openssl: brew.as_deref().map(openssl).unwrap_or_default(),
        brew,
        rosetta: cfg!(target_arch = "aarch64") && runs_x86_64(),
    }
}

/// Those of python.org, then Homebrew's, which are not all on PATH.
pub fn interpreters() -> Vec<Utf8PathBuf> {
    let frameworks = entries("/Library/Frameworks/Python.framework/Versions".into());
    let of_brew = |brew: &&str| {
        let kegs = entries(&Utf8PathBuf::from(brew).join("opt"));
        let is_python =
            |keg: &Utf8PathBuf| keg.file_name().is_some_and(|n| n.starts_with("python"));
        kegs.into_iter().filter(is_python).chain([Utf8PathBuf::from(brew)]).collect::<Vec<_>>()
    };
    let mut folders = frameworks;
    folders.sort();
    folders.extend(BREW.iter().flat_map(of_brew));
    folders.iter().flat_map(|folder| pythons_in(&folder.join("bin"))).collect()
}

/// Unlike the programs that it points to, `xcode-select` opens no dialog where they are missing.
pub fn developer() -> Option<Utf8PathBuf> {
    ask("xcode-select", &["-p"]).map(Utf8PathBuf::from).filter(|folder| folder.is_dir())
}

fn sdk() -> Option<Sdk> {
    let of = |what| ask("xcrun", &["--sdk", "macosx", what]);
    Some(Sdk { path: of("--show-sdk-path")?.into(), version: of("--show-sdk-version")? })
}

fn brew() -> Option<Utf8PathBuf> {
    let usual = || BREW.iter().map(Utf8PathBuf::from).find(|root| root.join("bin/brew").is_file());
    ask("brew", &["--prefix"]).map(Utf8PathBuf::from).or_else(usual)
}

/// `brew --prefix FORMULA` takes a second for each and names folders that are not there, too.
fn openssl(brew: &Utf8Path) -> BTreeMap<String, Utf8PathBuf> {
    let folder = |formula: &&str| (formula.to_string(), brew.join("opt").join(formula));
    OPENSSL.iter().map(folder).filter(|(_, folder)| folder.join("include").is_dir()).collect()
}

/// Files of Rosetta are there before it is installed: only trying tells.
fn runs_x86_64() -> bool {
    answer("/usr/bin/arch", &["-x86_64", "/usr/bin/true"]).is_some()
}

/// The one line that a program answers.
fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let line = answer(program, arguments)?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_openssl_that_can_be_compiled_against_counts() {
        let folder = tempfile::tempdir().unwrap();
        let brew = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir_all(brew.join("opt/openssl@3/include")).unwrap();
        std::fs::create_dir_all(brew.join("opt/openssl@1.1")).unwrap();
        let found: Vec<String> = openssl(brew).into_keys().collect();
        assert_eq!(found, ["openssl@3"]);
    }

    #[test]
    fn facts_that_an_older_helper_recorded_are_read() {
        let macos: MacosFacts = serde_json::from_str(r#"{"rosetta": true}"#).unwrap();
        assert_eq!(macos, MacosFacts { rosetta: true, ..MacosFacts::default() });
    }
}
