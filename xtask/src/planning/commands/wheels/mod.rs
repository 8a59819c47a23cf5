//! `cargo xtask wheels`: which wheels can be built here, and the plan that builds them.

mod builders;
mod in_windows_container;
pub mod installs;
mod request;
pub mod testing;

use jobs::hinted;

use crate::{
    facts::{host::Host, project::Project},
    ground::matrix::{Identifier, Platform},
    planning::{
        pipeline::Pipeline,
        planned::{Planned, Skipped},
    },
};
pub use builders::Builders;
use in_windows_container::WindowsContainer;
pub use installs::release_for;
pub use request::{WheelsRequest, host_target, resolve};

pub fn wheels_plan(
    request: &WheelsRequest,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let builders = Builders::new(request, host)?;
    if let Some(plan) = builders.pulls(&request.named_images)? {
        let first = "the images are fetched first; what is in them decides the rest";
        let notes = vec![first.to_owned()];
        return Ok(Planned { plan, notes, again: true, ..Planned::default() });
    }
    let releases = installs::missing(request, host, project)?;
    let as_it_is = host;
    let host = &installs::with_releases(host, &releases);
    let mut pipeline = Pipeline::new(host, project);
    installs::add(&releases, as_it_is, &mut pipeline);
    let skipped = add_wheels(request, &mut pipeline)?;
    pipeline.checksums(&request.output);
    let is_due = |name: &str| request.due.iter().any(|id| id.to_string() == name);
    let mut missing: Vec<String> =
        skipped.iter().filter(|skipped| is_due(&skipped.name)).map(Skipped::to_string).collect();
    let mut notes = vec![builders.choice()];
    for broken in as_it_is.missed_in_tests(&request.identifiers) {
        let what = format!("no wheel is tested in what did not answer: {broken}");
        match request.is_strict {
            true => missing.push(what),
            false => notes.push(format!("note: {what}")),
        }
    }
    Ok(Planned {
        plan: pipeline.into_plan(),
        skipped,
        missing,
        notes,
        options: request.options.clone(),
        again: false,
    })
}

/// Every wheel that is asked for, up to the wheelhouse; gives those that cannot be built here.
pub fn add_wheels(
    request: &WheelsRequest,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<Skipped>> {
    let (host, project) = (pipeline.host, pipeline.project);
    if let Some(pythons) = &request.in_windows_container {
        let container = WindowsContainer::new(request, pythons, host, project)?;
        let (built, skipped) =
            divided(request, host, |id| container.refusal(id).map_or(Ok(()), Err))?;
        container.add_all(&built, &request.output, pipeline)?;
        return Ok(skipped);
    }
    let builders = Builders::new(request, host)?;
    let (built, skipped) = divided(request, host, |id| {
        builders.builder_of(id).map_err(|reason| match request.install_tools {
            true => installs::remark(reason, id.interpreter, host, project),
            false => reason,
        })
    })?;
    pipeline.promote_sdist(&request.output)?;
    for (identifier, builder) in &built {
        let wheel = pipeline.wheel(*identifier, builder)?;
        let tests = testing::add_tests(&wheel, builder, &built, pipeline)?;
        pipeline.promote(&wheel, &tests, &request.output);
    }
    Ok(skipped)
}

/// A wheel that can be built here, and what builds it.
type Built<B> = (Identifier, B);

/// The wheels that can be built here, with what `builder_of` gives for them, and the others with
/// its reason.
fn divided<B>(
    request: &WheelsRequest,
    host: &Host,
    builder_of: impl Fn(&Identifier) -> Result<B, String>,
) -> anyhow::Result<(Vec<Built<B>>, Vec<Skipped>)> {
    let mut skipped = Vec::new();
    let mut built = Vec::new();
    for identifier in &request.identifiers {
        match builder_of(identifier) {
            Ok(builder) => built.push((*identifier, builder)),
            Err(reason) => skipped.push(Skipped::new(identifier.to_string(), reason)),
        }
    }
    if !built.is_empty() {
        return Ok((built, skipped));
    }
    let reasons: Vec<String> = skipped.iter().map(Skipped::to_string).collect();
    let what = format!("none of the wheels asked for can be built here\n{}", reasons.join("\n"));
    let install = match (&host.pyenv, host.platform) {
        (Some(_), _) => "have pyenv build what is missing: `--install-tools`",
        (None, Platform::Macos) => "`brew install pyenv`, then add `--install-tools`",
        (None, Platform::Windows) => "install an interpreter (`winget install Python.Python.3.13`)",
        (None, _) => "install an interpreter (`pyenv install 3.13`)",
    };
    Err(hinted(what, format!("{install}, or name one with `--interpreter PATH`")))
}
