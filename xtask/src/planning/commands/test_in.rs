//! `cargo xtask test-in`: wheels from anywhere, tested in the interpreters of an image.

use anyhow::Context;
use jobs::hinted;
use wheel_audit::WheelName;

use crate::{
    facts::{
        host::{Host, WantedImages},
        project::Project,
    },
    ground::{cli::TestIn, matrix::Identifier},
    planning::{
        commands::{images::engine, wheels::testing},
        pipeline::{Pipeline, PlannedWheel},
        planned::Planned,
    },
    wheel,
};

pub fn images_wanted(arguments: &TestIn) -> WantedImages {
    let (program, test_images) = (arguments.engine.clone(), vec![arguments.image.clone()]);
    WantedImages { program, test_images, images: Vec::new() }
}

pub fn test_in_plan(arguments: &TestIn, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let (containers, _) = engine(host)?;
    let image = containers.test_images.first().context("nobody looked into the image")?;
    let mut pipeline = Pipeline::new(host, project);
    let mut tests = Vec::new();
    for path in &arguments.wheels {
        let WheelName { python, abi, platform, .. } = wheel::name_of(path)?;
        let identifier = Identifier::of_tags(&python, &abi, &platform)
            .with_context(|| format!("cannot test `{path}`"))?;
        let wheel = PlannedWheel { identifier, path: path.clone(), audited: Vec::new() };
        if identifier.target.name != image.target {
            let what = format!("`{path}` is for {}", identifier.target.name);
            let hint = format!("`{}` is an image for {}", image.name, image.target);
            return Err(hinted(what, hint));
        }
        let of_wheel =
            testing::test_in(&containers.program, image, &image.name, &wheel, None, &mut pipeline)?;
        if of_wheel.is_empty() {
            let found: Vec<String> = image.pythons.iter().map(|python| python.title()).collect();
            let what = format!("`{}` has no interpreter that `{path}` is for", image.name);
            return Err(hinted(what, format!("it has {}", found.join(", "))));
        }
        tests.extend(of_wheel);
    }
    Ok(pipeline.into_plan().into())
}
