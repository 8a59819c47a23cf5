//! `cargo xtask bench containers`: what the wheels of five interpreters cost in containers.

use std::{env, fs, iter};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser;
use jobs::{Options, hinted};

use super::costs::{Cost, CostRow, Costs};
use crate::{
    acting,
    facts::{host::Host, project::Project},
    ground::{
        cli::{BenchContainers, Cli, Invocation, Task},
        matrix::Target,
        plan::{Command, Job, Plan},
    },
    planning::{
        commands::{images, wheels},
        tools,
    },
};

/// Ours makes a wheel for CPython 3.9, one for 3.10, and one for all from 3.11 on.
const WHEELS: [&str; 3] = ["cp39", "cp310", "cp311_abi3"];
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
    let mut contenders = vec![("ours", ours.env("PIP_NO_CACHE_DIR", "1"))];
    if let Some(program) = &arguments.against {
        let program = which::which(program).map_err(|error| {
            hinted(format!("cannot use `{program}`: {error}"), "`pip install cibuildwheel`")
        })?;
        let program = Utf8PathBuf::try_from(program)?;
        for (name, frontend) in
            [("cibuildwheel", "build"), ("cibuildwheel, build[uv]", "build[uv]")]
        {
            let command = cibuildwheel(&program, arguments, target, &image, project);
            contenders.push((name, command.env("CIBW_BUILD_FRONTEND", frontend)));
        }
    }

    // Each run does everything again but installing tools.
    let cost = |(name, command): &(&str, Command)| {
        acting::forget(&plan, &project.root, |job| job.name != tools::BUILD.name)?;
        cost(&project.root, name, command)
    };
    // This makes our image, our tools, and the archive that cibuildwheel starts from.
    cost(&contenders[0])?;
    let mut costs = vec![Vec::new(); contenders.len()];
    for round in 1..=arguments.rounds.get() {
        for (contender, costs) in iter::zip(&contenders, &mut costs) {
            let cost = cost(contender)?;
            jobs::tell(&format!("{round} {}: {cost}", contender.0));
            costs.push(cost);
        }
    }
    let rows = iter::zip(&contenders, &costs);
    let rows = rows.map(|((name, _), of)| CostRow::new(name, of, &costs[0])).collect();
    Ok(Costs { image, rounds: arguments.rounds.get(), rows })
}

fn output() -> String {
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

fn cibuildwheel(
    program: &Utf8Path,
    arguments: &BenchContainers,
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
        .env("CIBW_CONTAINER_ENGINE", &arguments.engine)
        .env("CIBW_TEST_COMMAND", format!("python -m {}.tests", project.name))
        // It need not download an auditor: that of ours is installed before, too.
        .env("CIBW_AUDIT_COMMAND", "")
}

/// Runs a program to its end, and sees what it and its containers cost.
fn cost(root: &Utf8Path, name: &str, command: &Command) -> anyhow::Result<Cost> {
    let mut plan = Plan::default();
    plan.add(Job::new(name).run(command.clone()).always());
    let options = Options::default();
    let before = groups();
    let outcome = acting::run_apart(root, &tools::kept("bench"), &plan, &options)?;
    let used = iter::zip(groups(), before).map(|(after, before)| after - before);
    if !outcome.is_good() {
        return Err(hinted(format!("`{}` failed", command.program), "its output says why"));
    }
    let inside = used.into_iter().find(|seconds| *seconds > 0.0).ok_or_else(|| {
        let hint = "measure on Linux, as root, where the engine itself runs";
        hinted("cannot see what containers cost here", hint)
    })?;
    Ok(Cost {
        inside,
        outside: outcome.cpu_s.unwrap_or_default(),
        wall: outcome.wall.as_secs_f64(),
    })
}

/// Control groups that engines put their containers into. With systemd, docker's share theirs with
/// the services of the machine, so it is the last to be looked at.
const GROUPS: [&str; 4] = ["docker", "libpod_parent", "machine.slice", "system.slice"];

/// The processor time that each group has used, in seconds, in containers that have ended too.
fn groups() -> [f64; GROUPS.len()] {
    GROUPS.map(|group| used(Utf8Path::new("/sys/fs/cgroup"), group).unwrap_or_default())
}

/// Control groups of version 1 count nanoseconds, those of version 2 microseconds.
fn used(tree: &Utf8Path, group: &str) -> Option<f64> {
    if let Ok(text) = fs::read_to_string(tree.join(format!("cpuacct/{group}/cpuacct.usage"))) {
        return Some(text.trim().parse::<f64>().ok()? / 1e9);
    }
    let text = fs::read_to_string(tree.join(format!("{group}/cpu.stat"))).ok()?;
    let microseconds = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
    Some(microseconds.parse::<f64>().ok()? / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_control_groups_tell_what_containers_have_used() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Utf8Path::from_path(folder.path()).unwrap();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(tree.join(path).parent().unwrap()).unwrap();
            fs::write(tree.join(path), text).unwrap();
        };
        write("docker/cpu.stat", "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n");
        assert_eq!(used(tree, "docker"), Some(2.5));
        write("cpuacct/docker/cpuacct.usage", "1500000000\n");
        assert_eq!(used(tree, "docker"), Some(1.5));
        assert_eq!(used(tree, "machine.slice"), None);
    }
}
