//! `cargo xtask release`: a version, a date, a commit, and a tag if it keeps what it promises.

use camino::Utf8Path;

use crate::{
    facts::{host::Host, project::Project},
    gate::{plan::Gate, promises::Promise},
    ground::{
        cli::{OwnStep, ReleaseArguments, ReleaseStep},
        paths::STATE,
        plan::{Job, JobId},
    },
    planning::{pipeline::Pipeline, planned::Planned},
};

/// What can be broken before there is a commit.
const BEFORE: &[Promise] = &[Promise::CleanTree, Promise::Submodule, Promise::ImagesPinned];

/// What can be broken before there are wheels, which are made of the tag: on many machines.
const AFTER: &[Promise] = &[
    Promise::Versions,
    Promise::SdistComplete,
    Promise::SdistReproducible,
    Promise::SdistInstalls,
    Promise::Private,
];

/// The commit stays if the source archive that is made of it keeps its promises; then it is tagged.
pub fn release_plan(
    arguments: &ReleaseArguments,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let released = Project { version: arguments.version.clone(), ..project.clone() };
    let folder = format!("{STATE}/release");
    let wheelhouse = Utf8Path::new(&folder);
    let pipeline = Pipeline::new(host, &released);
    let mut gate = Gate { host, project: &released, wheelhouse, pipeline };
    let before = add_all(&mut gate, BEFORE)?;

    let step = OwnStep::ReleaseStep(ReleaseStep::Commit(arguments.clone()));
    let commit = Job::new("commit").needs(before).own(OwnStep::empty([&folder])).own(step).always();
    let commit = gate.pipeline.add(commit);
    gate.pipeline.wait_for(commit);
    let sdist = gate.pipeline.promote_sdist(wheelhouse)?;
    gate.pipeline.wait_for(sdist);
    let checks = add_all(&mut gate, AFTER)?;

    let tag = Job::new("tag").needs(checks).own(OwnStep::ReleaseStep(ReleaseStep::Tag)).always();
    let tag = gate.pipeline.add(tag);
    let undo = Job::new("undo what was not tagged")
        .needs([tag])
        .own(OwnStep::ReleaseStep(ReleaseStep::Undo));
    gate.pipeline.add(undo.always().in_any_case());
    Ok(gate.pipeline.into_plan().into())
}

fn add_all(gate: &mut Gate, promises: &[Promise]) -> anyhow::Result<Vec<JobId>> {
    let mut jobs = Vec::new();
    for promise in promises {
        jobs.extend(gate.add(*promise)?);
    }
    Ok(jobs)
}
