//! `cargo xtask check`: the gate before a release, a job or more for each promise.

mod installs;
mod readme;
mod reproducible;

use std::collections::BTreeSet;

use anyhow::ensure;
use camino::Utf8Path;

use crate::{
    cli::Check,
    commands::{
        Planned,
        wheels::{
            headers_for,
            installs::{add as install, with_releases},
        },
    },
    errors::hinted,
    host::Host,
    matrix::Identifier,
    pipeline::Pipeline,
    plan::{Job, JobId, Role},
    project::Project,
    promises::{PROMISES, Promise},
    testers::runners,
};

/// All promises side by side. Only when all of them were looked at and kept is that noted.
pub fn check_plan(arguments: &Check, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let chosen = chosen(arguments)?;
    let releases = installs::missing(arguments, host, project);
    let as_it_is = host;
    let host = &with_releases(host, &releases);
    let mut pipeline = Pipeline::new(host, project);
    install(&releases, as_it_is, &mut pipeline);
    let wheelhouse = arguments.wheelhouse.as_path();
    let is_whole = chosen.len() == PROMISES.len();
    let begin =
        Job::new("note what is checked").own(["note-checked", wheelhouse.as_str(), "--begin"]);
    if is_whole {
        let begun = pipeline.add(begin.always());
        pipeline.wait_for(begun);
    }
    let mut gate = Gate { host, project, wheelhouse, pipeline };
    let mut jobs = Vec::new();
    for promise in &chosen {
        jobs.extend(gate.add(promise)?);
    }
    if is_whole {
        let note = Job::new("note what passed").needs(jobs);
        gate.pipeline.add(note.own(["note-checked", wheelhouse.as_str()]).always());
    }
    Ok(gate.pipeline.into_plan().into())
}

fn chosen(arguments: &Check) -> anyhow::Result<Vec<&'static Promise>> {
    let Check { only, skip, .. } = arguments;
    for name in only.iter().chain(skip) {
        let names: Vec<&str> = PROMISES.iter().map(|promise| promise.name).collect();
        let known = Promise::named(name).is_some();
        ensure!(
            known,
            hinted(format!("`{name}` is no check"), format!("they are {}", names.join(", ")))
        );
    }
    let has = |names: &[String], promise: &Promise| names.iter().any(|name| name == promise.name);
    let is_chosen =
        |promise: &&Promise| (only.is_empty() || has(only, promise)) && !has(skip, promise);
    let chosen: Vec<&Promise> = PROMISES.iter().filter(is_chosen).collect();
    ensure!(!chosen.is_empty(), "no check is left\nhint: leave `--skip` or `--only` out");
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
    pub fn add(&mut self, promise: &'static Promise) -> anyhow::Result<Vec<JobId>> {
        match promise.name {
            "sdist-reproducible" => self.add_reproducible(promise),
            "sdist-installs" => self.add_installs(promise),
            "readme" => self.add_readme(promise),
            "wheels-complete" => {
                let without = self.without_headers();
                Ok(vec![self.add_own(promise, "", "--without", without)])
            }
            "tests-passed" => {
                let runs = self.what_runs_here();
                Ok(vec![self.add_own(promise, "", "--runs", runs)])
            }
            _ => Ok(vec![self.add_own(promise, "", "", BTreeSet::new())]),
        }
    }

    /// A check that is a step of ours.
    fn add_own(
        &mut self,
        promise: &'static Promise,
        title: &str,
        option: &str,
        values: BTreeSet<String>,
    ) -> JobId {
        let facts = values.into_iter().flat_map(|value| [option.to_owned(), value]);
        let job = job(promise, title).own(self.verify(promise).into_iter().chain(facts));
        self.pipeline.add(job)
    }

    fn verify(&self, promise: &Promise) -> Vec<String> {
        ["verify", promise.name, self.wheelhouse.as_str()].map(str::to_owned).to_vec()
    }

    fn sdist(&self) -> String {
        format!("{}/{}", self.wheelhouse, self.project.sdist_name())
    }

    /// Interpreters whose wheels cannot be built here.
    fn without_headers(&self) -> BTreeSet<String> {
        let config = &self.project.config;
        let is_built = |id: &Identifier| headers_for(id, self.host).is_ok();
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
fn job(promise: &'static Promise, title: &str) -> Job {
    let name = format!("check {}{title}", promise.name);
    Job::new(name).role(Role::Promise { name: promise.name }).always()
}
