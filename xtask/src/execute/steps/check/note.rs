//! What passed all checks, for `publish` to compare with: these files, to the byte.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Release;
use crate::execute::{STATE, files, steps::libalgebra::Git};

/// Where it is noted, under `target/xtask`.
const FILE: &str = "gate.json";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub version: String,
    pub commit: String,
    /// By name, the SHA-256 of each file.
    pub files: BTreeMap<String, String>,
}

pub fn note(root: &Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<()> {
    let passed = Passed::of(root, wheelhouse)?;
    let text = serde_json::to_string_pretty(&passed)?;
    files::write_whole(root, &root.join(STATE).join(FILE), text.as_bytes())
}

impl Passed {
    /// As the files are now.
    pub fn of(root: &Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<Passed> {
        let release = Release::open(root, wheelhouse)?;
        let mut files = BTreeMap::new();
        for file in &release.files {
            files.insert(file.clone(), digest(&release.bytes(file)?));
        }
        let commit = Git::of_checkout(root)?.read(&["rev-parse", "HEAD"])?;
        Ok(Passed { version: release.version()?, commit, files })
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
