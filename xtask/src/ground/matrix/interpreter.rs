//! The Python side of a wheel: which Python, by which ABI (`cp38`, `cp27mu`, `cp311-abi3`,
//! `pp311`).

use std::{fmt, str::FromStr};

use anyhow::bail;
use jobs::hinted;

/// A version of CPython or PyPy and an ABI of it. One wheel per target is built for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interpreter {
    pub major: u32,
    pub minor: u32,
    pub abi: Abi,
}

/// The part of CPython's C interface that an extension is compiled against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Abi {
    /// The stable ABI: one binary for this version and all later ones.
    Stable,
    /// The same, also for CPythons without the GIL (PEP 803).
    StableThreads,
    /// This version alone; the suffix tells builds of it apart: pymalloc, wide unicode, threads.
    Version(&'static str),
    /// PyPy's own, of this version alone.
    PyPy,
}

/// The version of PyPy's ABI; there has been none since 2019.
const PYPY: &str = "pp73";

impl Interpreter {
    /// `cp38`: the first part of a wheel's tag.
    pub fn python_tag(&self) -> String {
        let implementation = if self.abi == Abi::PyPy { "pp" } else { "cp" };
        format!("{implementation}{}{}", self.major, self.minor)
    }

    /// `cp38`, `cp36m`, `cp27mu`, `cp313t`, `abi3` or `pypy311_pp73`: the second part of a wheel's
    /// tag.
    pub fn abi_tag(&self) -> String {
        match self.abi {
            Abi::Stable => "abi3".to_owned(),
            Abi::StableThreads => "abi3.abi3t".to_owned(),
            Abi::Version(suffix) => format!("{}{suffix}", self.python_tag()),
            Abi::PyPy => format!("pypy{}{}_{PYPY}", self.major, self.minor),
        }
    }

    /// `3.8`
    pub fn version(&self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// What one looks for to build it: `CPython 3.8`, `CPython 3.11 or newer`.
    pub fn wanted(&self) -> String {
        match self.abi {
            Abi::Stable | Abi::StableThreads => format!("CPython {} or newer", self.version()),
            Abi::Version("t") => format!("free-threaded CPython {}", self.version()),
            Abi::Version(_) => format!("CPython {}", self.version()),
            Abi::PyPy => format!("PyPy {}", self.version()),
        }
    }

    /// Whether the headers of `other` serve to compile for `self`. They are the same for all builds
    /// of a version, except for what pyconfig.h says; that there is no GIL can also be said
    /// otherwise.
    pub fn has_headers_of(&self, other: &Interpreter) -> bool {
        let same_version = (self.major, self.minor) == (other.major, other.minor);
        match (self.abi, other.abi) {
            (Abi::Version("t"), Abi::Version(_)) => same_version,
            (Abi::Version(_), Abi::Version(suffix)) => same_version && suffix != "t",
            _ => self.serves(other),
        }
    }

    /// What executes code that was compiled for `self`, where there is none of it: later versions,
    /// as if it were for the stable ABI, and a Python 2.7 with wide characters.
    pub fn executed_as(&self) -> Option<Interpreter> {
        let abi = match (self.major, self.abi) {
            (2, Abi::Version("m")) => Abi::Version("mu"),
            (3, Abi::Version("" | "m")) => Abi::Stable,
            _ => return None,
        };
        Some(Interpreter { abi, ..*self })
    }

    /// Whether a wheel for `self` installs on `other`, an exact build of CPython.
    pub fn serves(&self, other: &Interpreter) -> bool {
        match self.abi {
            Abi::Stable => {
                !matches!(other.abi, Abi::Version("t") | Abi::PyPy)
                    && other.major == self.major
                    && (other.major, other.minor) >= (self.major, self.minor)
            }
            Abi::StableThreads => {
                other.abi != Abi::PyPy
                    && other.major == self.major
                    && (other.major, other.minor) >= (self.major, self.minor)
            }
            Abi::Version(_) | Abi::PyPy => self == other,
        }
    }
}

/// `cp38`, `cp27mu`, `cp311-abi3`: the ABI tag, with the version before it for the stable ABI.
impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.abi {
            Abi::Stable => f.pad(&format!("{}-abi3", self.python_tag())),
            Abi::StableThreads => f.pad(&format!("{}-abi3t", self.python_tag())),
            Abi::Version(_) => f.pad(&self.abi_tag()),
            Abi::PyPy => f.pad(&self.python_tag()),
        }
    }
}

impl FromStr for Interpreter {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Interpreter> {
        let parsed = parse(text).ok_or_else(|| {
            hinted(
                format!("`{text}` is no interpreter"),
                "write it like `cp38`, `cp27mu`, `cp313t`, `cp311-abi3` or `pp311`",
            )
        })?;
        if parsed.major != 2 && parsed.major != 3 {
            bail!("`{text}` is no interpreter: CPython {} is unknown", parsed.major);
        }
        Ok(parsed)
    }
}

fn parse(text: &str) -> Option<Interpreter> {
    let (implementation, rest) = text.split_at_checked(2)?;
    let (rest, stable) = match rest.split_once(['-', '_']) {
        Some((rest, stable)) => (rest, Some(stable)),
        None => (rest, None),
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (version, suffix) = rest.split_at(digits);
    let (major, minor) = version.split_at_checked(1)?;
    let abi = match (implementation, stable, suffix) {
        ("cp", Some("abi3"), "") => Abi::Stable,
        ("cp", Some("abi3t"), "") => Abi::StableThreads,
        ("cp", None, _) => Abi::Version(["", "m", "mu", "t"].into_iter().find(|s| *s == suffix)?),
        ("pp", None, "") => Abi::PyPy,
        _ => return None,
    };
    Some(Interpreter { major: major.parse().ok()?, minor: minor.parse().ok()?, abi })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interpreter(text: &str) -> Interpreter {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in ["cp27m", "cp27mu", "cp36m", "cp38", "cp310", "cp311-abi3", "cp313t", "pp311"] {
            assert_eq!(interpreter(name).to_string(), name);
        }
        assert_eq!(interpreter("cp311_abi3"), interpreter("cp311-abi3"));
    }

    #[test]
    fn nonsense_is_refused_with_a_hint() {
        for name in ["", "cp", "cp3", "38", "cp38x", "cp311t-abi3", "pp", "pp3t", "cp49", "cp3é"] {
            let error = name.parse::<Interpreter>().unwrap_err();
            assert!(error.to_string().contains("is no interpreter"), "{name}: {error}");
        }
    }

    #[test]
    fn tags_are_those_of_the_packaging_specification() {
        let tags = |name| {
            let it = interpreter(name);
            (it.python_tag(), it.abi_tag())
        };
        assert_eq!(tags("cp27mu"), ("cp27".into(), "cp27mu".into()));
        assert_eq!(tags("cp36m"), ("cp36".into(), "cp36m".into()));
        assert_eq!(tags("cp311-abi3"), ("cp311".into(), "abi3".into()));
        assert_eq!(tags("cp315-abi3t"), ("cp315".into(), "abi3.abi3t".into()));
        assert_eq!(tags("pp311"), ("pp311".into(), "pypy311_pp73".into()));
    }

    #[test]
    fn the_stable_abi_serves_its_version_and_later_but_not_free_threaded_ones() {
        let stable = interpreter("cp311-abi3");
        assert!(stable.serves(&interpreter("cp311")));
        assert!(stable.serves(&interpreter("cp314")));
        assert!(!stable.serves(&interpreter("cp310")));
        assert!(!stable.serves(&interpreter("cp313t")));
        assert!(!stable.serves(&interpreter("pp311")));
        let threads = interpreter("cp315-abi3t");
        assert!(threads.serves(&interpreter("cp316t")) && threads.serves(&interpreter("cp315")));
        assert!(!threads.serves(&interpreter("cp314t")));
        assert!(!stable.has_headers_of(&interpreter("pp311")));
        assert!(interpreter("pp311").has_headers_of(&interpreter("pp311")));
        assert!(interpreter("cp38").serves(&interpreter("cp38")));
        assert!(!interpreter("cp27m").serves(&interpreter("cp27mu")));
    }
}
