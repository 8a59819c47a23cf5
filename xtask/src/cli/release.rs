//! The flags of what is done for a release.

use camino::Utf8PathBuf;
use clap::Args;

#[derive(Args, Debug)]
pub struct Check {
    /// The folder of the release's files, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse")]
    pub wheelhouse: Utf8PathBuf,
    /// Only these checks, by the names in the table; nothing is noted for `publish` then
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave these out; nothing is noted for `publish` then
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub skip: Vec<String>,
}

/// One promise alone.
#[derive(Args, Debug)]
pub struct Verify {
    /// The name of the check
    pub check: String,
    /// The folder of the release's files
    pub wheelhouse: Utf8PathBuf,
    /// The same source archive, built elsewhere
    #[arg(long, value_name = "FILE")]
    pub rebuilt: Option<Utf8PathBuf>,
    /// An interpreter that there are no headers of here
    #[arg(long, value_name = "INTERPRETER")]
    pub without: Vec<String>,
    /// What can run here, like `cp38-manylinux_x86_64`
    #[arg(long, value_name = "IDENTIFIER")]
    pub runs: Vec<String>,
}
