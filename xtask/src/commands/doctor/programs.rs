//! Every program that a plan starts, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::{Case, finding::Finding, remedies};
use crate::{
    host::Host,
    paths::{below, is_absolute},
    plan::{Command, Job, Plan, Step},
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
    let words = match step {
        Step::Run(command) => return vec![command.clone()],
        Step::Own(words) => words,
    };
    match started_by(words) {
        Some(program) if !program.is_empty() => vec![Command::new(program)],
        _ => Vec::new(),
    }
}

/// The program that a step of our own starts, if any; none if the step is not known here.
fn started_by(words: &[String]) -> Option<&str> {
    Some(match words[0].as_str() {
        "stage" | "compare-checked" | "note-checked" | "release-step" | "verify" => "git",
        "download" => "curl",
        "vc-environment" | "install-visual-studio" => "cmd",
        "sweep-containers" => words.get(1)?,
        "assemble" | "audit" | "empty" | "import-list" | "normalise" | "promote" | "stubs"
        | "universal" | "unpack" => "",
        _ => return None,
    })
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
    if is_engine {
        Origin::Engine
    } else if command.environment_file.as_ref().is_some_and(|file| is_made(file)) {
        Origin::Made
    } else if pythons.any(|python| python.executable == program) || is_installed {
        Origin::Interpreter
    } else if is_made(program) {
        Origin::Made
    } else if is_here(program, host) {
        Origin::Here
    } else {
        Origin::Absent
    }
}

fn is_here(program: &Utf8Path, host: &Host) -> bool {
    let is_rosetta = program == "arch" && host.macos.as_ref().is_some_and(|macos| macos.rosetta);
    host.programs.contains_key(program.as_str())
        || host.programs.values().any(|path| path == program)
        || is_rosetta
}

/// They have lines of their own.
const ELSEWHERE: &[&str] = &["git", "pyenv"];

pub fn findings(case: &Case) -> Vec<Finding> {
    let Some(planned) = case.planned() else { return Vec::new() };
    let programs = programs(&planned.plan, case.host);
    let mut findings = Vec::new();
    for (program, origin) in &programs {
        let name = Utf8Path::new(program).file_name().unwrap_or(program);
        match origin {
            Origin::Here if !ELSEWHERE.contains(&name) => findings.push(case.version_finding(name)),
            Origin::Absent if !ELSEWHERE.contains(&name) => {
                let hint = remedies::program(name, case.host);
                findings.push(Finding::missing(name, "is not on PATH").hint(hint));
            }
            _ => {}
        }
    }
    let made = programs.values().filter(|origin| **origin == Origin::Made).count();
    if made > 0 {
        let found = format!("{made}, made by the plan before they are used");
        findings.push(Finding::good("others", found));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    /// These are hidden too, and no steps of plans: the last two stand before other programs.
    const NO_STEPS: &[&str] = &["facts", "measure", "with-environment"];

    #[test]
    fn of_every_step_of_our_own_it_is_known_what_it_starts() {
        let cli = Cli::command();
        let hidden = cli.get_subcommands().filter(|command| command.is_hide_set());
        let steps = hidden.map(|command| command.get_name()).filter(|n| !NO_STEPS.contains(n));
        let steps: Vec<&str> = steps.collect();
        assert!(steps.len() > 10, "{steps:?}");
        for step in steps {
            let words = [step, "docker"].map(str::to_owned);
            assert!(started_by(&words).is_some(), "nobody said what `{step}` starts");
        }
    }

    #[test]
    fn a_program_named_from_a_folder_is_the_same_as_from_the_root() {
        let path = |program: &str| of_root(&Command::new(program).folder("a/b")).into_string();
        assert_eq!(path("../../target/python"), "target/python");
        assert_eq!(path("/usr/bin/python"), "/usr/bin/python");
        assert_eq!(path("C:/Python311/python.exe"), "C:/Python311/python.exe");
        assert_eq!(path("bash"), "bash");
    }
}
