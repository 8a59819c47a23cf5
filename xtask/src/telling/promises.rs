//! The table at the end of `check`: each promise, kept or broken, why, and what to do.

use jobs::{End, Outcome};
use serde::{Deserialize, Serialize};

use crate::{
    gate::promises::Promise,
    ground::plan::{Job, Plan, Role},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseRow {
    pub check: String,
    pub promise: String,
    /// The interpreters that it was looked at in, where there are several.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    #[serde(flatten)]
    pub status: PromiseStatus,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum PromiseStatus {
    Kept,
    Broken {
        reason: String,
        remedy: String,
        log: String,
    },
    /// A job that it needs failed, and is named as failed.
    NotReached,
    /// It was left out by `--only` or `--skip`.
    NotChecked,
}

impl PromiseRow {
    fn word(&self) -> &'static str {
        match self.status {
            PromiseStatus::Kept => "kept",
            PromiseStatus::Broken { .. } => "BROKEN",
            PromiseStatus::NotReached => "NOT REACHED",
            PromiseStatus::NotChecked => "not checked",
        }
    }

    /// Says it in a line, with the first of the reasons.
    pub fn brief(&self) -> String {
        let word = self.word();
        match &self.status {
            PromiseStatus::Broken { reason, remedy, .. } => {
                let first = reason.lines().next().unwrap_or_default();
                let more = reason.lines().count().saturating_sub(1);
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                format!("{word}: {first}{more}; to do: {remedy}")
            }
            _ => word.to_owned(),
        }
    }
}

/// One row for each promise; none for a plan that is not about them.
pub fn rows(plan: &Plan, outcome: &Outcome) -> Vec<PromiseRow> {
    let is_about = |job: &Job| matches!(job.role, Role::Promise(_));
    if !plan.jobs().iter().any(is_about) {
        return Vec::new();
    }
    let row = |promise: Promise| PromiseRow {
        check: promise.to_string(),
        promise: promise.about().what.clone(),
        places: places(promise, plan),
        status: status(promise, plan, outcome),
    };
    Promise::all().map(row).collect()
}

/// The end of the names of its jobs, such as `check sdist-installs in 2.7.18`.
fn places(promise: Promise, plan: &Plan) -> Vec<String> {
    let start = format!("check {promise} in ");
    let place = |job: &Job| job.name.strip_prefix(&start).map(str::to_owned);
    plan.jobs().iter().filter_map(place).collect()
}

/// The worst of its jobs.
fn status(promise: Promise, plan: &Plan, outcome: &Outcome) -> PromiseStatus {
    let is_own = |job: &Job| job.role == Role::Promise(promise);
    let jobs = plan.jobs().iter().zip(&outcome.jobs).filter(|(job, _)| is_own(job));
    let ends: Vec<&End> = jobs.map(|(_, result)| &result.end).collect();
    let failed = ends.iter().filter_map(|end| match end {
        End::Failed { reason, log, .. } => Some((reason.as_str(), log.to_string())),
        _ => None,
    });
    let (reasons, logs): (Vec<&str>, Vec<String>) = failed.unzip();
    match logs.into_iter().next() {
        Some(log) => {
            let (reason, remedy) = (reasons.join("\n"), promise.about().remedy.clone());
            PromiseStatus::Broken { reason, remedy, log }
        }
        None if ends.is_empty() => PromiseStatus::NotChecked,
        None if ends.iter().any(|end| !end.is_good()) => PromiseStatus::NotReached,
        None => PromiseStatus::Kept,
    }
}

/// How many lines of a reason are shown; the log has all of them.
const LINES_MAX: usize = 6;

pub fn as_table(rows: &[PromiseRow]) -> String {
    let width = rows.iter().map(|row| row.check.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for row in rows {
        let PromiseRow { check, promise, places, status } = row;
        let word = row.word();
        let mut line = format!("{check:width$}  {word:11}  {promise}");
        if !places.is_empty() {
            line += &format!(" ({})", places.join(", "));
        }
        lines.push(line);
        if let PromiseStatus::Broken { reason, remedy, log } = status {
            lines.extend(reason.lines().take(LINES_MAX).map(|reason| format!("    {reason}")));
            let more = reason.lines().count().saturating_sub(LINES_MAX);
            if more > 0 {
                lines.push(format!("    and {more} lines more, see {log}"));
            }
            lines.push(format!("    to do: {remedy}"));
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use jobs::JobOutcome;
    use std::time::Duration;

    #[test]
    fn every_promise_has_its_row_and_a_broken_one_its_reason_and_remedy() {
        let mut plan = Plan::default();
        let mut jobs = Vec::new();
        let failed =
            |reason: &str| End::Failed { reason: reason.into(), hint: None, log: "a.log".into() };
        for (name, end) in [
            ("versions", End::Done),
            ("clean-tree", failed("1 files are not as they are committed: M a")),
            ("sdist-installs", End::UpToDate),
            ("sdist-installs", failed("`python -m pip` ended with exit status: 1")),
            ("audit", failed(&"a finding\n".repeat(8))),
            ("readme", End::NotRun),
        ] {
            let job_name = format!("check {name} in 3.{}", plan.jobs().len());
            plan.add(Job::new(job_name).role(Role::Promise(name.parse().unwrap())));
            jobs.push(JobOutcome { end, counts: None, usage: None, span: None });
        }
        let outcome = Outcome { jobs, wall: Duration::ZERO, workers: 1, cpu_s: None };
        expect![[r#"
            versions            kept         package, changelog, tag, libalgebra and archives have the same versions (3.0)
            clean-tree          BROKEN       what is in the working tree is what is committed (3.1)
                1 files are not as they are committed: M a
                to do: commit it, or `git stash`; then build again
            submodule           not checked  libalgebra/ is what everybody can fetch
            images-pinned       not checked  the images that wheels are built in are pinned
            sdist-complete      not checked  the source archive holds what git tracks
            sdist-reproducible  not checked  anybody who builds the source archive gets the same bytes
            sdist-installs      BROKEN       plain pip installs the source archive in the oldest and the newest CPython (3.2, 3.3)
                `python -m pip` ended with exit status: 1
                to do: the log has what pip and the compiler said; `--install-tools` installs a CPython that is missing
            wheels-complete     not checked  there is every wheel of the configuration, and no other file
            audit               BROKEN       each wheel's tags are true to its contents (3.4)
                a finding
                a finding
                a finding
                a finding
                a finding
                a finding
                and 2 lines more, see a.log
                to do: build it again; `cargo xtask audit WHEEL` judges one alone
            hardened            not checked  each library is hardened against attacks
            metadata            not checked  METADATA is valid and that of the source archive
            contents            not checked  the files of each wheel are those of the source archive
            private             not checked  nothing absolute, private or secret is inside
            licences            not checked  each wheel has its licences and its bill of materials
            readme              NOT REACHED  README renders, and its examples and commands work (3.5)
            tests-passed        not checked  every wheel passed its tests, or is listed as audited only
        "#]].assert_eq(&as_table(&rows(&plan, &outcome)));
    }

    #[test]
    fn a_plan_of_something_else_has_no_such_table() {
        let outcome = Outcome { jobs: Vec::new(), wall: Duration::ZERO, workers: 1, cpu_s: None };
        assert!(rows(&Plan::default(), &outcome).is_empty());
    }
}
