//! The table at the end of `wheels`: one row per identifier and what is known of its wheel.

use std::fmt;

use jobs::{End, Outcome};
use serde::{Deserialize, Serialize};

use crate::{
    ground::{
        grid::{Entry, Grid, Sign},
        plan::{Counts, JobId, Plan, Role},
    },
    planning::planned::Skipped,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WheelRow {
    pub identifier: String,
    #[serde(flatten)]
    pub status: WheelStatus,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum WheelStatus {
    /// In the wheelhouse, and its self-test passed in these releases of CPython.
    Tested { releases: Vec<String>, counts: Counts },
    /// In the wheelhouse, audited, but nothing here can run it.
    AuditedNotRun,
    /// Not in the wheelhouse.
    Failed { job: String, reason: String, log: String },
    /// The run ended before it was there.
    NotReached { reason: String },
    /// Not attempted.
    Skipped { reason: String },
}

impl WheelStatus {
    fn sign_and_note(&self) -> (Sign, String) {
        match self {
            WheelStatus::Tested { releases, .. } => {
                (Sign::of_passed(releases), format!("in {}", releases.join(", ")))
            }
            WheelStatus::AuditedNotRun => (Sign::Audited, String::new()),
            WheelStatus::Failed { job, reason, log } => {
                let reason = reason.lines().next().unwrap_or_default();
                (Sign::Failed, format!("{job}: {reason}, see {log}"))
            }
            WheelStatus::NotReached { reason } => (Sign::NotReached, reason.clone()),
            WheelStatus::Skipped { reason } => (Sign::Skipped, reason.clone()),
        }
    }
}

impl WheelRow {
    /// Its place in the table; none for what is no wheel: a suite of tests that cannot run here.
    pub fn entry(&self) -> Option<Entry> {
        let (sign, note) = self.status.sign_and_note();
        Some(Entry { identifier: self.identifier.parse().ok()?, sign, note })
    }

    pub fn is_failed(&self) -> bool {
        matches!(self.status, WheelStatus::Failed { .. })
    }
}

impl From<&Skipped> for WheelRow {
    fn from(skipped: &Skipped) -> WheelRow {
        let reason = skipped.reason.clone();
        WheelRow { identifier: skipped.name.clone(), status: WheelStatus::Skipped { reason } }
    }
}

/// One row for each identifier of the plan, in its order.
pub fn rows(plan: &Plan, outcome: &Outcome) -> Vec<WheelRow> {
    let finishing = plan.ids().filter_map(|id| match &plan.job(id).role {
        Role::Finishing { identifier } => Some((id, identifier)),
        _ => None,
    });
    let row = |(id, identifier): (JobId, &String)| WheelRow {
        identifier: identifier.clone(),
        status: status(plan, outcome, id),
    };
    finishing.map(row).collect()
}

/// What became of a wheel: of its last job, and of all that this needed.
fn status(plan: &Plan, outcome: &Outcome, finishing: JobId) -> WheelStatus {
    let mut releases = Vec::new();
    let mut total = Counts::default();
    for id in plan.with_needs(finishing) {
        let (job, result) = (plan.job(id), &outcome.jobs[id.index()]);
        if let End::Failed { reason, log, .. } = &result.end {
            let (job, reason, log) = (job.name.clone(), reason.clone(), log.to_string());
            return WheelStatus::Failed { job, reason, log };
        }
        if let Role::Testing { release, .. } = &job.role {
            releases.push(release.clone());
            total = [total, result.counts.unwrap_or_default()].into_iter().sum();
        }
    }
    let reason = match &outcome.jobs[finishing.index()].end {
        End::Interrupted => "the run was interrupted",
        End::NotRun => "nothing more began after a failure",
        End::Done | End::UpToDate | End::Failed { .. } => "",
    };
    if !reason.is_empty() {
        return WheelStatus::NotReached { reason: reason.to_owned() };
    }
    if releases.is_empty() {
        WheelStatus::AuditedNotRun
    } else {
        WheelStatus::Tested { releases, counts: total }
    }
}

impl fmt::Display for WheelStatus {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            WheelStatus::Tested { releases, counts } => {
                let passed = match Sign::of_passed(releases) {
                    Sign::Executed => "executed",
                    _ => "tested",
                };
                write!(f, "built and {passed} in {} ({counts})", releases.join(", "))
            }
            WheelStatus::AuditedNotRun => write!(f, "{}", Sign::Audited.mark_and_meaning().1),
            _ => {
                let (sign, note) = self.sign_and_note();
                write!(f, "{}: {note}", sign.mark_and_meaning().1)
            }
        }
    }
}

/// The wheels among the rows.
pub fn grid(rows: &[WheelRow]) -> Grid {
    Grid::new(rows.iter().filter_map(WheelRow::entry))
}

/// A line for each row.
pub fn as_lines(rows: &[WheelRow]) -> String {
    let width = rows.iter().map(|row| row.identifier.len()).max().unwrap_or(0);
    rows.iter().map(|row| format!("{:width$}  {}\n", row.identifier, row.status)).collect()
}

/// A sign for each wheel, and lines for what is none.
pub fn as_table(rows: &[WheelRow]) -> String {
    let others: Vec<WheelRow> = rows.iter().filter(|row| row.entry().is_none()).cloned().collect();
    format!("{}{}", grid(rows), as_lines(&others))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::plan::Job;
    use expect_test::{Expect, expect};
    use jobs::JobOutcome;
    use std::time::Duration;

    fn check(jobs: Vec<(Job, End, Option<Counts>)>, expected: Expect) {
        let mut plan = Plan::default();
        let mut outcomes = Vec::new();
        for (job, end, counts) in jobs {
            let before: Vec<JobId> = plan.ids().collect();
            plan.add(job.needs(before));
            outcomes.push(JobOutcome { end, counts, usage: None, span: None });
        }
        let outcome = Outcome { jobs: outcomes, wall: Duration::ZERO, workers: 1, cpu_s: None };
        expected.assert_eq(&as_lines(&rows(&plan, &outcome)));
    }

    fn testing(release: &str) -> Job {
        let role = Role::Testing { identifier: "cp38-x".into(), release: release.into() };
        Job::new(format!("test cp38-x in {release}")).role(role)
    }

    fn finishing() -> Job {
        Job::new("promote cp38-x").role(Role::Finishing { identifier: "cp38-x".into() })
    }

    fn failure(reason: &str) -> End {
        End::Failed { reason: reason.into(), hint: None, log: "target/xtask/logs/job.log".into() }
    }

    const FIVE: Option<Counts> = Some(Counts { passed: 5, failed: 0, skipped: 0 });

    #[test]
    fn a_tested_wheel_names_the_interpreters_and_counts() {
        check(
            vec![
                (testing("3.8.1"), End::Done, FIVE),
                (testing("3.9.1"), End::UpToDate, FIVE),
                (finishing(), End::Done, None),
            ],
            expect![[r#"
                cp38-x  built and tested in 3.8.1, 3.9.1 (10 passed, 0 failed, 0 skipped)
            "#]],
        );
    }

    #[test]
    fn a_wheel_that_nothing_ran_is_never_called_tested() {
        check(
            vec![(finishing(), End::Done, None)],
            expect![[r#"
                cp38-x  audited, not run
            "#]],
        );
    }

    #[test]
    fn a_failed_test_names_the_job_and_its_log() {
        check(
            vec![
                (testing("3.8.1"), failure("`python` ended with exit status: 1"), None),
                (finishing(), End::NotRun, None),
            ],
            expect![[r#"
                cp38-x  failed: test cp38-x in 3.8.1: `python` ended with exit status: 1, see target/xtask/logs/job.log
            "#]],
        );
    }

    #[test]
    fn what_a_run_did_not_come_to_has_not_failed() {
        check(
            vec![(testing("3.8.1"), End::Interrupted, None), (finishing(), End::Interrupted, None)],
            expect![[r#"
                cp38-x  not reached: the run was interrupted
            "#]],
        );
        check(
            vec![(testing("3.8.1"), End::Done, FIVE), (finishing(), End::NotRun, None)],
            expect![[r#"
                cp38-x  not reached: nothing more began after a failure
            "#]],
        );
    }

    #[test]
    fn a_failure_that_all_wheels_share_is_named_in_each() {
        check(
            vec![
                (Job::new("sdist"), failure("`python` ended with exit status: 1"), None),
                (finishing(), End::NotRun, None),
            ],
            expect![[r#"
                cp38-x  failed: sdist: `python` ended with exit status: 1, see target/xtask/logs/job.log
            "#]],
        );
    }
}
