//! Carrying a plan out: the only code that starts a program or changes a file.

mod cgroups;
mod command;
mod environment;
mod files;
mod fingerprint;
mod group;
mod journal;
mod progress;
mod reports;
mod scheduler;
mod standing;
pub mod steps;
#[cfg(test)]
mod tests;
mod usage;

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    plan::{Job, Plan},
    report::Counts,
};
pub use cgroups::{Cost, Watched, cost};
pub use command::scrubbed;
pub use environment::with_environment;
pub use files::log_path;
use group::Group;
use journal::Journal;
pub use progress::Verbosity;
pub use reports::write_report;
pub use standing::standing;
pub use usage::{Usage, measure};

/// Everything that is built, and what is known of earlier builds, is under this folder.
pub const STATE: &str = "target/xtask";

/// How a plan is carried out; nothing of it changes the results.
pub struct Options {
    pub root: Utf8PathBuf,
    pub workers: usize,
    pub verbosity: Verbosity,
    /// Note what each job's programs cost; with one worker.
    pub measured: bool,
}

/// What came of each job, in the order of the plan.
pub struct Outcome {
    pub jobs: Vec<JobOutcome>,
    pub wall: Duration,
    /// Processor time of all programs started; not known on every platform.
    pub cpu_s: Option<f64>,
}

#[derive(Clone, Debug)]
pub struct JobOutcome {
    pub end: End,
    pub counts: Option<Counts>,
    /// Of its programs, if it was measured.
    pub usage: Option<Usage>,
    /// Of a job that began.
    pub span: Option<Span>,
}

/// When a job began and ended, since its run began, and which worker had it, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub worker: usize,
    pub start: Duration,
    pub end: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// Nothing it depends on has changed since it was done.
    UpToDate,
    Failed {
        reason: String,
        log: Utf8PathBuf,
    },
    /// A job that it needs failed.
    NotRun,
}

impl End {
    pub fn is_good(&self) -> bool {
        matches!(self, End::Done | End::UpToDate)
    }
}

impl Outcome {
    pub fn is_good(&self) -> bool {
        self.jobs.iter().all(|job| job.end.is_good())
    }
}

/// Runs every job whose needs are met, as many at a time as there are workers. A failure stops
/// only what needs the failed job. One run at a time per checkout: a second one waits.
pub fn run(plan: &Plan, options: &Options) -> anyhow::Result<Outcome> {
    let lock = files::lock(&options.root)?;
    files::remove(&files::partials(&options.root))?;
    let group = Group::new(&lock)?;
    scheduler::run(plan, options, &group)
}

/// Has jobs done again that nothing has changed for.
pub fn forget(plan: &Plan, root: &Utf8Path, which: impl Fn(&Job) -> bool) -> anyhow::Result<()> {
    let journal = Journal::open(root)?;
    plan.jobs().iter().filter(|job| which(job)).try_for_each(|job| journal.forget(job))
}
