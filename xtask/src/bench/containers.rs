//! `cargo xtask bench containers`: what the wheels of five interpreters cost in containers.

use std::{env, iter};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser;
use jobs::hinted;

use super::{
    costs::Costs,
    rounds::{Contender, compare},
};
use crate::{
    acting,
    facts::{host::Host, project::Project},
    ground::{
        cli::{BenchContainers, Cli, Invocation, Task},
        matrix::Target,
        plan::{Command, Plan},
    },
    planning::{
        commands::{images, wheels},
        tools,
    },
};

/// Ours makes a wheel for CPython 3.9, one for 3.10, and one for all from 3.11 on.
pub const WHEELS: [&str; 3] = ["cp39", "cp310", "cp311_abi3"];
const CPYTHONS: [&str; 5] = ["cp39", "cp310", "cp311", "cp312", "cp313"];

pub fn containers(
    arguments: &BenchContainers,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Costs> {
    let (target, image) = images::parse_image(&arguments.image)?;
    let words = words_of_ours(arguments, target);
    let plan = plan_of_ours(&words, arguments, host, project)?;
    // It is a process of its own, because looking at this machine and its engine counts too.
    let ours = Command::new(Utf8PathBuf::try_from(env::current_exe()?)?).args(words);
    // cibuildwheel has no earlier downloads in its containers either.
    let ours = ours.env("PIP_NO_CACHE_DIR", "1");
    let mut contenders = vec![Contender { name: "ours", command: ours, in_containers: true }];
    if let Some(program) = &arguments.against {
        let program = which::which(program).map_err(|error| {
            hinted(format!("cannot use `{program}`: {error}"), "`pip install cibuildwheel`")
        })?;
        let program = Utf8PathBuf::try_from(program)?;
        for (name, frontend) in
            [("cibuildwheel", "build"), ("cibuildwheel, build[uv]", "build[uv]")]
        {
            let command = cibuildwheel(&program, &arguments.engine, target, &image, project);
            let command = command.env("CIBW_BUILD_FRONTEND", frontend);
            contenders.push(Contender { name, command, in_containers: true });
        }
    }

    // Each run does everything again but installing tools. The first makes our image, our tools,
    // and the archive that cibuildwheel starts from.
    let before = || acting::forget(&plan, &project.root, |job| job.name != tools::BUILD.name);
    compare(image, arguments.rounds, &contenders, before, project)
}

pub fn output() -> String {
    tools::kept("bench/ours")
}

fn words_of_ours(arguments: &BenchContainers, target: &Target) -> Vec<String> {
    let BenchContainers { engine, image, .. } = arguments;
    let wheels = WHEELS.map(|wheel| format!("{wheel}-{}", target.name));
    let options = ["--builder", "docker", "--engine", engine, "--image", image, "--output"];
    let words = iter::once("wheels".to_owned()).chain(wheels);
    words.chain(options.map(str::to_owned)).chain([output()]).collect()
}

/// Fails if ours cannot build and test all wheels.
fn plan_of_ours(
    words: &[String],
    arguments: &BenchContainers,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Plan> {
    let words = iter::once("xtask").chain(words.iter().map(String::as_str));
    let Invocation::Task(Task::Wheels(wheels)) = Cli::try_parse_from(words)?.command else {
        unreachable!("the first word is `wheels`")
    };
    let request = wheels::resolve(&wheels, host, project)?;
    let wanted = request.images.as_ref().expect("what is built in containers is built in images");
    let host = host.clone().with_containers(wanted)?;
    let planned = wheels::wheels_plan(&request, &host, project)?;
    if planned.again {
        let (_, image) = images::parse_image(&arguments.image)?;
        let fetch = format!("fetch it: `{} pull {image}`", arguments.engine);
        return Err(hinted(format!("the image `{image}` is not here"), fetch));
    }
    match planned.skipped.first() {
        Some(skipped) => Err(hinted(skipped, "use an image with CPython 3.9 to 3.13")),
        None => Ok(planned.plan),
    }
}

pub fn cibuildwheel(
    program: &Utf8Path,
    engine: &str,
    target: &Target,
    image: &str,
    project: &Project,
) -> Command {
    let identifiers = CPYTHONS.map(|cpython| format!("{cpython}-{}", target.name)).join(" ");
    Command::new(program)
        .args(["--platform", "linux", "--output-dir", &tools::kept("bench/cibuildwheel")])
        .arg(format!("{}/{}", output(), project.sdist_name()))
        .env("CIBW_BUILD", identifiers)
        .env("CIBW_ARCHS", target.architecture.tag())
        .env(format!("CIBW_{}_IMAGE", target.name.to_uppercase()), image)
        .env("CIBW_CONTAINER_ENGINE", engine)
        .env("CIBW_TEST_COMMAND", format!("python -m {}.tests", project.name))
        // It need not download an auditor: that of ours is installed before, too.
        .env("CIBW_AUDIT_COMMAND", "")
}
