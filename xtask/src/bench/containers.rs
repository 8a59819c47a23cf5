//! `cargo xtask bench containers`: what the wheels of five interpreters cost in containers.

use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use super::{
    costs::Costs,
    ours,
    rounds::{Contender, compare},
};
use crate::{
    acting,
    facts::{host::Host, project::Project},
    ground::{cli::BenchContainers, matrix::Target, plan::Command},
    planning::{commands::images, tools},
};

/// What cibuildwheel makes a wheel for.
const CPYTHONS: [&str; 5] = ["cp39", "cp310", "cp311", "cp312", "cp313"];

pub fn containers(
    arguments: &BenchContainers,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Costs> {
    let (target, image) = images::parse_image(&arguments.image)?;
    let options = ["--builder", "docker", "--engine", &arguments.engine, "--image"];
    let words = ours::words(target.name, &[&options[..], &[&arguments.image]].concat());
    let plan = ours::plan(&words, "use an image with CPython 3.9 to 3.13", host, project)?;
    let mut contenders = vec![ours::contender(&words, true)?];
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
        .arg(format!("{}/{}", ours::output(), project.sdist_name()))
        .env("CIBW_BUILD", identifiers)
        .env("CIBW_ARCHS", target.architecture.name())
        .env(format!("CIBW_{}_IMAGE", target.name.to_uppercase()), image)
        .env("CIBW_CONTAINER_ENGINE", engine)
        .env("CIBW_TEST_COMMAND", format!("python -m {}.tests", project.name))
        // It need not download an auditor: that of ours is installed before, too.
        .env("CIBW_AUDIT_COMMAND", "")
}
