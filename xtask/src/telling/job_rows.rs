//! Every job of a run: how it ended, what its tests counted, when it ran.

use jobs::{End, JobOutcome};
use serde::Serialize;

use crate::ground::plan::{Counts, Job, Role};

#[derive(Serialize)]
pub struct JobRow {
    pub name: String,
    pub state: State,
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
pub enum State {
    Done,
    UpToDate,
    Failed,
    NotRun,
}

impl JobRow {
    pub fn of(job: &Job, outcome: &JobOutcome) -> JobRow {
        JobRow {
            name: job.name.clone(),
            state: State::of(&outcome.end),
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

impl State {
    pub const ALL: [State; 4] = [State::Done, State::UpToDate, State::Failed, State::NotRun];

    fn of(end: &End) -> State {
        match end {
            End::Done => State::Done,
            End::UpToDate => State::UpToDate,
            End::Failed { .. } => State::Failed,
            End::NotRun => State::NotRun,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            State::Done => "done",
            State::UpToDate => "up to date",
            State::Failed => "failed",
            State::NotRun => "not run",
        }
    }

    /// For where there is no room for a word, so that colour never carries the meaning alone.
    pub fn sign(self) -> &'static str {
        match self {
            State::Done => "✓",
            State::UpToDate => "=",
            State::Failed => "✗",
            State::NotRun => "–",
        }
    }
}
