//! What a run came to, told to people and to programs.

mod counts;
mod wheels;

use serde::Serialize;

use crate::{
    commands::Planned,
    execute::{End, Outcome},
    plan::Step,
};
pub use counts::Counts;
pub use wheels::Row;

/// The end of a run: a row per wheel, what failed besides, and how many tests passed.
#[derive(Serialize)]
pub struct Report {
    wheels: Vec<Row>,
    failed: Vec<String>,
    /// The command that builds the wheels that failed, and no others.
    again: Option<String>,
    /// Of all suites and self-tests; none when the run had no tests.
    tests: Option<Counts>,
    wall_s: f64,
    cpu_s: Option<f64>,
}

pub fn of_run(planned: &Planned, outcome: &Outcome) -> Report {
    let mut wheels = wheels::rows(&planned.plan, outcome);
    wheels.extend(planned.skipped.iter().cloned());
    let jobs = || planned.plan.jobs().iter().zip(&outcome.jobs);
    let failed = jobs().filter_map(|(job, result)| match &result.end {
        End::Failed { log, .. } => Some(format!("{}: see {log}", job.name)),
        _ => None,
    });
    Report {
        again: again(&wheels, &planned.options),
        wheels,
        failed: failed.collect(),
        tests: tests(planned, outcome),
        wall_s: outcome.wall.as_secs_f64(),
        cpu_s: outcome.cpu_s,
    }
}

fn again(wheels: &[Row], options: &[String]) -> Option<String> {
    let failed = wheels.iter().filter(|row| row.is_failed()).map(|row| row.identifier.clone());
    let failed: Vec<String> = failed.collect();
    let words = [vec!["wheels".to_owned()], failed.clone(), options.to_vec()].concat();
    (!failed.is_empty()).then(|| Step::Own(words).to_string())
}

/// A suite that failed before it could count is one failure, one that cannot run here one skip.
fn tests(planned: &Planned, outcome: &Outcome) -> Option<Counts> {
    let jobs = planned.plan.jobs().iter().zip(&outcome.jobs);
    let of_suites = jobs.filter(|(job, _)| job.role.has_counts());
    let counts: Vec<Counts> = of_suites
        .map(|(_, result)| match (&result.end, result.counts) {
            (_, Some(counts)) => counts,
            (End::NotRun, None) => Counts { skipped: 1, ..Counts::default() },
            (_, None) => Counts { failed: 1, ..Counts::default() },
        })
        .collect();
    (!counts.is_empty()).then(|| counts.into_iter().sum())
}

impl Report {
    pub fn as_text(&self) -> String {
        let mut text = wheels::as_table(&self.wheels);
        for failed in &self.failed {
            text.push_str(&format!("failed: {failed}\n"));
        }
        if let Some(again) = &self.again {
            text.push_str(&format!("again, what failed alone: {again}\n"));
        }
        let cpu = self.cpu_s.map(|cpu| format!(", {cpu:.1} s of processor time"));
        text.push_str(&format!("{:.1} s{}\n", self.wall_s, cpu.unwrap_or_default()));
        if let Some(counts) = self.tests {
            text.push_str(&format!("{counts}\n"));
        }
        text
    }

    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report is plain data")
    }
}
