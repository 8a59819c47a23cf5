//! `cargo xtask bench build`: what each stage of building costs, beside what it used to cost.

use std::collections::BTreeSet;

use jobs::{Options, Outcome, Usage, Verbosity, hinted};

use crate::{
    acting,
    facts::{host::Host, project::Project},
    ground::{
        cli::{BuilderName, Clean, OwnStep, Wheels},
        matrix::Target,
        plan::{Job, Plan, Role},
    },
    planning::commands::{clean_plan, wheels},
};

/// What the compiler remembers from one run to the next.
const ZIG_CACHE: &str = "target/xtask/zig-cache";

/// One wheel of esig 0.9.7, by its own build: processor time in seconds, and memory in MiB.
const PUBLISHED: Usage = Usage { cpu_s: 305.0, peak_mib: 4900.0 };

/// Builds every wheel three times, one job after the other: with nothing compiled before, with the
/// compiler's own cache, and with nothing to do. Tools and downloads are there before the first.
pub fn build(host: &Host, project: &Project) -> anyhow::Result<String> {
    let builder = Some(BuilderName::Zig);
    let all = Wheels { platform: Some("all".to_owned()), builder, ..Wheels::default() };
    let request = wheels::resolve(&all, host, project)?;
    let mut plan = wheels::wheels_plan(&request, host, project)?.plan;
    let clean = clean_plan(&Clean { all: false });
    let mut forget = Plan::default();
    forget.add(Job::new("forget").own(OwnStep::empty([ZIG_CACHE])).always());
    let run = |plan: &Plan| {
        let measure = Some(acting::measure_words());
        let options = Options { workers: 1, verbosity: Verbosity::Quiet, measure };
        let outcome = acting::run(&project.root, plan, &options)?;
        if !outcome.is_good() {
            return Err(hinted("the build failed", "`cargo xtask wheels` tells why"));
        }
        Ok(outcome)
    };

    run(&plan)?;
    let idle = run(&plan)?;
    // The bytes will be the same again: audits would be taken for done.
    plan.always(|job| job.name.starts_with("audit"));
    run(&forget)?;
    run(&clean)?;
    let cold = run(&plan)?;
    run(&clean)?;
    let warm = run(&plan)?;
    Ok(table(&plan, &cold, &warm, &idle))
}

/// Processor time by stage and target, in seconds.
fn table(plan: &Plan, cold: &Outcome, warm: &Outcome, idle: &Outcome) -> String {
    let mut text = format!("{:20}", "processor time, s");
    for name in ["core", "bindings", "each", "audits", "tests", "peak MiB"] {
        text += &format!(" {name:>9}");
    }
    text += "\n";
    let stages = stages(plan, cold);
    let targets: BTreeSet<&str> = stages.iter().map(|stage| stage.target).collect();
    for target in targets {
        let of = |name: &str| -> Vec<Usage> {
            let is_of = |s: &&Stage| s.target == target && s.name == name;
            stages.iter().filter(is_of).map(|stage| stage.usage).collect()
        };
        let sum = |name: &str| of(name).into_iter().fold(Usage::default(), Usage::and);
        let (core, bindings) = (sum("core"), sum("binding"));
        let each = bindings.cpu_s / of("binding").len().max(1) as f64;
        let peak = core.and(bindings).peak_mib;
        let (audits, tests) = (sum("auditwheel").cpu_s, sum("test").cpu_s);
        text += &format!("{target:20}");
        for figure in [core.cpu_s, bindings.cpu_s, each, audits, tests] {
            text += &format!(" {figure:9.2}");
        }
        text += &format!(" {peak:9.0}\n");
    }
    text + &totals(plan, cold, warm, idle)
}

fn totals(plan: &Plan, cold: &Outcome, warm: &Outcome, idle: &Outcome) -> String {
    let is_wheel = |job: &&Job| matches!(job.role, Role::Finishing { .. });
    let wheels = plan.jobs().iter().filter(is_wheel).count();
    let mut text = format!(
        "{wheels} wheels; one wheel of the published esig: {:.0} s, {:.0} MiB\n",
        PUBLISHED.cpu_s, PUBLISHED.peak_mib
    );
    for (name, outcome) in [("cold", cold), ("warm", warm), ("nothing changed", idle)] {
        let of_tests: f64 = stages(plan, outcome)
            .iter()
            .filter(|stage| matches!(stage.name, "test" | "fetch" | "tester"))
            .map(|stage| stage.usage.cpu_s)
            .sum();
        let all = outcome.cpu_s.unwrap_or_default();
        text += &format!(
            "{name:16} {:7.1} s of processor time without tests, {all:7.1} s with; wall {:.1} s\n",
            all - of_tests,
            outcome.wall.as_secs_f64()
        );
    }
    text
}

/// A job that was measured, by the words of its name: `binding cp38-win_amd64`.
struct Stage<'a> {
    name: &'a str,
    target: &'a str,
    usage: Usage,
}

fn stages<'a>(plan: &'a Plan, outcome: &Outcome) -> Vec<Stage<'a>> {
    let jobs = plan.jobs().iter().zip(&outcome.jobs);
    jobs.filter_map(|(job, result)| {
        let mut words = job.name.split(' ');
        let name = words.next()?;
        let subject = words.next().unwrap_or_default();
        let target = subject.split_once('-').map_or(subject, |(_, target)| target);
        let target = if Target::named(target).is_some() { target } else { "all" };
        Some(Stage { name, target, usage: result.usage? })
    })
    .collect()
}
