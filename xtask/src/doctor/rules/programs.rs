//! Every program that a plan starts, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    diagnosis::{Prerequisite, good, missing},
    examined_build::ExaminedBuild,
    remedies,
};
use crate::{
    facts::host::Host,
    ground::{
        cli::OwnStep,
        paths::{below, is_absolute},
        plan::{Command, Job, Plan, Step},
    },
};

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// On PATH.
    Here,
    /// An interpreter that answered, or that is installed before it is used.
    Interpreter,
    /// What talks to a container engine; the program in the container is the image's affair.
    Engine,
    /// An earlier job puts it, or the environment that it is found in, where it is.
    Made,
    Absent,
}

/// By name or path.
pub fn programs(plan: &Plan, host: &Host) -> BTreeMap<String, Origin> {
    let mut found = BTreeMap::new();
    let mut made: BTreeSet<&Utf8Path> = BTreeSet::new();
    for job in plan.jobs() {
        for step in &job.steps {
            for command in commands(step) {
                let program = of_root(&command);
                let origin = origin(&program, &command, job, &made, host);
                found.entry(program.into_string()).or_insert(origin);
            }
        }
        made.extend(job.outputs.iter().map(|output| output.path().as_path()));
    }
    found
}

/// What a step starts. Steps of our own start programs of others, too.
fn commands(step: &Step) -> Vec<Command> {
    match step {
        Step::Run(command) => vec![command.clone()],
        Step::Own(step) => started_by(step).map(Command::new).into_iter().collect(),
    }
}

/// The program that a step of our own starts, if any; git has a line of its own.
fn started_by(step: &OwnStep) -> Option<&str> {
    match step {
        OwnStep::Download { .. } => Some("curl"),
        OwnStep::VcEnvironment { .. } | OwnStep::InstallVisualStudio(_) => Some("cmd"),
        OwnStep::SweepContainers { engine, .. } => Some(engine),
        _ => None,
    }
}

/// The file that its environment comes from, where a step of ours starts it.
fn environment_of(command: &Command) -> Option<&Utf8Path> {
    command.launcher.as_ref()?.words.get(1).map(Utf8Path::new)
}

/// A path from the root of the checkout, as paths in plans are, wherever the command runs.
fn of_root(command: &Command) -> Utf8PathBuf {
    let program = &command.program;
    let is_path = program.contains('/') && !is_absolute(program);
    let Some(folder) = command.folder.as_ref().filter(|_| is_path) else { return program.into() };
    let path = below(folder, program);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.as_str().split('/') {
        match part {
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/").into()
}

fn origin(
    program: &Utf8Path,
    command: &Command,
    job: &Job,
    made: &BTreeSet<&Utf8Path>,
    host: &Host,
) -> Origin {
    let is_made = |path: &Utf8Path| {
        let within_job = job.outputs.iter().map(|output| output.path().as_path());
        within_job.chain(made.iter().copied()).any(|output| path.starts_with(output))
    };
    let is_engine = host.containers.as_ref().is_some_and(|c| program == c.program.as_str());
    let mut pythons = host.pythons.iter().chain(&host.duplicates);
    let is_installed = host.pyenv.as_ref().is_some_and(|pyenv| program.starts_with(&pyenv.root));
    let is_rosetta = program == "arch" && host.macos.as_ref().is_some_and(|macos| macos.rosetta);
    if is_engine {
        Origin::Engine
    } else if environment_of(command).is_some_and(is_made) {
        Origin::Made
    } else if pythons.any(|python| python.executable == program) || is_installed {
        Origin::Interpreter
    } else if is_made(program) {
        Origin::Made
    } else if host.programs.iter().any(|(n, path)| program == n || path == program) || is_rosetta {
        Origin::Here
    } else {
        Origin::Absent
    }
}

/// Programs that have a line of their own elsewhere.
const ELSEWHERE: &[&str] = &["git", "pyenv"];

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let Some(planned) = build.planned() else { return Vec::new() };
    let programs = programs(&planned.plan, build.host);
    let names = programs
        .iter()
        .map(|(program, origin)| (Utf8Path::new(program).file_name().unwrap_or(program), origin));
    let finding = |(name, origin): (&str, &Origin)| match origin {
        Origin::Here => Some(build.version_finding(name)),
        Origin::Absent => {
            let hint = remedies::program(name, build.host);
            Some(missing(name, "is not on PATH").hint(hint))
        }
        _ => None,
    };
    let shown = names.filter(|(name, _)| !ELSEWHERE.contains(name));
    let mut findings: Vec<Prerequisite> = shown.filter_map(finding).collect();
    let made = programs.values().filter(|origin| **origin == Origin::Made).count();
    if made > 0 {
        let found = format!("{made}, made by the plan before they are used");
        findings.push(good("others", found));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_named_from_a_folder_is_the_same_as_from_the_root() {
        let path = |program: &str| of_root(&Command::new(program).folder("a/b")).into_string();
        assert_eq!(path("../../target/python"), "target/python");
        assert_eq!(path("/usr/bin/python"), "/usr/bin/python");
        assert_eq!(path("C:/Python311/python.exe"), "C:/Python311/python.exe");
        assert_eq!(path("bash"), "bash");
    }
}
