//! `cargo xtask testers`: lists, installs and removes what runs wheels of other systems here.

use std::collections::BTreeSet;

use jobs::hinted;
use serde::Serialize;

use crate::{
    facts::{host::Host, project::Project},
    ground::{
        cli::{self, OwnStep, TestersCommand},
        matrix::Interpreter,
        meant::did_you_mean,
        plan::Job,
    },
    planning::{
        pipeline::Pipeline,
        planned::{Planned, Skipped},
        testers::{Loader, Tester, loaders, testers},
    },
};

/// Installs testers, all if none is named, or removes them. Those that cannot be installed here
/// count as skipped.
pub fn testers_plan(
    arguments: &cli::Testers,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let chosen = chosen(arguments)?;
    let mut pipeline = Pipeline::new(host, project);
    let mut skipped = Vec::new();
    if arguments.command == TestersCommand::Prune {
        let loaders = chosen_loaders(arguments, host).map(Loader::folder);
        let folders = chosen.iter().map(|tester| tester.folder()).chain(loaders);
        pipeline.add(Job::new("prune testers").own(OwnStep::empty(folders)).always());
    } else {
        let tools = pipeline.tools()?;
        for job in chosen_loaders(arguments, host).filter_map(|loader| loader.job(host)) {
            pipeline.add(job.needs([tools]));
        }
        for tester in chosen {
            match why_not(tester, host) {
                None => _ = pipeline.add(tester.job(host).needs([tools])),
                Some(reason) => skipped.push(Skipped::new(&tester.name, reason)),
            }
        }
    }
    Ok(Planned { plan: pipeline.into_plan(), skipped, ..Planned::default() })
}

fn chosen(arguments: &cli::Testers) -> anyhow::Result<Vec<&'static Tester>> {
    let names = &arguments.names;
    let known = || {
        let loaders = loaders().iter().map(|loader| &loader.name);
        testers().iter().map(|tester| &tester.name).chain(loaders)
    };
    if let Some(idle) = names.iter().find(|name| known().all(|one| one != *name)) {
        let meant = did_you_mean(idle, known());
        let hint = format!("{meant}`cargo xtask testers list` names them all");
        return Err(hinted(format!("`{idle}` is no tester"), hint));
    }
    let is_chosen = |tester: &&Tester| names.is_empty() || names.contains(&tester.name);
    Ok(testers().iter().filter(is_chosen).collect())
}

/// The loaders that are chosen, of those that can be used here.
fn chosen_loaders(arguments: &cli::Testers, host: &Host) -> impl Iterator<Item = &'static Loader> {
    let names = &arguments.names;
    let is_chosen = |loader: &&Loader| names.is_empty() || names.contains(&loader.name);
    loaders().iter().filter(is_chosen).filter(|loader| loader.can_be_installed(host))
}

fn why_not(tester: &Tester, host: &Host) -> Option<String> {
    let packages = tester.packages_missing(host);
    let packages: BTreeSet<&str> = packages.into_iter().collect();
    if tester.can_be_installed(host) {
        None
    } else if packages.is_empty() {
        Some("testers are for Linux on x86_64".to_owned())
    } else {
        Some(format!("`apt-get install {}`", Vec::from_iter(packages).join(" ")))
    }
}

#[derive(Serialize)]
struct Line {
    name: &'static str,
    interpreter: String,
    targets: Vec<&'static str>,
    is_installed: bool,
    /// Whether `wheels` installs it when it is about to use it.
    is_on_demand: bool,
    /// Why it cannot be installed here.
    problem: Option<String>,
}

/// The testers that there are, and which of them are here.
pub fn list(arguments: &cli::Testers, host: &Host, json: bool) -> anyhow::Result<String> {
    let line = |tester: &'static Tester| Line {
        name: &tester.name,
        interpreter: Interpreter::to_string(&tester.interpreter),
        targets: tester.targets.iter().map(|target| target.name).collect(),
        is_installed: tester.is_installed(host),
        is_on_demand: tester.on_demand,
        problem: why_not(tester, host),
    };
    let lines: Vec<Line> = chosen(arguments)?.into_iter().map(line).collect();
    if json {
        return Ok(serde_json::to_string_pretty(&lines)? + "\n");
    }
    let mut text = String::new();
    for line in lines {
        let state = match line.problem {
            _ if line.is_installed => "here".to_owned(),
            Some(problem) => format!("not here: {problem}"),
            None => format!("not here: `cargo xtask testers install {}`", line.name),
        };
        let serves = format!("{} for {}", line.interpreter, line.targets.join(", "));
        text.push_str(&format!("{:24} {serves:40} {state}\n", line.name));
    }
    for loader in chosen_loaders(arguments, host) {
        let targets: Vec<&str> = loader.targets.iter().map(|target| target.name).collect();
        let serves = format!("code for {}", targets.join(", "));
        text.push_str(&format!("{:24} {serves:40} on {}\n", loader.name, loader.on.name));
    }
    Ok(text)
}
