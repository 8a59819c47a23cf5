//! `cargo xtask check`: the gate before a release, a job or more for each promise.

mod installs;
mod readme;
mod reproducible;

use std::collections::BTreeSet;

use anyhow::ensure;
use camino::Utf8Path;
use jobs::hinted;

use crate::{
    facts::{host::Host, project::Project},
    gate::promises::Promise,
    ground::{
        cli::{CheckArguments, OwnStep, Verify},
        matrix::Identifier,
        plan::{Job, JobId, Role},
    },
    planning::{
        commands::wheels::installs::{add as install, with_releases},
        pipeline::Pipeline,
        planned::Planned,
        testers::runners,
        toolchain::Headers,
    },
};

/// All promises side by side. Only when all of them were looked at and kept is that noted.
pub fn check_plan(
    arguments: &CheckArguments,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let chosen = chosen(arguments)?;
    let releases = installs::missing(arguments, host, project);
    let as_it_is = host;
    let host = &with_releases(host, &releases);
    let mut pipeline = Pipeline::new(host, project);
    install(&releases, as_it_is, &mut pipeline);
    let wheelhouse = arguments.wheelhouse.as_path();
    let is_whole = chosen.len() == Promise::ALL.len();
    let begin = Job::new("note what is checked").own(OwnStep::note_checked(wheelhouse, true));
    if is_whole {
        let begun = pipeline.add(begin.always());
        pipeline.wait_for(begun);
    }
    let mut gate = Gate { host, project, wheelhouse, pipeline };
    let mut jobs = Vec::new();
    for promise in chosen {
        jobs.extend(gate.add(promise)?);
    }
    if is_whole {
        let note = Job::new("note what passed").needs(jobs);
        gate.pipeline.add(note.own(OwnStep::note_checked(wheelhouse, false)).always());
    }
    Ok(gate.pipeline.into_plan().into())
}

fn chosen(arguments: &CheckArguments) -> anyhow::Result<Vec<Promise>> {
    let parsed = |names: &[String]| -> anyhow::Result<Vec<Promise>> {
        names.iter().map(|name| name.parse()).collect()
    };
    let only = parsed(&arguments.only)?;
    let skip = parsed(&arguments.skip)?;
    let is_chosen =
        |promise: &Promise| (only.is_empty() || only.contains(promise)) && !skip.contains(promise);
    let chosen: Vec<Promise> = Promise::ALL.iter().copied().filter(is_chosen).collect();
    ensure!(!chosen.is_empty(), hinted("no check is left", "leave `--skip` or `--only` out"));
    Ok(chosen)
}

/// What the jobs of the gate are made from.
pub struct Gate<'a> {
    pub host: &'a Host,
    pub project: &'a Project,
    pub wheelhouse: &'a Utf8Path,
    pub pipeline: Pipeline<'a>,
}

impl Gate<'_> {
    pub fn add(&mut self, promise: Promise) -> anyhow::Result<Vec<JobId>> {
        match promise {
            Promise::SdistReproducible => self.add_reproducible(promise),
            Promise::SdistInstalls => self.add_installs(promise),
            Promise::Readme => self.add_readme(promise),
            Promise::WheelsComplete => {
                let without = self.without_headers().into_iter().collect();
                Ok(vec![self.add_own(promise, "", Verify { without, ..self.verify(promise) })])
            }
            Promise::TestsPassed => {
                let runs = self.what_runs_here().into_iter().collect();
                Ok(vec![self.add_own(promise, "", Verify { runs, ..self.verify(promise) })])
            }
            _ => Ok(vec![self.add_own(promise, "", self.verify(promise))]),
        }
    }

    /// A check that is a step of ours.
    fn add_own(&mut self, promise: Promise, title: &str, verify: Verify) -> JobId {
        self.pipeline.add(job(promise, title).own(OwnStep::Verify(verify)))
    }

    fn verify(&self, check: Promise) -> Verify {
        let wheelhouse = self.wheelhouse.to_owned();
        Verify { check, wheelhouse, rebuilt: None, without: Vec::new(), runs: Vec::new() }
    }

    fn sdist(&self) -> String {
        format!("{}/{}", self.wheelhouse, self.project.sdist_name())
    }

    /// Interpreters whose wheels cannot be built here.
    fn without_headers(&self) -> BTreeSet<String> {
        let config = &self.project.config;
        let is_built = |id: &Identifier| Headers::here(id, self.host).is_ok();
        let built: Vec<_> = config.released().into_iter().filter(is_built).collect();
        let without = config
            .interpreters
            .iter()
            .filter(|interpreter| !built.iter().any(|id| id.interpreter == **interpreter));
        without.map(|interpreter| interpreter.to_string()).collect()
    }

    /// Exact builds of CPython, with the targets whose wheels they run.
    fn what_runs_here(&self) -> BTreeSet<String> {
        let of_wheel = |id: Identifier| {
            let name = move |exact| Identifier { interpreter: exact, ..id }.to_string();
            runners(&id, self.host).into_iter().map(move |runner| name(runner.interpreter))
        };
        self.project.config.released().into_iter().flat_map(of_wheel).collect()
    }
}

/// It looks at more than its inputs: at git, at a folder.
fn job(promise: Promise, title: &str) -> Job {
    Job::new(format!("check {promise}{title}")).role(Role::Promise(promise)).always()
}
