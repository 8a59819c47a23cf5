//! The flags that all commands share.

use camino::Utf8PathBuf;
use clap::Args;

use super::folder;

#[derive(Args, Debug)]
pub struct Global {
    /// Print what would be done, as lines that can be pasted into a shell, and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// How many jobs may run at a time [default: one for each processor]
    #[arg(long, short, global = true, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Fetch nothing: fail at once if something is needed that is not here; `fetch` gets it
    #[arg(long, global = true)]
    pub offline: bool,
    /// Begin nothing more once a job has failed
    #[arg(long, global = true)]
    pub fail_fast: bool,
    /// Say only what failed, and the result
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show the output of the programs too, not only when they fail
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// Fail where another run is at work in this checkout, instead of waiting for its end
    #[arg(long, global = true)]
    pub no_wait: bool,
    /// Give the answer as JSON, on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Give a line for each wheel, with what it is tested in, instead of a table of signs
    #[arg(long, global = true)]
    pub long: bool,
    /// Write the report to this folder too: HTML with a timeline, JSON, Markdown that GitHub shows
    #[arg(long, global = true, value_name = "DIR", value_parser = folder)]
    pub report: Option<Utf8PathBuf>,
    /// Plan for the machine whose facts are in this file, as written by `facts`; with --dry-run
    #[arg(long, global = true, hide = true, value_name = "FILE", requires = "dry_run")]
    pub host: Option<Utf8PathBuf>,
}
