//! `--builder docker`: every wheel whose interpreter an image has, built and tested in containers.

use super::{matrix, nothing_to_build};
use crate::{
    cli::Wheels,
    errors::hinted,
    host::{Host, Image},
    matrix::{Identifier, Selection, Selector, Target},
    pipeline::Pipeline,
    plan::JobId,
    project::Project,
    report::Row,
    testers::runners_in,
    toolchain::{Headers, Toolchain},
};

/// Gives the wheels that were asked for and that no image serves.
pub fn add_all(
    arguments: &Wheels,
    host: &Host,
    project: &Project,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<Row>> {
    let matrix = matrix(project);
    let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect();
    let selection =
        Selection { build: selectors(&arguments.selectors), skip: selectors(&arguments.skip) };
    let mut skipped = Vec::new();
    let mut any = false;
    for image in &host.images {
        let target = target_of(image)?;
        let place = pipeline.container(image)?;
        let toolchain = Toolchain::of_image(image, place.clone(), project, target);
        let of_target = |id: &&Identifier| id.target == target && selection.chooses(id);
        for identifier in matrix.iter().filter(of_target) {
            let Some(headers) = headers_in(image, identifier) else {
                let reason = format!("the image has no {}", identifier.interpreter.wanted());
                skipped.push(Row::skipped(identifier.to_string(), reason));
                continue;
            };
            if !any {
                pipeline.promote_sdist(&arguments.output)?;
                any = true;
            }
            let module = pipeline.binding(*identifier, &headers, &toolchain)?;
            let wheel = pipeline.wheel(*identifier, &module, &toolchain.policy)?;
            let mut tests: Vec<JobId> = Vec::new();
            for runner in runners_in(image, &place, identifier) {
                tests.push(pipeline.test(&wheel, runner, None)?);
            }
            pipeline.promote(&wheel, &tests, &arguments.output);
        }
    }
    if any { Ok(skipped) } else { Err(nothing_to_build(&skipped)) }
}

fn target_of(image: &Image) -> anyhow::Result<&'static Target> {
    Target::named(&image.target).ok_or_else(|| {
        let what = format!("`{}` is no target", image.target);
        hinted(what, "name one that `cargo xtask list` has: `--image manylinux_x86_64=NAME`")
    })
}

/// Of the oldest interpreter in the image that a wheel is for.
fn headers_in<'i>(image: &'i Image, identifier: &Identifier) -> Option<Headers<'i>> {
    let serves = |exact| identifier.interpreter.serves(&exact);
    let mut pythons = image.pythons.iter().filter(|p| p.interpreter().is_some_and(serves));
    let folder = pythons.find_map(|python| python.include.as_deref())?;
    Some(Headers { folder, are_foreign: false })
}
