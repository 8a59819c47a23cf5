//! `cargo xtask bench`: what building costs, measured, beside what it used to cost.

use std::collections::BTreeMap;

use crate::{
    cli::{Bench, Clean, Command, Wheels},
    commands,
    errors::hinted,
    execute::{self, Options, Outcome, STATE, Usage, Verbosity},
    host::Host,
    plan::{Job, Plan, Role},
    project::Project,
};

/// One wheel of esig 0.9.7, by its own build: processor time in seconds, and memory in MiB.
const PUBLISHED: Usage = Usage { cpu_s: 305.0, peak_mib: 4900.0 };

pub fn bench(what: &Bench, host: &Host, project: &Project) -> anyhow::Result<String> {
    match what {
        Bench::Build => build(host, project),
    }
}

/// Builds three times, one job after the other: with nothing compiled before, with the compiler's
/// own cache, and with nothing to do. Tools and downloads are there before the first.
fn build(host: &Host, project: &Project) -> anyhow::Result<String> {
    let wheels = Command::Wheels(Wheels::default());
    let plan = commands::plan(&wheels, host, project)?.plan;
    let run = |plan: &Plan| {
        let root = project.root.clone();
        let options = Options { root, workers: 1, verbosity: Verbosity::Quiet, measured: true };
        let outcome = execute::run(plan, &options)?;
        if !outcome.is_good() {
            return Err(hinted("the build failed", "`cargo xtask wheels` tells why"));
        }
        Ok(outcome)
    };
    let clean = commands::plan(&Command::Clean(Clean { all: false }), host, project)?.plan;
    let mut forget = Plan::default();
    forget.add(Job::new("forget").own(["empty".to_owned(), format!("{STATE}/zig-cache")]).always());

    run(&plan)?;
    run(&forget)?;
    run(&clean)?;
    let cold = run(&plan)?;
    run(&clean)?;
    let warm = run(&plan)?;
    let idle = run(&plan)?;
    Ok(table(&plan, &cold, &warm, &idle))
}

fn table(plan: &Plan, cold: &Outcome, warm: &Outcome, idle: &Outcome) -> String {
    let mut text = format!("{:44} {:>8} {:>8} {:>9}\n", "", "cold s", "warm s", "peak MiB");
    let (cold_stages, warm_stages) = (stages(plan, cold), stages(plan, warm));
    for (stage, usage) in &cold_stages {
        let warm = warm_stages.get(stage).copied().unwrap_or_default();
        text += &row(stage, usage.cpu_s, warm.cpu_s, usage.peak_mib);
    }
    for (name, is_in) in [("all", is_any as fn(&Job) -> bool), ("all but tests", is_no_test)] {
        let (cold, warm) = (total(plan, cold, is_in), total(plan, warm, is_in));
        text += &row(name, cold.cpu_s, warm.cpu_s, cold.peak_mib);
    }
    text += &row("published esig, one wheel", PUBLISHED.cpu_s, PUBLISHED.cpu_s, PUBLISHED.peak_mib);
    let wall = |outcome: &Outcome| outcome.wall.as_secs_f64();
    text += &format!(
        "wall time: cold {:.1} s, warm {:.1} s, nothing changed {:.1} s\n",
        wall(cold),
        wall(warm),
        wall(idle)
    );
    text
}

fn row(name: &str, cold_s: f64, warm_s: f64, peak_mib: f64) -> String {
    format!("{name:44} {cold_s:8.2} {warm_s:8.2} {peak_mib:9.0}\n")
}

/// By job; what is downloaded is not counted.
fn stages(plan: &Plan, outcome: &Outcome) -> BTreeMap<String, Usage> {
    let jobs = plan.jobs().iter().zip(&outcome.jobs);
    jobs.filter_map(|(job, result)| Some((job.name.clone(), result.usage?))).collect()
}

fn total(plan: &Plan, outcome: &Outcome, is_in: fn(&Job) -> bool) -> Usage {
    let jobs = plan.jobs().iter().zip(&outcome.jobs).filter(|(job, _)| is_in(job));
    jobs.filter_map(|(_, result)| result.usage).fold(Usage::default(), Usage::and)
}

fn is_any(_: &Job) -> bool {
    true
}

fn is_no_test(job: &Job) -> bool {
    !matches!(job.role, Role::Testing { .. })
}
