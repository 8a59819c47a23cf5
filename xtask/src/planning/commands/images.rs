//! `cargo xtask images`: what Linux wheels are built in.

use anyhow::Context;
use jobs::hinted;
use serde::Serialize;

use crate::{
    facts::{
        config::is_pinned,
        engine::Engine,
        host::{ContainerFacts, Host, WantedImages},
        project::Project,
    },
    ground::{
        cli::{self, ImagesCommand},
        matrix::{Platform, Target},
        meant::did_you_mean,
        plan::{Command, Job, Plan},
    },
    planning::{pipeline::container, planned::Planned},
};

/// An image for a target, as an engine is asked for it.
type TargetImage = (&'static Target, String);

/// The images that the command line names for these targets; else those of the configuration.
pub fn images_of(
    targets: impl Iterator<Item = &'static Target>,
    named: &[String],
    project: &Project,
) -> anyhow::Result<Vec<TargetImage>> {
    let named = named.iter().map(|image| parse_image(image)).collect::<anyhow::Result<Vec<_>>>()?;
    let image = |target: &'static Target| {
        let named = named.iter().find(|(of, _)| *of == target).map(|(_, name)| name.clone());
        named.or_else(|| project.config.image(target)).map(|name| (target, name))
    };
    Ok(targets.filter_map(image).collect())
}

/// `manylinux_x86_64=NAME:TAG`
pub fn parse_image(text: &str) -> anyhow::Result<TargetImage> {
    let hint = "write it like `manylinux_x86_64=NAME:TAG`; `cargo xtask list` has the targets";
    let image = text.split_once('=').and_then(|(target, name)| {
        let target = Target::named(target).filter(|t| t.platform == Platform::Linux)?;
        (!name.is_empty()).then(|| (target, name.to_owned()))
    });
    image.ok_or_else(|| hinted(format!("`{text}` names no image for a target on Linux"), hint))
}

/// Fails if an image is not pinned: what is published is not built from whatever a tag points at.
pub fn check_pins(images: &[TargetImage]) -> anyhow::Result<()> {
    match images.iter().find(|(_, name)| !is_pinned(name)) {
        Some((target, name)) => Err(hinted(
            format!("the image `{name}` for {} is not pinned by its digest", target.name),
            "pin it in `[images]` of xtask/xtask.toml (`cargo xtask images list` shows digests), \
             or say `--allow-unpinned`",
        )),
        None => Ok(()),
    }
}

/// The job by which an engine fetches an image.
pub fn pull(engine: &str, target: &str, name: &str) -> Job {
    let platform = container::platform(target);
    let pull = Command::new(engine).args(["pull", "--platform", platform, name]);
    Job::new(format!("pull {target} {name}")).run(pull).always().fetches()
}

/// The images of the configuration, or those named instead, for the targets asked for.
pub fn images_wanted(arguments: &cli::Images, project: &Project) -> anyhow::Result<WantedImages> {
    let targets = project.config.targets.iter().copied();
    let chosen = |target: &&Target| {
        target.platform == Platform::Linux
            && (arguments.targets.is_empty() || arguments.targets.iter().any(|t| t == target.name))
    };
    let images = images_of(targets.filter(chosen), &arguments.containers.image, project)?;
    if let Some(idle) = arguments.targets.iter().find(|t| images.iter().all(|i| i.0.name != **t)) {
        let what = format!("there is no image for `{idle}`");
        let meant = did_you_mean(idle, images.iter().map(|(target, _)| target.name));
        return Err(hinted(what, format!("{meant}`[images]` of xtask/xtask.toml has them")));
    }
    let program = arguments.containers.engine.clone();
    Ok(WantedImages { program, images, test_images: Vec::new() })
}

pub fn images_plan(
    arguments: &cli::Images,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let (containers, _) = engine(host)?;
    let program = &containers.program;
    let mut plan = Plan::default();
    match arguments.command {
        ImagesCommand::List => anyhow::bail!("`images list` is an answer, not a plan"),
        command @ (ImagesCommand::Pull | ImagesCommand::Build) => {
            let is_built = command == ImagesCommand::Build;
            for (target, name) in images_wanted(arguments, project)?.images {
                let is_absent = containers.absent.iter().any(|absent| absent.name == name);
                let is_pulled = !is_built || is_absent;
                let pulled = is_pulled.then(|| plan.add(pull(program, target.name, &name)));
                if is_built {
                    plan.add(container::build_image(program, target.name, &name).needs(pulled));
                }
            }
        }
        ImagesCommand::Prune => {
            let filter = format!("label={}", container::IMAGE_LABEL);
            let prune = ["image", "prune", "--all", "--force", "--filter", &filter];
            let job = Job::new("prune images")
                .own(container::sweep(program, &project.root))
                .run(Command::new(program).args(prune));
            plan.add(job.always());
        }
    }
    Ok(plan.into())
}

#[derive(Serialize)]
struct ImageLine {
    target: &'static str,
    image: String,
    is_pinned: bool,
    /// The digest of the image that is here under the name.
    id: Option<String>,
    /// The interpreters in it: `cp38`, …
    interpreters: Vec<String>,
    /// Why it is not here and cannot be fetched.
    problem: Option<String>,
}

pub fn list(
    arguments: &cli::Images,
    host: &Host,
    project: &Project,
    json: bool,
) -> anyhow::Result<String> {
    let (containers, engine) = engine(host)?;
    let wanted = images_wanted(arguments, project)?.images;
    let lines: Vec<ImageLine> =
        wanted.into_iter().map(|(target, image)| line(target, image, containers)).collect();
    if json {
        return Ok(serde_json::to_string_pretty(&lines)? + "\n");
    }
    let mut text = format!("# {} {}\n", containers.program, engine.version);
    for line in lines {
        let state = match (&line.id, &line.problem) {
            (Some(id), _) => format!("here, {id}, with {}", line.interpreters.join(" ")),
            (None, Some(problem)) => problem.clone(),
            (None, None) => "not here; `cargo xtask images pull` fetches it".to_owned(),
        };
        let loose = if line.is_pinned { "" } else { " (not pinned)" };
        text.push_str(&format!("{:20} {}{loose}\n{:20} {state}\n", line.target, line.image, ""));
    }
    Ok(text)
}

fn line(target: &'static Target, image: String, containers: &ContainerFacts) -> ImageLine {
    let here = containers.images.iter().find(|here| here.name == image);
    let absent = containers.absent.iter().find(|absent| absent.name == image);
    let pythons = here.iter().flat_map(|here| &here.pythons);
    ImageLine {
        target: target.name,
        is_pinned: is_pinned(&image),
        id: here.map(|here| here.id.clone()),
        interpreters: pythons.filter_map(|p| Some(p.interpreter()?.to_string())).collect(),
        problem: absent.and_then(|absent| Some(absent.problem.as_ref()?.what.to_string())),
        image,
    }
}

/// The container engine, if it answers.
pub fn engine(host: &Host) -> anyhow::Result<(&ContainerFacts, &Engine)> {
    let containers = host.containers.as_ref().context("nobody looked for a container engine")?;
    Ok((containers, containers.engine().map_err(|problem| problem.clone())?))
}
