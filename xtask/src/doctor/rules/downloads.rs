//! What the plan downloads and has not got yet, and whether that can be had.

use std::collections::BTreeMap;

use super::{
    diagnosis::{Prerequisite, good, lacking, missing},
    examined_build::ExaminedBuild,
};
use crate::{
    doctor::examination::Source,
    facts::environment::asks_index,
    ground::{
        cli::OwnStep,
        plan::{Command, Job, Plan, Step},
    },
};

/// Where a job downloads from, if it does.
fn source(job: &Job) -> Option<Source> {
    job.steps.iter().find_map(|step| match step {
        Step::Own(OwnStep::Download { url, .. }) => Some(Source::Address(url.clone())),
        Step::Own(_) => None,
        Step::Run(Command { program, arguments, .. }) => {
            let has = |word: &str| arguments.iter().any(|argument| argument == word);
            let script = arguments.first().map_or("", |word| word.as_str());
            if asks_index(program, arguments) {
                Some(Source::Index)
            } else if script.starts_with(PROVISIONING) && script.ends_with(".sh") {
                Some(Source::Debian)
            } else if has("install") && has("--skip-existing") {
                Some(Source::Address(PYTHON_ORG.to_owned()))
            } else {
                None
            }
        }
    })
}

/// How scripts that make testers begin; those for a shell have apt fetch what they need.
const PROVISIONING: &str = "build-scripts/provision-";

/// Where pyenv has the sources of CPython from.
const PYTHON_ORG: &str = "https://www.python.org/ftp/python/";

/// Jobs that download and are still to be done, by source; and how many are done.
pub fn open<'p>(plan: &'p Plan, build: &ExaminedBuild) -> (BTreeMap<Source, Vec<&'p str>>, usize) {
    let mut open: BTreeMap<Source, Vec<&str>> = BTreeMap::new();
    let mut done = 0;
    for job in plan.jobs() {
        match source(job) {
            Some(_) if build.examination.done.contains(&job.name) => done += 1,
            Some(source) => open.entry(source).or_default().push(&job.name),
            None => {}
        }
    }
    (open, done)
}

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let Some(planned) = build.planned() else { return Vec::new() };
    let (open, done) = open(&planned.plan, build);
    if open.is_empty() && done == 0 {
        return Vec::new();
    }
    let found = match (open.is_empty(), done) {
        (true, _) => format!("all {done} are here: the plan runs offline, too"),
        (false, 0) => "none is here yet".to_owned(),
        (false, _) => format!("{done} are here already"),
    };
    let mut findings = vec![good("what is downloaded", found)];
    findings.extend(open.iter().map(|(source, jobs)| of_source(source, jobs, build)));
    findings
}

fn of_source(source: &Source, jobs: &[&str], build: &ExaminedBuild) -> Prerequisite {
    let (what, hint) = match source {
        Source::Index => (
            "pip's index",
            "check the network and its proxy, and `python -m pip config list` (PIP_INDEX_URL)",
        ),
        Source::Debian => {
            ("Debian's mirror", "check the network and its proxy, and `apt-get update`")
        }
        Source::Address(url) => {
            // Of a file its name, of a folder the host.
            let part =
                if url.ends_with('/') { url.split('/').nth(2) } else { url.rsplit('/').next() };
            (part.unwrap_or(url), "check the network and its proxy (HTTPS_PROXY)")
        }
    };
    let wanted = format!("to be fetched: {}", listed(jobs));
    match build.examination.sources.iter().find(|asked| asked.source == *source) {
        Some(asked) => match &asked.problem {
            None => good(what, format!("answers; {wanted}")),
            Some(problem) => missing(what, format!("{problem}; {wanted}")).hint(hint),
        },
        None => lacking(what, format!("was not asked; {wanted}")),
    }
}

fn listed(jobs: &[&str]) -> String {
    let names: Vec<&str> = jobs.iter().map(|j| j.strip_prefix("fetch ").unwrap_or(j)).collect();
    match names[..] {
        [first, _, _, _, ..] => format!("{first} and {} more", names.len() - 1),
        _ => names.join(", "),
    }
}
