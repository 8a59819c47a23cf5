//! Plans of jobs as plain data, and what carries them out.
//!
//! A [`Plan`] is a graph of [`Job`]s. It prints as a section for each job with a line for each
//! step, lines that can be pasted into a shell, and [`run`] carries it out: as many jobs at a time
//! as there are workers, each one only if its inputs, its steps or its outputs have changed since
//! it was done (the [`Journal`] knows). A job that fails leaves no output; only what needs it is
//! not run. Whatever a run has started ends with it, even if it is killed.
//!
//! The crate knows nothing of what is built. Whoever uses it says in a [`Vocabulary`] which steps
//! the program itself can take and what jobs mean, and hands in an [`Actor`] that takes them.

#![warn(missing_docs)]
#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "it starts programs, keeps files and measures time"
)]

mod caches;
mod carry_out;
mod command;
mod counts;
pub mod digest;
mod durations;
mod files;
mod fingerprint;
mod group;
mod hint;
mod interrupt;
mod journal;
mod launch;
mod log;
mod plain;
mod plan;
mod program;
mod progress;
mod scheduler;
mod standing;
mod tell;
#[cfg(test)]
mod tests;
mod usage;
mod vocabulary;
mod workplace;

use std::{fs::File, sync::Arc, time::Duration};

use camino::Utf8PathBuf;

pub use command::{Command, Launcher, Secret, line, without_login};
pub use counts::Counts;
pub use files::{create_parent, open_lock, read, read_small, remove};
pub use fingerprint::{entries_below, files_below};
use group::Group;
pub use group::{adopt_orphans, end_programs};
pub use hint::{Hinted, NO_RIGHT, NO_SPACE, READ_ONLY, hint_of, hinted, shown, with_hint};
pub use interrupt::exit_code;
pub use journal::{Journal, Record};
pub use plain::plain;
pub use plan::{Job, JobId, Material, Plan, Step, slug};
pub use program::{Limits, ask};
pub use progress::Verbosity;
pub use standing::{Standing, standing};
pub use tell::{finish_telling, tell};
pub use usage::{Usage, measure};
pub use vocabulary::{Actor, Environment, OwnStep, Role, Vocabulary};
pub use workplace::Workplace;

/// How a plan is carried out; nothing of it changes the results.
pub struct Options {
    /// How many jobs may run at a time.
    pub workers: usize,
    /// What is told meanwhile.
    pub verbosity: Verbosity,
    /// The words of the step of this program that is [`measure`]: then it is noted what each job
    /// cost.
    pub measure: Option<Vec<String>>,
    /// Whether nothing more begins once a job has failed.
    pub fail_fast: bool,
    /// How often it is told what runs, where lines are all that is told.
    pub heartbeat: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            workers: 1,
            verbosity: Verbosity::Quiet,
            measure: None,
            fail_fast: false,
            heartbeat: Duration::from_secs(60),
        }
    }
}

/// What came of a plan.
pub struct Outcome {
    /// What came of each job, in the order of the plan.
    pub jobs: Vec<JobOutcome>,
    /// From its beginning to its end.
    pub wall: Duration,
    /// How many jobs could run at a time.
    pub workers: usize,
    /// Processor time of all programs started; not known on every platform.
    pub cpu_s: Option<f64>,
}

/// What came of a job.
#[derive(Clone, Debug)]
pub struct JobOutcome {
    /// How it ended.
    pub end: End,
    /// How many of its tests passed, if it is one that has tests.
    pub counts: Option<Counts>,
    /// What it cost, if it was measured.
    pub usage: Option<Usage>,
    /// Of a job that began.
    pub span: Option<Span>,
}

/// When a job ran, and in which worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From 0.
    pub worker: usize,
    /// When it began, since the run began.
    pub start: Duration,
    /// When it ended, since the run began.
    pub end: Duration,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Its steps were taken.
    Done,
    /// Nothing it depends on has changed since it was done.
    UpToDate,
    /// A step of it failed.
    Failed {
        /// What happened.
        reason: String,
        /// What to do about it, where that is known.
        hint: Option<String>,
        /// From the root.
        log: Utf8PathBuf,
    },
    /// A job that it needs failed, or any where nothing more begins then.
    NotRun,
    /// The user wanted the end before it was done.
    Interrupted,
}

impl End {
    /// Whether what the job makes is there.
    pub fn is_good(&self) -> bool {
        matches!(self, End::Done | End::UpToDate)
    }
}

impl Outcome {
    /// Whether all jobs ended well.
    pub fn is_good(&self) -> bool {
        self.jobs.iter().all(|job| job.end.is_good())
    }
}

/// Runs every job whose needs are met, as many at a time as there are workers. A failure stops
/// only what needs the failed job, unless the options say otherwise. One run at a time per
/// workplace: whoever has its lock, from [`Workplace::lock`].
pub fn run<V: Vocabulary>(
    plan: &Plan<V>,
    workplace: &Workplace,
    options: &Options,
    actor: &dyn Actor<V>,
    lock: &File,
) -> anyhow::Result<Outcome> {
    interrupt::heed();
    sweep(workplace)?;
    caches::sweep(workplace, actor.caches())?;
    create_parent(&workplace.temporary().join("any"))?;
    let group = Arc::new(Group::new(lock)?);
    let outcome = scheduler::run(plan, workplace, options, actor, Arc::clone(&group));
    // Its programs end before what they write to is looked at, or removed.
    drop(group);
    let is_done = |outcome: &Outcome| outcome.jobs.iter().any(|job| job.end != End::UpToDate);
    if outcome.as_ref().is_ok_and(is_done) {
        caches::note(workplace, actor.caches());
    }
    sweep(workplace)?;
    outcome
}

/// What a run leaves, and what one that was killed has left, is of no use.
fn sweep(workplace: &Workplace) -> anyhow::Result<()> {
    remove(&workplace.partials())?;
    remove(&workplace.temporary())
}
