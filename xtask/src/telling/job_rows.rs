//! Every job of a run: how it ended, what its tests counted, when it ran.

use jobs::{End, JobOutcome};
use serde::Serialize;

use crate::ground::plan::{Counts, Job, Role};

#[derive(Serialize)]
pub struct JobRow {
    pub name: String,
    pub state: JobEnd,
    pub is_suite: bool,
    pub counts: Option<Counts>,
    /// Of a job that began.
    #[serde(flatten)]
    pub span: Option<Seconds>,
}

/// When it ran, since the run began; workers are counted from 1.
#[derive(Clone, Copy, Serialize)]
pub struct Seconds {
    pub worker: usize,
    pub start_s: f64,
    pub end_s: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobEnd {
    Done,
    UpToDate,
    Failed,
    NotRun,
}

impl JobRow {
    pub fn of(job: &Job, outcome: &JobOutcome) -> JobRow {
        JobRow {
            name: job.name.clone(),
            state: JobEnd::of(&outcome.end),
            is_suite: job.role == Role::Suite,
            counts: outcome.counts,
            span: outcome.span.map(|span| Seconds {
                worker: span.worker + 1,
                start_s: span.start.as_secs_f64(),
                end_s: span.end.as_secs_f64(),
            }),
        }
    }
}

impl JobEnd {
    pub const ALL: [JobEnd; 4] = [JobEnd::Done, JobEnd::UpToDate, JobEnd::Failed, JobEnd::NotRun];

    fn of(end: &End) -> JobEnd {
        match end {
            End::Done => JobEnd::Done,
            End::UpToDate => JobEnd::UpToDate,
            End::Failed { .. } => JobEnd::Failed,
            End::NotRun => JobEnd::NotRun,
        }
    }

    /// In a word; before it a sign for where there is no room for words, so that colour never
    /// carries the meaning alone.
    pub fn sign_and_label(self) -> (&'static str, &'static str) {
        match self {
            JobEnd::Done => ("✓", "done"),
            JobEnd::UpToDate => ("=", "up to date"),
            JobEnd::Failed => ("✗", "failed"),
            JobEnd::NotRun => ("–", "not run"),
        }
    }
}
