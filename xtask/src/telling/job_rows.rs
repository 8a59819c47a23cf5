//! Every job of a run: how it ended, what its tests counted, when it ran.

use jobs::{End, JobOutcome};
use serde::{Deserialize, Serialize};

use crate::ground::plan::{Counts, Job, Plan, Role};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobRow {
    pub name: String,
    /// Where it ran, if the report is of several machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// The names of those that it needs; they stand before it.
    pub needs: Vec<String>,
    pub state: JobEnd,
    pub is_suite: bool,
    pub counts: Option<Counts>,
    /// Processor time, if it was measured.
    pub cpu_s: Option<f64>,
    /// None for a job that never began.
    #[serde(flatten)]
    pub span: Option<Seconds>,
}

/// When it ran, since the run began; workers are counted from 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Seconds {
    pub worker: usize,
    pub start_s: f64,
    pub end_s: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobEnd {
    Done,
    UpToDate,
    Failed,
    NotRun,
    Interrupted,
}

impl JobRow {
    pub fn of(plan: &Plan, job: &Job, outcome: &JobOutcome) -> JobRow {
        JobRow {
            name: job.name.clone(),
            machine: None,
            needs: job.needs.iter().map(|need| plan.job(*need).name.clone()).collect(),
            state: JobEnd::of(&outcome.end),
            is_suite: job.role == Role::Suite,
            counts: outcome.counts,
            cpu_s: outcome.usage.map(|usage| usage.cpu_s),
            span: outcome.span.map(|span| Seconds {
                worker: span.worker + 1,
                start_s: span.start.as_secs_f64(),
                end_s: span.end.as_secs_f64(),
            }),
        }
    }

    /// Its name, with its machine where there are several.
    pub fn title(&self) -> String {
        let machine = self.machine.iter().map(|machine| format!(" on {machine}"));
        self.name.clone() + &machine.collect::<String>()
    }

    #[cfg(test)]
    pub fn named(name: &str) -> JobRow {
        let (plan, outcome) =
            (Plan::default(), JobOutcome { end: End::Done, counts: None, usage: None, span: None });
        JobRow::of(&plan, &Job::new(name), &outcome)
    }
}

impl JobEnd {
    pub const ALL: [JobEnd; 5] =
        [JobEnd::Done, JobEnd::UpToDate, JobEnd::Failed, JobEnd::NotRun, JobEnd::Interrupted];

    fn of(end: &End) -> JobEnd {
        match end {
            End::Done => JobEnd::Done,
            End::UpToDate => JobEnd::UpToDate,
            End::Failed { .. } => JobEnd::Failed,
            End::NotRun => JobEnd::NotRun,
            End::Interrupted => JobEnd::Interrupted,
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
            JobEnd::Interrupted => ("…", "interrupted"),
        }
    }
}
