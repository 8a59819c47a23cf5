//! `cargo xtask release`: a version, a date, a commit, and a tag if it keeps what it promises.

use camino::Utf8Path;

use crate::{
    cli::Release,
    commands::{Planned, check::Gate},
    execute::STATE,
    host::Host,
    pipeline::Pipeline,
    plan::{Job, JobId},
    project::Project,
    promises::Promise,
};

/// What can be broken before there is a commit.
const BEFORE: &[&str] = &["clean-tree", "submodule", "images-pinned"];

/// What can be broken before there are wheels, which are made of the tag: on many machines.
const AFTER: &[&str] =
    &["versions", "sdist-complete", "sdist-reproducible", "sdist-installs", "private"];

/// The commit stays if the source archive that is made of it keeps its promises; then it is tagged.
pub fn release_plan(
    arguments: &Release,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let released = Project { version: arguments.version.clone(), ..project.clone() };
    let folder = format!("{STATE}/release");
    let wheelhouse = Utf8Path::new(&folder);
    let pipeline = Pipeline::new(host, &released);
    let mut gate = Gate { host, project: &released, wheelhouse, pipeline };
    let before = add_all(&mut gate, BEFORE)?;

    let mut words = vec!["release-step".to_owned(), "commit".to_owned(), arguments.version.clone()];
    words.extend(arguments.date.iter().flat_map(|date| ["--date".to_owned(), date.clone()]));
    let commit = Job::new("commit").needs(before).own(["empty", &folder]).own(words).always();
    let commit = gate.pipeline.add(commit);
    gate.pipeline.wait_for(commit);
    let sdist = gate.pipeline.promote_sdist(wheelhouse)?;
    gate.pipeline.wait_for(sdist);
    let checks = add_all(&mut gate, AFTER)?;

    let tag = Job::new("tag").needs(checks).own(["release-step", "tag"]).always();
    let tag = gate.pipeline.add(tag);
    let undo = Job::new("undo what was not tagged").needs([tag]).own(["release-step", "undo"]);
    gate.pipeline.add(undo.always().in_any_case());
    Ok(gate.pipeline.into_plan().into())
}

fn add_all(gate: &mut Gate, names: &[&str]) -> anyhow::Result<Vec<JobId>> {
    let mut jobs = Vec::new();
    for name in names {
        jobs.extend(gate.add(Promise::named(name).expect("it is one"))?);
    }
    Ok(jobs)
}
