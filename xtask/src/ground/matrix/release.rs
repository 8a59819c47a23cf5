//! An exact release of CPython, as pyenv names it: `3.5.10`, `3.13.13t`.

use std::{fmt, str::FromStr};

use jobs::hinted;

use super::{Abi, Interpreter, Platform};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    pub version: [u32; 3],
    pub is_free_threaded: bool,
}

impl Release {
    /// The ABI that it has as it is built by default; pyenv builds 2.7 with wide characters, but
    /// not on macOS.
    pub fn interpreter(&self, platform: Platform) -> Interpreter {
        let [major, minor, _] = self.version;
        let suffix = match (major, minor) {
            (2, _) if platform == Platform::Linux => "mu",
            (2, _) | (3, 0..=7) => "m",
            _ if self.is_free_threaded => "t",
            _ => "",
        };
        Interpreter { major, minor, abi: Abi::Version(suffix) }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [major, minor, patch] = self.version;
        let threads = if self.is_free_threaded { "t" } else { "" };
        f.pad(&format!("{major}.{minor}.{patch}{threads}"))
    }
}

impl FromStr for Release {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Release> {
        parse(text).ok_or_else(|| {
            hinted(
                format!("`{text}` is no release of CPython"),
                "write it like `3.5.10` or `3.13.13t`, as `pyenv install --list` does",
            )
        })
    }
}

fn parse(text: &str) -> Option<Release> {
    let (numbers, is_free_threaded) = match text.strip_suffix('t') {
        Some(numbers) => (numbers, true),
        None => (text, false),
    };
    let numbers: Vec<u32> = numbers.split('.').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let version: [u32; 3] = numbers.try_into().ok()?;
    let had_threads = (version[0], version[1]) >= (3, 13);
    (matches!(version[0], 2 | 3) && (had_threads || !is_free_threaded))
        .then_some(Release { version, is_free_threaded })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().unwrap()
    }

    #[test]
    fn releases_are_read_as_they_are_written() {
        for text in ["2.7.18", "3.5.10", "3.13.13t"] {
            assert_eq!(release(text).to_string(), text);
        }
        for text in ["", "3", "3.13", "3.14.5rc1", "3.15-dev", "pypy3.9", "4.0.0", "3.8.20t"] {
            let error = text.parse::<Release>().unwrap_err();
            assert!(error.to_string().ends_with("is no release of CPython"), "{text}: {error}");
        }
    }

    #[test]
    fn a_release_has_one_abi_and_only_that_of_2_7_differs_between_platforms() {
        let abi = |text, platform| release(text).interpreter(platform).to_string();
        assert_eq!(abi("2.7.18", Platform::Linux), "cp27mu");
        assert_eq!(abi("2.7.18", Platform::Macos), "cp27m");
        assert_eq!(abi("3.5.10", Platform::Macos), "cp35m");
        assert_eq!(abi("3.8.20", Platform::Linux), "cp38");
        assert_eq!(abi("3.14.4t", Platform::Macos), "cp314t");
    }
}
