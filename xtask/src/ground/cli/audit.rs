//! The flags of `audit`.

use camino::Utf8PathBuf;
use clap::Args;
use serde::Serialize;

#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Wheels for whatever platform; those of esig must also keep what it alone promises
    #[arg(value_name = "WHEEL", required = true)]
    pub wheels: Vec<Utf8PathBuf>,
    /// Fail for warnings too: what works, and could be better
    #[arg(long)]
    pub strict: bool,
    /// A wheel of the release before, for the size
    #[arg(long, value_name = "WHEEL")]
    pub previous: Option<Utf8PathBuf>,
}
