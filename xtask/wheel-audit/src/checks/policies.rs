//! Manylinux policies, read from `tables/policies.txt`: what every Linux of a policy has.

use std::collections::{HashMap, HashSet};

use super::tables::{POLICIES, rows};
use crate::tags::{Version, version_of};

/// What the systems of a policy have, on one architecture.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub libraries: HashSet<&'static str>,
    /// The newest version of each family of symbols, `GLIBC_2.17`, and versions without a number.
    symbols: Vec<&'static str>,
    /// Symbols that not every build of a library has, by library.
    without: HashMap<&'static str, HashSet<&'static str>>,
    glibc: Version,
}

impl Policy {
    /// The policy for a version of glibc; one between two of the table is like the older one. There
    /// is none for some architectures.
    pub fn of(glibc: Version, architecture: &str) -> Option<Policy> {
        let mut policy = Policy::default();
        let mut is_known = false;
        for line in rows(POLICIES) {
            if let Some(version) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                if version_of(version)? > glibc {
                    break;
                }
                policy.symbols.clear();
                is_known = false;
                continue;
            }
            let (word, rest) = line.split_once(' ')?;
            let (whose, names) = rest.split_once(':').unwrap_or(("", rest));
            let names = names.split_whitespace();
            match word {
                "has" => policy.libraries.extend(names),
                "not" => drop(policy.without.insert(whose, names.collect())),
                "and" => policy.without.entry(whose).or_default().extend(names),
                _ if whose.split(',').any(|one| one == architecture) => {
                    policy.symbols.extend(names);
                    is_known = true;
                }
                _ => {}
            }
        }
        policy.glibc = glibc;
        is_known.then_some(policy)
    }

    /// Whether every system of the policy has a version of symbols, such as `GLIBC_2.17`.
    pub fn has_version(&self, version: &str) -> bool {
        let Some((family, number)) = family_of(version) else {
            return self.symbols.contains(&version);
        };
        let is_within = |newest: &&str| {
            family_of(newest).is_some_and(|(of, newest)| of == family && number <= newest)
        };
        let by_name =
            family == "GLIBC" && number.as_slice() <= [self.glibc.0, self.glibc.1].as_slice();
        by_name || self.symbols.iter().any(is_within)
    }

    /// Whether some systems have the library but lack the symbol in it.
    pub fn lacks(&self, library: &str, symbol: &str) -> bool {
        self.without.get(library).is_some_and(|symbols| symbols.contains(symbol))
    }
}

/// The family and number of a version: `GLIBC_2.2.5` is `GLIBC` and 2.2.5. None without a number.
fn family_of(version: &str) -> Option<(&str, Vec<u32>)> {
    let (family, number) = version.split_once('_')?;
    let number: Option<Vec<u32>> = number.split('.').map(|part| part.parse().ok()).collect();
    Some((family, number?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_knows_the_versions_of_its_architecture() {
        let policy = Policy::of((2, 17), "x86_64").unwrap();
        let newer = Policy::of((2, 28), "x86_64").unwrap();
        for version in ["GLIBC_2.2.5", "GLIBC_2.17", "GLIBCXX_3.4.19", "CXXABI_TM_1", "GCC_4.8.0"] {
            assert!(policy.has_version(version) && newer.has_version(version), "{version}");
        }
        for version in ["GLIBC_2.18", "GLIBCXX_3.4.20", "CXXABI_FLOAT128", "GLIBC_PRIVATE", "X_1"] {
            assert!(!policy.has_version(version), "{version}");
        }
        assert!(newer.has_version("CXXABI_FLOAT128") && newer.has_version("GLIBCXX_3.4.24"));
        assert!(Policy::of((2, 17), "aarch64").unwrap().has_version("GLIBC_2.18"));
    }

    #[test]
    fn a_policy_between_two_is_like_the_older_one_but_for_glibc() {
        let policy = Policy::of((2, 30), "x86_64").unwrap();
        assert!(policy.has_version("GLIBC_2.30") && !policy.has_version("GLIBC_2.31"));
        assert!(policy.has_version("GLIBCXX_3.4.24") && !policy.has_version("GLIBCXX_3.4.28"));
    }

    #[test]
    fn libraries_and_what_they_lack_are_inherited() {
        let policy = Policy::of((2, 41), "x86_64").unwrap();
        for library in ["libc.so.6", "libexpat.so.1", "libmvec.so.1"] {
            assert!(policy.libraries.contains(library), "{library}");
        }
        assert!(!policy.libraries.contains("libssl.so.3"));
        assert!(policy.lacks("libz.so.1", "z_errmsg") && !policy.lacks("libz.so.1", "inflate"));
        assert!(!policy.lacks("libc.so.6", "__issignaling"));
        assert!(Policy::of((2, 17), "x86_64").unwrap().lacks("libc.so.6", "__issignaling"));
    }

    #[test]
    fn there_is_no_policy_for_what_no_system_is() {
        assert!(Policy::of((2, 4), "x86_64").is_none());
        assert!(Policy::of((2, 17), "riscv64").is_none());
        assert!(Policy::of((2, 31), "riscv64").is_some());
    }
}
