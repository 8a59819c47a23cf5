//! `cargo xtask release`: a version, a date, a commit, and a tag if it keeps what it promises.

use camino::Utf8Path;

use crate::{
    facts::{host::Host, project::Project},
    gate::{plan::Gate, promises::Promise},
    ground::{
        cli::{OwnStep, ReleaseArguments, ReleaseStep},
        paths::STATE,
        plan::Job,
    },
    planning::{pipeline::Pipeline, planned::Planned},
};

/// Promises that can be broken before there is a commit.
const BEFORE: &[Promise] = &[Promise::CleanTree, Promise::Submodule, Promise::ImagesPinned];

/// Promises that can be broken before there are wheels; many machines make those, from the tag.
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
    let undo = || OwnStep::ReleaseStep(ReleaseStep::Undo);
    let left = Job::new("undo what a killed run left").own(undo()).always();
    let left = gate.pipeline.add(left);
    gate.pipeline.wait_for(left);
    let before = gate.add(BEFORE)?;

    let step = OwnStep::ReleaseStep(ReleaseStep::Commit(arguments.clone()));
    let commit = Job::new("commit").needs(before).own(OwnStep::empty([&folder])).own(step).always();
    let commit = gate.pipeline.add(commit);
    gate.pipeline.wait_for(commit);
    let sdist = gate.pipeline.promote_sdist(wheelhouse)?;
    gate.pipeline.wait_for(sdist);
    let checks = gate.add(AFTER)?;

    let tag = Job::new("tag").needs(checks).own(OwnStep::ReleaseStep(ReleaseStep::Tag)).always();
    let tag = gate.pipeline.add(tag);
    let not_tagged = Job::new("undo what was not tagged").needs([tag]).own(undo());
    gate.pipeline.add(not_tagged.always().in_any_case());
    Ok(gate.pipeline.into_plan().into())
}
