//! `cargo xtask bench speed`, `bench recombine`: how fast the package is, beside others.

use jobs::Options;

use super::carry_out;
use crate::{
    acting::files,
    facts::{host::Host, project::Project},
    ground::{
        cli::BenchSpeed,
        plan::{Command, Job, JobId},
    },
    planning::{
        commands::wheels::testing::wheel_for,
        pipeline::{Pipeline, PlannedWheel},
        tools,
    },
};

/// The table as Markdown; it is in a file too, beside a picture.
pub fn speed(arguments: &BenchSpeed, host: &Host, project: &Project) -> anyhow::Result<String> {
    let python = host.tool_python()?;
    let mut pipeline = Pipeline::new(host, project);
    let wheel = wheel_for(python, &mut pipeline)?;
    let mut measure = Command::new(&python.executable)
        .arg("build-scripts/measure-speed.py")
        .args(["--wheel", wheel.path.as_str(), "--output", arguments.output.as_str()])
        .args(["--environments", &tools::kept("bench/environments")])
        .args(["--rounds", &arguments.rounds.to_string()]);
    for other in &arguments.against {
        measure = measure.args(["--against", other.as_str()]);
    }
    run(pipeline, &wheel, &[], "measure speed", vec![measure], project)?;
    files::read_text(&project.root.join(&arguments.output).join("speed.md"))
}

/// The table as Markdown, by the script itself.
pub fn recombine(host: &Host, project: &Project) -> anyhow::Result<String> {
    let mut pipeline = Pipeline::new(host, project);
    let wheel = wheel_for(host.tool_python()?, &mut pipeline)?;
    let toolbox = pipeline.add(tools::PYTEST.job(host)?);
    let python = tools::PYTEST.program(host, "python");
    let install = tools::PYTEST.install(host, &wheel.path);
    let result = tools::kept("bench/recombine.md");
    let measure =
        Command::new(&python).args(["build-scripts/measure-recombine.py", "--output", &result]);
    run(pipeline, &wheel, &[toolbox], "measure recombine", vec![install, measure], project)?;
    files::read_text(&project.root.join(&result))
}

fn run(
    mut pipeline: Pipeline,
    wheel: &PlannedWheel,
    needs: &[JobId],
    title: &str,
    commands: Vec<Command>,
    project: &Project,
) -> anyhow::Result<()> {
    let job = Job::new(title).needs(wheel.audited.iter().copied()).needs(needs.iter().copied());
    pipeline.add(commands.into_iter().fold(job, Job::run).always());
    carry_out(&pipeline.into_plan(), &Options::default(), project).map(drop)
}
