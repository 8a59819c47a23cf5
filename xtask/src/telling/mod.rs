//! What a run came to, told to people and to programs.

mod costs;
mod evidence;
#[expect(clippy::disallowed_methods, reason = "it reads and writes the files of reports")]
mod files;
mod html;
mod job_rows;
#[expect(clippy::disallowed_methods, reason = "it writes the pages of the manual")]
pub mod manual;
mod markdown;
mod merge;
mod promises;
mod tables;
mod timeline;
mod wheels;

use job_rows::{JobEnd, JobRow};
use jobs::{End, Outcome, Role as _};
use serde::{Deserialize, Serialize};
use wheels::WheelRow;

use crate::{
    acting,
    ground::{cli::PROGRAM, plan::Counts},
    planning::planned::Planned,
};
pub use files::{read_reports, write_evidence, write_report};
pub use merge::merged;

/// The number grows when something that was there is gone, or means something else.
const SCHEMA: u32 = 1;

/// The end of a run: a row per wheel, what failed besides, and how many tests passed.
/// xtask/report.schema.json describes it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Which form it has: programs may rely on what a number meant once.
    schema: u32,
    /// Of esig.
    version: String,
    /// Those of a release, if the run was about one.
    promises: Vec<promises::PromiseRow>,
    wheels: Vec<WheelRow>,
    failed: Vec<String>,
    /// The command that builds the wheels that failed, and no others.
    again: Option<String>,
    /// The tests of all suites and self-tests; none when the run had no tests.
    tests: Option<Counts>,
    wall_s: f64,
    cpu_s: Option<f64>,
    /// How many jobs could run at a time.
    workers: usize,
    jobs: Vec<JobRow>,
}

pub fn of_run(version: &str, planned: &Planned, outcome: &Outcome) -> Report {
    let mut wheels = wheels::rows(&planned.plan, outcome);
    wheels.extend(planned.skipped.iter().map(WheelRow::from));
    let jobs = || planned.plan.jobs().iter().zip(&outcome.jobs);
    let failed = jobs().filter_map(|(job, result)| match &result.end {
        End::Failed { log, .. } => Some(format!("{}: see {log}", job.name)),
        _ => None,
    });
    Report {
        schema: SCHEMA,
        version: version.to_owned(),
        promises: promises::rows(&planned.plan, outcome),
        again: again(&wheels, &planned.options),
        wheels,
        failed: failed.chain(planned.missing.iter().cloned()).collect(),
        tests: tests(planned, outcome),
        wall_s: outcome.wall.as_secs_f64(),
        cpu_s: outcome.cpu_s,
        workers: outcome.workers,
        jobs: jobs().map(|(job, result)| JobRow::of(&planned.plan, job, result)).collect(),
    }
}

fn again(wheels: &[WheelRow], options: &[String]) -> Option<String> {
    let failed = wheels.iter().filter(|row| row.is_failed()).map(|row| row.identifier.clone());
    let failed: Vec<String> = failed.collect();
    let words = [vec!["wheels".to_owned()], failed.clone(), options.to_vec()].concat();
    (!failed.is_empty()).then(|| jobs::line(PROGRAM, &words))
}

/// A suite that failed before it could count is one failure, one that cannot run here one skip.
fn tests(planned: &Planned, outcome: &Outcome) -> Option<Counts> {
    let jobs = planned.plan.jobs().iter().zip(&outcome.jobs);
    let of_suites = jobs.filter(|(job, _)| job.role.has_counts());
    let one_skip = Counts { skipped: 1, ..Counts::default() };
    let mut counts: Vec<Counts> = of_suites
        .map(|(_, result)| match (&result.end, result.counts) {
            (_, Some(counts)) => counts,
            (End::NotRun | End::Interrupted, None) => one_skip,
            (_, None) => Counts { failed: 1, ..Counts::default() },
        })
        .collect();
    let skipped = planned.skipped.iter().map(WheelRow::from);
    let cannot_run = skipped.filter(|row| row.entry().is_none());
    counts.extend(cannot_run.map(|_| one_skip));
    (!counts.is_empty()).then(|| counts.into_iter().sum())
}

impl Report {
    /// With a line for each wheel, or a table of them with a sign for each.
    pub fn as_text(&self, long: bool) -> String {
        let mut text = promises::as_table(&self.promises);
        let wheels = if long { wheels::as_lines } else { wheels::as_table };
        text.push_str(&wheels(&self.wheels));
        for failed in &self.failed {
            text.push_str(&format!("failed: {failed}\n"));
        }
        for (job, skipped) in self.suites_with_skips() {
            text.push_str(&format!("skipped: {skipped} of {job}: see {}\n", acting::log_path(job)));
        }
        if let Some(again) = &self.again {
            text.push_str(&format!("again, what failed alone: {again}\n"));
        }
        text.push_str(&self.time());
        text.push('\n');
        if let Some(counts) = self.tests {
            text.push_str(&format!("{counts}\n"));
        }
        text
    }

    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report is plain data")
    }

    fn time(&self) -> String {
        let cpu = self.cpu_s.map(|cpu| format!(", {cpu:.1} s of processor time"));
        format!("{:.1} s{}", self.wall_s, cpu.unwrap_or_default())
    }

    /// Says in a word whether all is well.
    fn verdict(&self) -> &'static str {
        let is_interrupted = |job: &JobRow| job.state == JobEnd::Interrupted;
        match self.failed.is_empty() {
            false => "failed",
            true if self.jobs.iter().any(is_interrupted) => "interrupted",
            true => "done",
        }
    }

    /// Says in a line how many wheels, tests and seconds there were.
    fn summary(&self) -> String {
        let wheels = Some(wheels::grid(&self.wheels).legend()).filter(|legend| !legend.is_empty());
        let wheels = wheels.map(|legend| format!("wheels: {legend}"));
        let tests = self.tests.map(|counts| format!("tests: {counts}"));
        let parts: Vec<String> = wheels.into_iter().chain(tests).chain([self.time()]).collect();
        parts.join("; ")
    }

    /// Names the suites whose logs say what was skipped, and why.
    fn suites_with_skips(&self) -> impl Iterator<Item = (&str, u64)> {
        let skipped = |job: &JobRow| job.counts.map_or(0, |counts| counts.skipped);
        let suites = self.jobs.iter().filter(move |job| job.is_suite && skipped(job) > 0);
        suites.map(move |job| (job.name.as_str(), skipped(job)))
    }

    /// Each suite of tests and what came of it; then those that cannot run here.
    fn suites(&self) -> Vec<(String, String)> {
        let result = |job: &JobRow| match job.counts {
            Some(counts) => counts.to_string(),
            None => job.state.sign_and_label().1.to_owned(),
        };
        let ran = self.jobs.iter().filter(|job| job.is_suite);
        let ran = ran.map(|job| (job.name.clone(), result(job)));
        let others = self.wheels.iter().filter(|row| row.entry().is_none());
        let others = others.map(|row| (row.identifier.clone(), row.status.to_string()));
        ran.chain(others).collect()
    }
}

#[cfg(test)]
mod tests {
    mod schema;

    use std::time::Duration;

    use jobs::{JobOutcome, Span};

    use super::*;
    use crate::{
        gate::promises::Promise,
        ground::plan::{Job, Plan, Role},
        planning::planned::Skipped,
    };

    const THREE: Option<Counts> = Some(Counts { passed: 3, failed: 0, skipped: 1 });

    fn report(jobs: Vec<(Job, End, Option<Counts>)>, skipped: Vec<Skipped>) -> Report {
        let mut plan = Plan::default();
        let mut outcomes = Vec::new();
        for (at, (job, end, counts)) in jobs.into_iter().enumerate() {
            let start = Duration::from_secs(2 * at as u64);
            let span = Span { worker: at % 2, start, end: start + Duration::from_secs(2) };
            let span = (end != End::NotRun).then_some(span);
            plan.add(job);
            outcomes.push(JobOutcome { end, counts, usage: None, span });
        }
        let outcome = Outcome {
            jobs: outcomes,
            wall: Duration::from_secs(20),
            workers: 2,
            cpu_s: Some(12.5),
        };
        let planned = Planned { plan, skipped, ..Planned::default() };
        of_run("1.2.3", &planned, &outcome)
    }

    pub fn report_of_a_suite() -> Report {
        report(vec![(Job::new("test rust").role(Role::Suite), End::Done, THREE)], Vec::new())
    }

    pub fn report_of_a_gate() -> Report {
        let check =
            |promise: Promise| Job::new(format!("check {promise}")).role(Role::Promise(promise));
        let failed =
            End::Failed { reason: "`a` ended badly\nin b".into(), hint: None, log: "a.log".into() };
        let jobs = vec![
            (check(Promise::CleanTree), End::Done, None),
            (check(Promise::Readme), failed, None),
        ];
        report(jobs, Vec::new())
    }

    #[test]
    fn what_a_suite_skipped_is_in_its_log_and_a_suite_that_cannot_run_is_a_skip() {
        let counts = Some(Counts { passed: 3, failed: 0, skipped: 2 });
        let suite = Job::new("test python").role(Role::Suite);
        let cannot_run = Skipped::new("docker", "`docker` is not on PATH; install it");
        let text = report(vec![(suite, End::Done, counts)], vec![cannot_run]).as_text(false);
        let expected = expect_test::expect![[r#"
            docker  skipped: `docker` is not on PATH; install it
            skipped: 2 of test python: see target/xtask/logs/test-python.log
            20.0 s, 12.5 s of processor time
            3 passed, 0 failed, 3 skipped
        "#]];
        expected.assert_eq(&text);
    }

    /// Wheels and jobs in every state, a suite, and one that cannot run.
    pub fn report_of_everything() -> Report {
        let testing = |identifier: &str, release: &str| {
            let role = Role::Testing { identifier: identifier.into(), release: release.into() };
            Job::new(format!("test {identifier}")).role(role)
        };
        let finishing = |identifier: &str| {
            let role = Role::Finishing { identifier: identifier.into() };
            Job::new(format!("promote {identifier}")).role(role)
        };
        let mut ids = Plan::default();
        let ids: Vec<_> = (0..9).map(|_| ids.add(Job::new(""))).collect();
        let failed = End::Failed {
            reason: "`wine` ended <badly>\nand said more".into(),
            hint: None,
            log: "target/xtask/logs/test-cp38-win32.log".into(),
        };
        let linux = "cp38-manylinux_x86_64";
        let jobs = vec![
            (Job::new("sdist"), End::Done, None),
            (testing(linux, "3.8.1"), End::UpToDate, THREE),
            (testing(linux, "3.9.1"), End::Done, THREE),
            (finishing(linux).needs([ids[1], ids[2]]), End::Done, None),
            (testing("cp38-win32", "3.8 (wine 8, patched C runtime)"), failed, None),
            (finishing("cp38-win32").needs([ids[4]]), End::NotRun, None),
            (finishing("cp311_abi3-win32"), End::Done, None),
            (Job::new("test rust").role(Role::Suite), End::Done, THREE),
        ];
        let skipped = vec![
            Skipped::new("cp35m-manylinux_x86_64", "no CPython 3.5 was found"),
            Skipped::new("docker", "`debootstrap` is not on PATH"),
        ];
        report(jobs, skipped)
    }
}
