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
        matrix::{Identifier, Interpreter},
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

/// Looks at all promises side by side. It notes what passed only if none was left out.
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
    let is_whole = chosen.len() == Promise::all().count();
    let note = |begin| OwnStep::NoteChecked { wheelhouse: wheelhouse.to_owned(), begin };
    if is_whole {
        let begun = pipeline.add(Job::new("note what is checked").own(note(true)).always());
        pipeline.wait_for(begun);
    }
    let mut gate = Gate { host, project, wheelhouse, pipeline };
    let jobs = gate.add(&chosen)?;
    if is_whole {
        gate.pipeline.add(Job::new("note what passed").needs(jobs).own(note(false)).always());
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
    let chosen: Vec<Promise> = Promise::all().filter(is_chosen).collect();
    ensure!(!chosen.is_empty(), hinted("no check is left", "leave `--skip` or `--only` out"));
    Ok(chosen)
}

/// The plan of the gate while jobs are added to it.
pub struct Gate<'a> {
    pub host: &'a Host,
    pub project: &'a Project,
    pub wheelhouse: &'a Utf8Path,
    pub pipeline: Pipeline<'a>,
}

impl Gate<'_> {
    /// Adds the jobs that see whether these promises are kept.
    pub fn add(&mut self, promises: &[Promise]) -> anyhow::Result<Vec<JobId>> {
        let mut jobs = Vec::new();
        for promise in promises.iter().copied() {
            let verify = self.verify(promise);
            jobs.extend(match promise {
                Promise::SdistInstalls => self.add_installs(promise)?,
                Promise::SdistReproducible => vec![self.add_reproducible(verify)?],
                Promise::Readme => vec![self.add_readme(promise)?],
                Promise::WheelsComplete => {
                    let without = self.without_headers();
                    vec![self.add_own(promise, "", Verify { without, ..verify })]
                }
                Promise::TestsPassed => {
                    let runs = self.what_runs_here();
                    vec![self.add_own(promise, "", Verify { runs, ..verify })]
                }
                _ => vec![self.add_own(promise, "", verify)],
            });
        }
        Ok(jobs)
    }

    /// Adds a job whose only step is one of this program.
    fn add_own(&mut self, promise: Promise, title: &str, verify: Verify) -> JobId {
        self.pipeline.add(job(promise, title).own(OwnStep::Verify(verify)))
    }

    fn verify(&self, promise: Promise) -> Verify {
        let wheelhouse = self.wheelhouse.to_owned();
        Verify { promise, wheelhouse, rebuilt: None, without: Vec::new(), runs: Vec::new() }
    }

    fn sdist(&self) -> String {
        format!("{}/{}", self.wheelhouse, self.project.sdist_name())
    }

    /// The interpreters whose wheels cannot be built here, by name, sorted.
    fn without_headers(&self) -> Vec<String> {
        let released = self.project.config.released();
        let is_built = |interpreter: &Interpreter| {
            let mut wheels = released.iter().filter(|id| id.interpreter == *interpreter);
            wheels.any(|id| Headers::here(id, self.host).is_ok())
        };
        let without = self.project.config.interpreters.iter().filter(|one| !is_built(one));
        let names: BTreeSet<String> = without.map(Interpreter::to_string).collect();
        names.into_iter().collect()
    }

    /// Exact builds of CPython with the targets whose wheels they run, by name, sorted.
    fn what_runs_here(&self) -> Vec<String> {
        let of_wheel = |id: Identifier| {
            let name = move |exact| Identifier { interpreter: exact, ..id }.to_string();
            runners(&id, self.host).into_iter().map(move |runner| name(runner.interpreter))
        };
        let released = self.project.config.released().into_iter();
        let names: BTreeSet<String> = released.flat_map(of_wheel).collect();
        names.into_iter().collect()
    }
}

/// A job of a promise is done each time: it looks at more than its inputs, at git and at folders.
fn job(promise: Promise, title: &str) -> Job {
    Job::new(format!("check {promise}{title}")).role(Role::Promise(promise)).always()
}
