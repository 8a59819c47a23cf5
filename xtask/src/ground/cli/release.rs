//! The flags of what is done for a release.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::gate::promises::Promise;

#[derive(Args, Debug)]
pub struct CheckArguments {
    /// The folder of the release's files, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse")]
    pub wheelhouse: Utf8PathBuf,
    /// Only these checks, by the names in the table; nothing is noted for `publish` then
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave these out; nothing is noted for `publish` then
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Install the oldest CPython by pyenv where it is missing
    #[arg(long)]
    pub install_tools: bool,
}

#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gather {
    /// Where they are, also in folders below, with the file of records that each machine has
    #[arg(value_name = "DIR", required = true)]
    pub folders: Vec<Utf8PathBuf>,
    /// Where finished files are placed, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse")]
    pub output: Utf8PathBuf,
    /// The records alone
    #[arg(long)]
    pub tests_only: bool,
}

#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseArguments {
    /// Like `1.2.0`
    pub version: String,
    /// For the changelog, like `2026-02-28` [default: today]
    #[arg(long)]
    pub date: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseStep {
    /// Set the version, date the changelog, and commit both
    Commit(ReleaseArguments),
    /// Tag that commit
    Tag,
    /// Take that commit back, unless it was tagged
    Undo,
}

#[derive(Args, Debug)]
pub struct Publish {
    /// `pypi`, `testpypi`, or the address of an index that has /simple/ below it
    #[arg(long, value_name = "NAME|URL")]
    pub repository: String,
    /// The folder of the release's files, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse")]
    pub wheelhouse: Utf8PathBuf,
}

/// One promise alone.
#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verify {
    /// The name of the check
    #[arg(value_name = "CHECK")]
    pub promise: Promise,
    /// The folder of the release's files
    pub wheelhouse: Utf8PathBuf,
    /// The same source archive, built elsewhere
    #[arg(long, value_name = "FILE")]
    pub rebuilt: Option<Utf8PathBuf>,
    /// An interpreter that is not here, or has no headers here
    #[arg(long, value_name = "INTERPRETER")]
    pub without: Vec<String>,
    /// What can run here, like `cp38-manylinux_x86_64`
    #[arg(long, value_name = "IDENTIFIER")]
    pub runs: Vec<String>,
}
