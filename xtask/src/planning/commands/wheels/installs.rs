//! `--install-tools`: which interpreters pyenv builds, and the machine as it will then be.

use super::{builders::Builders, request::WheelsRequest};
use crate::{
    facts::{host::Host, project::Project},
    ground::matrix::{Abi, Identifier, Interpreter, Release},
    planning::{pipeline::Pipeline, platform::pyenv},
};

/// The releases that are missing for the wheels asked for and for the build's own tools, oldest
/// first: those with which something can be built that cannot be built without.
pub fn missing(
    request: &WheelsRequest,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<Release>> {
    let is_alone = host.pythons.iter().any(|python| python.named);
    if !request.install_tools || host.pyenv.is_none() || is_alone {
        return Ok(Vec::new());
    }
    let can_be_built = |release: &&Release| pyenv::refuses(host, release).is_none();
    let all: Vec<Release> = project.config.pyenv.iter().filter(can_be_built).copied().collect();
    let complete = with_releases(host, &all);
    let now = Builders::new(request, host)?;
    let then = Builders::new(request, &complete)?;
    let can = |builders: &Builders, id: &Identifier| builders.builder_of(id).is_ok();
    // Without the GIL a wheel can be built by others' headers, but run by no other.
    let is_run = |host: &Host, id: &Identifier| {
        id.interpreter.abi != Abi::Version("t")
            || host.candidates().any(|python| python.takes(id.interpreter))
    };
    let lacking = request.identifiers.iter().filter(|id| {
        can(&then, id) && (!can(&now, id) || !is_run(host, id) && is_run(&complete, id))
    });
    let releases = lacking.filter_map(|id| release_for(id.interpreter, host, project));
    let mut releases: Vec<Release> = releases.collect();
    if host.tool_python().is_err() {
        let suits = |release: &&Release| Host::suits_tools(release.interpreter(host.platform));
        releases.extend(all.iter().rev().find(suits));
    }
    releases.sort();
    releases.dedup();
    Ok(releases)
}

/// Has pyenv build these, each apart from the others.
pub fn add(releases: &[Release], host: &Host, pipeline: &mut Pipeline) {
    for release in releases {
        let pyenv = host.pyenv.as_ref().expect("without it, no release counts as missing");
        pipeline.install(pyenv::folder(pyenv, release), pyenv::job(host, pyenv, release));
    }
}

/// The same machine after pyenv has built these.
pub fn with_releases(host: &Host, releases: &[Release]) -> Host {
    let mut host = host.clone();
    if let Some(pyenv) = host.pyenv.clone() {
        let added = releases.iter().map(|release| pyenv::python(&pyenv, release, &host));
        let added: Vec<_> = added.collect();
        host.pythons.extend(added);
        host.pythons.sort_by(|a, b| (a.version, &a.abi_suffix).cmp(&(b.version, &b.abi_suffix)));
    }
    host
}

/// The reason why a wheel cannot be built, and why pyenv does not install its interpreter either.
pub fn remark(reason: String, interpreter: Interpreter, host: &Host, project: &Project) -> String {
    let Some(release) = release_for(interpreter, host, project) else { return reason };
    match (&host.pyenv, pyenv::refuses(host, &release)) {
        (None, _) => format!("{reason}, nor was pyenv, which would build {release}"),
        (_, Some(refusal)) => format!("{reason}; {refusal}"),
        _ => reason,
    }
}

/// The release of the configuration whose headers serve for an interpreter.
pub fn release_for(interpreter: Interpreter, host: &Host, project: &Project) -> Option<Release> {
    let serves =
        |release: &&Release| interpreter.has_headers_of(&release.interpreter(host.platform));
    project.config.pyenv.iter().find(serves).copied()
}
