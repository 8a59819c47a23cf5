//! Testing wheels: where they were built, and in containers of older systems.

use anyhow::Context;
use jobs::hinted;

use super::{Built, request::host_target};
use crate::{
    facts::host::{Image, Python},
    ground::{
        cli::ToolchainName,
        matrix::{Identifier, Libc, Target, version_of_policy},
        plan::JobId,
    },
    planning::{
        pipeline::{Builder, Pipeline, PlannedWheel, Reference},
        testers::{runners, runners_in},
        toolchain::Headers,
        tools,
    },
};

/// What reports call the image that a wheel was built in.
const A_CONTAINER: &str = "a container";

/// Adds the tests of a wheel: in all interpreters that run it where it was built, and in the images
/// that were named to test in.
pub fn add_tests(
    wheel: &PlannedWheel,
    builder: &Builder,
    built: &[Built<Builder>],
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<JobId>> {
    let host = pipeline.host;
    let mut tests = Vec::new();
    match builder {
        Builder::Here { .. } => {
            for runner in runners(&wheel.identifier, host) {
                let is_foreign = !runner.provision.is_empty();
                let reference = is_foreign.then(|| reference(pipeline));
                tests.push(pipeline.test(wheel, runner, reference.transpose()?.as_ref())?);
            }
        }
        Builder::InContainer { engine, image, .. } => {
            let reference = reference_in_container(image, built, pipeline)?;
            tests.extend(test_in(engine, image, A_CONTAINER, wheel, reference.as_ref(), pipeline)?);
        }
    }
    let target = wheel.identifier.target.name;
    if let Some(containers) = &host.containers {
        for image in containers.test_images.iter().filter(|image| image.target == target) {
            tests.extend(test_in(&containers.program, image, &image.name, wheel, None, pipeline)?);
        }
    }
    Ok(tests)
}

/// What the wheel for this machine's own interpreter computes.
fn reference(pipeline: &mut Pipeline) -> anyhow::Result<Reference> {
    let python = pipeline.host.tool_python()?;
    let wheel = wheel_for(python, pipeline)?;
    let all = runners(&wheel.identifier, pipeline.host);
    let own = all.iter().find(|runner| runner.identity == tools::identity(python));
    let own = own.with_context(|| format!("{} is not among the candidates", python.title()))?;
    pipeline.reference(&wheel, own)
}

/// What one of the wheels computes in a container for this machine's own processor, if the image
/// is for another.
fn reference_in_container(
    image: &Image,
    built: &[Built<Builder>],
    pipeline: &mut Pipeline,
) -> anyhow::Result<Option<Reference>> {
    let own = host_target(pipeline.host)?;
    if image.target == own.name {
        return Ok(None);
    }
    let newest = built.iter().rev().find_map(|(identifier, builder)| match builder {
        Builder::InContainer { engine, image, .. } if identifier.target == own => {
            Some((identifier, builder, engine, image))
        }
        _ => None,
    });
    let Some((identifier, builder, engine, image)) = newest else { return Ok(None) };
    let wheel = pipeline.wheel(*identifier, builder)?;
    let place = pipeline.container(engine, image);
    let mut runners = runners_in(image, &place, A_CONTAINER, identifier);
    runners.pop().map(|runner| pipeline.reference(&wheel, &runner)).transpose()
}

/// The wheel that installs on an interpreter of this machine, up to its audit.
pub fn wheel_for(python: &Python, pipeline: &mut Pipeline) -> anyhow::Result<PlannedWheel> {
    let (host, config) = (pipeline.host, &pipeline.project.config);
    let target = host_target(host)?;
    let interpreter = python.interpreter().and_then(|exact| config.wheel_for(exact));
    let identifier = interpreter.map(|interpreter| Identifier { interpreter, target });
    let headers = identifier.and_then(|id| Some((id, Headers::here(&id, host).ok()?)));
    let (identifier, headers) = headers.ok_or_else(|| {
        let what = format!("no wheel can be built for {}", python.executable);
        hinted(what, "use a CPython that `cargo xtask list` names, with its headers")
    })?;
    let builder = Builder::Here { toolchain: ToolchainName::Zig, headers, install: false };
    pipeline.wheel(identifier, &builder)
}

/// Tests a wheel in every interpreter of an image that it is for; reports call the image `title`.
pub fn test_in(
    engine: &str,
    image: &Image,
    title: &str,
    wheel: &PlannedWheel,
    reference: Option<&Reference>,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<JobId>> {
    check_promise(image, wheel)?;
    let place = pipeline.container(engine, image);
    let runners = runners_in(image, &place, title, &wheel.identifier).into_iter();
    runners.map(|runner| pipeline.test(wheel, runner, reference)).collect()
}

/// Fails if an image is older than the systems that a wheel promises to run on.
fn check_promise(image: &Image, wheel: &PlannedWheel) -> anyhow::Result<()> {
    let file_name = wheel.path.file_name().unwrap_or_default();
    let tag = file_name.rsplit('-').next().unwrap_or_default();
    let oldest = tag.trim_end_matches(".whl").split('.').filter_map(promised).min();
    let is_glibc = Target::named(&image.target).is_some_and(|t| t.libc != Libc::Musl);
    match oldest {
        Some((major, minor)) if is_glibc && (major, minor) > image.libc => {
            let has = format!("glibc {}.{}", image.libc.0, image.libc.1);
            let what = format!("`{file_name}` promises to run from glibc {major}.{minor} on");
            Err(hinted(what, format!("`{}` has {has}: test it in a newer image", image.name)))
        }
        _ => Ok(()),
    }
}

/// The C library that a platform tag promises to be enough, `manylinux_2_17_x86_64`.
fn promised(tag: &str) -> Option<(u32, u32)> {
    let policy: Vec<&str> = tag.split('_').take(3).collect();
    version_of_policy(&policy.join("_"))
}
