//! `cargo xtask bench build`: what each stage of building costs.

use std::collections::BTreeSet;

use jobs::{Options, Outcome, Usage};

use super::carry_out;
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

/// The folder of what the compiler remembers from one run to the next.
const ZIG_CACHE: &str = "target/xtask/zig-cache";

/// What one wheel of esig 0.9.7 costs by its own build.
const PUBLISHED: Usage = Usage { cpu_s: 305.0, peak_mib: 4900.0 };

/// Builds every wheel three times, one job after the other: with nothing compiled before, with the
/// compiler's own cache, and with nothing to do. Tools and downloads are there before the first.
pub fn build(host: &Host, project: &Project) -> anyhow::Result<String> {
    let builder = Some(BuilderName::Zig);
    let all = Wheels { platform: Some("all".to_owned()), builder, ..Wheels::default() };
    let request = wheels::resolve(&all, host, project)?;
    let mut plan = wheels::wheels_plan(&request, host, project)?.plan;
    let clean = clean_plan(&Clean { all: false, cache: false });
    let forget = forget_compiled();
    let run = |plan: &Plan| {
        let measure = Some(acting::measure_words());
        let options = Options { measure, ..Options::default() };
        carry_out(plan, &options, project)
    };

    run(&plan)?;
    let idle = run(&plan)?;
    // Each run makes the same bytes, so audits would be taken for done.
    plan.always(|job| job.name.starts_with("audit"));
    run(&forget)?;
    run(&clean)?;
    let cold = run(&plan)?;
    run(&clean)?;
    let warm = run(&plan)?;
    Ok(table(&plan, &cold, &warm, &idle))
}

/// Leaves nothing of what the compiler remembers.
pub fn forget_compiled() -> Plan {
    let mut plan = Plan::default();
    plan.add(Job::new("forget").own(OwnStep::empty([ZIG_CACHE])).always());
    plan
}

/// Processor time by stage and target, in seconds.
fn table(plan: &Plan, cold: &Outcome, warm: &Outcome, idle: &Outcome) -> String {
    let row = |name: &str, cells: [String; 6]| {
        format!("{name:20}{}\n", cells.map(|cell| format!(" {cell:>9}")).concat())
    };
    let head = ["core", "bindings", "each", "audits", "tests", "peak MiB"].map(str::to_owned);
    let mut text = row("processor time, s", head);
    let measured = stages(plan, cold);
    let targets: BTreeSet<&str> = measured.iter().map(|stage| stage.target).collect();
    for target in targets {
        let of = |name: &str| {
            let of = measured.iter().filter(|stage| (stage.name, stage.target) == (name, target));
            of.fold((0, Usage::default()), |(count, sum), stage| (count + 1, sum.and(stage.usage)))
        };
        let ((_, core), (count, bindings)) = (of("core"), of("binding"));
        let each = bindings.cpu_s / f64::from(count.max(1));
        let (audits, tests) = (of("auditwheel").1.cpu_s, of("test").1.cpu_s);
        let [core_s, bindings_s, each, audits, tests] =
            [core.cpu_s, bindings.cpu_s, each, audits, tests].map(|s| format!("{s:.2}"));
        let peak = format!("{:.0}", core.and(bindings).peak_mib);
        text += &row(target, [core_s, bindings_s, each, audits, tests, peak]);
    }
    let is_wheel = |job: &&Job| matches!(job.role, Role::Finishing { .. });
    let wheels = plan.jobs().iter().filter(is_wheel).count();
    let Usage { cpu_s, peak_mib } = PUBLISHED;
    text += &format!(
        "{wheels} wheels; one wheel of the published esig: {cpu_s:.0} s, {peak_mib:.0} MiB\n"
    );
    for (name, outcome) in [("cold", cold), ("warm", warm), ("nothing changed", idle)] {
        let stages = stages(plan, outcome).into_iter();
        let of_tests = stages.filter(|stage| matches!(stage.name, "test" | "fetch" | "tester"));
        let of_tests: f64 = of_tests.map(|stage| stage.usage.cpu_s).sum();
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
struct MeasuredJob<'a> {
    name: &'a str,
    target: &'a str,
    usage: Usage,
}

fn stages<'a>(plan: &'a Plan, outcome: &Outcome) -> Vec<MeasuredJob<'a>> {
    let jobs = plan.jobs().iter().zip(&outcome.jobs);
    jobs.filter_map(|(job, result)| {
        let (name, subject) = job.name.split_once(' ').unwrap_or((&job.name, ""));
        let target = subject.split([' ', '-']).find(|word| Target::named(word).is_some());
        Some(MeasuredJob { name, target: target.unwrap_or("all"), usage: result.usage? })
    })
    .collect()
}
