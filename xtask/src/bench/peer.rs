//! `cargo xtask bench peer`: what the wheels of five interpreters cost beside other ways to make
//! them, all from the same source archive, with tests in clean environments.

use std::{env, iter};

use anyhow::ensure;
use camino::Utf8PathBuf;
use clap::Parser;
use jobs::{Options, hinted};

use super::{
    build::forget_compiled,
    containers::{WHEELS, cibuildwheel, output},
    costs::Costs,
    rounds::{Contender, compare},
};
use crate::{
    acting,
    facts::{
        host::{Host, Python},
        project::Project,
    },
    ground::{
        cli::{BenchPeer, Cli, Invocation, Task},
        matrix::Platform,
        plan::{Command, Plan},
    },
    planning::{
        commands::{
            images,
            wheels::{self, host_target},
        },
        tools,
    },
};

/// The CPythons that all of them make a wheel for.
const MINORS: std::ops::RangeInclusive<u32> = 9..=13;

pub fn peer(arguments: &BenchPeer, host: &Host, project: &Project) -> anyhow::Result<Costs> {
    let target = host_target(host)?.name;
    let words: Vec<String> = iter::once("wheels".to_owned())
        .chain(WHEELS.map(|wheel| format!("{wheel}-{target}")))
        .chain(["--builder", "zig", "--output"].map(str::to_owned))
        .chain([output()])
        .collect();
    let plan = plan_of_ours(&words, host, project)?;
    let contenders = contenders(arguments, words, host, project)?;
    let mut peers = Plan::default();
    peers.add(tools::PEERS.job(host)?);
    carry_out(&peers, project)?;
    // Nothing is there but tools: not even what the compiler remembers.
    let before = || {
        carry_out(&forget_compiled(), project)?;
        acting::forget(&plan, &project.root, |job| job.name != tools::BUILD.name)
    };
    compare(target.to_owned(), arguments.rounds, &contenders, before, project)
}

fn carry_out(plan: &Plan, project: &Project) -> anyhow::Result<()> {
    let outcome = acting::run(project, plan, &Options::default())?;
    ensure!(outcome.is_good(), hinted("it was not measured", "the lines above say why"));
    Ok(())
}

/// Ours first; cibuildwheel where an image is named.
fn contenders(
    arguments: &BenchPeer,
    words: Vec<String>,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<Contender>> {
    // It is a process of its own, because looking at this machine counts too.
    let ours = Command::new(Utf8PathBuf::try_from(env::current_exe()?)?).args(words);
    let ours = ours.env("PIP_NO_CACHE_DIR", "1");
    let mut contenders = vec![Contender { name: "ours", command: ours, in_containers: false }];
    if let Some(image) = &arguments.image {
        let (target, image) = images::parse_image(image)?;
        let program: Utf8PathBuf = tools::PEERS.program(host, "cibuildwheel").into();
        let command = cibuildwheel(&program, &arguments.engine, target, &image, project);
        contenders.push(Contender { name: "cibuildwheel", command, in_containers: true });
    }
    let pythons = MINORS.map(|minor| {
        let is_it = |python: &&Python| python.version[..2] == [3, minor];
        let found = host.pythons.iter().find(is_it).map(|python| python.executable.to_string());
        found.ok_or_else(|| {
            let hint = format!("`pyenv install 3.{minor}`");
            hinted(format!("there is no CPython 3.{minor} here to compare in"), hint)
        })
    });
    let pythons: Vec<String> = pythons.collect::<anyhow::Result<_>>()?;
    for (name, kind) in [("a loop of pip", "pip"), ("a loop of uv", "uv")] {
        let command = Command::new("bash")
            .args(["build-scripts/build-in-loop.sh", kind])
            .arg(format!("{}/{}", output(), project.sdist_name()))
            .args([tools::kept(&format!("bench/{kind}")), tools::PEERS.scripts(host)])
            .args(&pythons);
        contenders.push(Contender { name, command, in_containers: false });
    }
    Ok(contenders)
}

/// Fails if ours cannot build and test all wheels.
fn plan_of_ours(words: &[String], host: &Host, project: &Project) -> anyhow::Result<Plan> {
    if host.platform != Platform::Linux {
        return Err(hinted("auditwheel repairs wheels for Linux alone", "measure on Linux"));
    }
    let words = iter::once("xtask").chain(words.iter().map(String::as_str));
    let Invocation::Task(Task::Wheels(wheels)) = Cli::try_parse_from(words)?.command else {
        unreachable!("the first word is `wheels`")
    };
    let request = wheels::resolve(&wheels, host, project)?;
    let planned = wheels::wheels_plan(&request, host, project)?;
    match planned.skipped.first() {
        Some(skipped) => Err(hinted(skipped, "install CPython 3.9 to 3.13")),
        None => Ok(planned.plan),
    }
}
