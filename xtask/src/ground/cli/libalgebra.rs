//! What can be done about libalgebra/.

use clap::Subcommand;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum Libalgebra {
    /// Say which it is; of a submodule, which commit is recorded, checked out, on its remote
    Status {
        /// Fail if it is not fit for a release: changed, not pinned, or pinned to a commit that
        /// its remote lacks
        #[arg(long)]
        release: bool,
    },
    /// Fetch what a submodule holds, if it is not here; builds do that by themselves
    Init,
    /// Replace the folder by a submodule; staged, for you to commit
    UseSubmodule {
        /// Where the repository of libalgebra is, for everybody
        url: String,
        /// A branch, tag or commit of it [default: the end of its default branch]
        #[arg(long, value_name = "REV")]
        rev: Option<String>,
    },
    /// Replace the submodule by a folder with the same files; staged, for you to commit
    UseFolder,
}
