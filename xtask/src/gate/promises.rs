//! What a release promises: the name of each promise, and what to do when it is broken.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::LazyLock};

use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::meant::did_you_mean;

/// The file in `target/xtask` that notes which files kept all promises.
pub const NOTED: &str = "gate.json";

/// Something that is true of every release, in the order of the table at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
    Versions,
    CleanTree,
    Submodule,
    ImagesPinned,
    SdistComplete,
    SdistReproducible,
    SdistInstalls,
    WheelsComplete,
    Audit,
    Hardened,
    Metadata,
    Contents,
    Private,
    Licences,
    Readme,
    TestsPassed,
}

/// A table of `promises.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AboutPromise {
    /// What is true of the release.
    pub what: String,
    /// What to do when it is not.
    pub remedy: String,
}

static PROMISES: LazyLock<BTreeMap<Promise, AboutPromise>> = LazyLock::new(|| {
    toml::from_str(include_str!("promises.toml")).expect("tests read all of the file")
});

impl Promise {
    pub fn all() -> impl Iterator<Item = Promise> {
        PROMISES.keys().copied()
    }

    pub fn about(self) -> &'static AboutPromise {
        &PROMISES[&self]
    }
}

/// Writes its name, for `--only` and `--skip`.
impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.serialize(f)
    }
}

impl FromStr for Promise {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Promise> {
        Promise::all().find(|promise| promise.to_string() == name).ok_or_else(|| {
            let names: Vec<String> = Promise::all().map(|promise| promise.to_string()).collect();
            let hint = format!("{}they are {}", did_you_mean(name, &names), names.join(", "));
            hinted(format!("`{name}` is no check"), hint)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_promise_is_told_of_and_found_by_its_name() {
        let all: Vec<Promise> = Promise::all().collect();
        assert_eq!(all.len(), Promise::TestsPassed as usize + 1, "one has no table");
        for promise in all {
            assert_eq!(promise.to_string().parse::<Promise>().unwrap(), promise);
        }
    }
}
