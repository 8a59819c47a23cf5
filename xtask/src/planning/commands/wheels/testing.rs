//! Testing wheels in containers: of the image that built them, and of older systems.

use jobs::hinted;

use crate::{
    facts::host::{Host, Image},
    ground::{
        matrix::{Libc, Target, version_of_policy},
        plan::JobId,
    },
    planning::{
        pipeline::{Pipeline, PlannedWheel, Reference},
        testers::runners_in,
    },
};

/// What reports call the image that a wheel was built in.
pub const A_CONTAINER: &str = "a container";

/// In every interpreter of an image that the wheel is for; reports call it by `title`.
pub fn test_in(
    program: &str,
    image: &Image,
    title: &str,
    wheel: &PlannedWheel,
    reference: Option<&Reference>,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<JobId>> {
    check_promise(image, wheel)?;
    let place = pipeline.container(program, image);
    let mut tests = Vec::new();
    for runner in runners_in(image, &place, title, &wheel.identifier) {
        tests.push(pipeline.test(wheel, runner, reference)?);
    }
    Ok(tests)
}

/// In the images that were named to test in, where they are for the wheel's target.
pub fn test_in_test_images(
    wheel: &PlannedWheel,
    host: &Host,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<JobId>> {
    let mut tests = Vec::new();
    let Some(containers) = &host.containers else { return Ok(tests) };
    let target = wheel.identifier.target.name;
    for image in containers.test_images.iter().filter(|image| image.target == target) {
        tests.extend(test_in(&containers.program, image, &image.name, wheel, None, pipeline)?);
    }
    Ok(tests)
}

/// A wheel runs where its C library is as old as it promises, and no older.
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
    let mut parts = tag.split('_');
    let (policy, major, minor) = (parts.next()?, parts.next()?, parts.next()?);
    version_of_policy(&format!("{policy}_{major}_{minor}"))
}
