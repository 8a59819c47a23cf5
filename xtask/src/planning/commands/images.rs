//! `cargo xtask images`: what Linux wheels are built in.

use anyhow::Context;
use serde::Serialize;

use crate::{
    facts::{
        config::is_pinned,
        host::{Containers, Host, Wanted},
        project::Project,
    },
    ground::{
        cli::{self, ImagesCommand},
        matrix::{Platform, Target},
        plan::{Command, Job, Plan},
    },
    planning::{
        commands::wheels::{images_of, pull},
        pipeline::container,
    },
};

/// Those of the configuration, and those named instead.
pub fn images_wanted(arguments: &cli::Images, project: &Project) -> anyhow::Result<Wanted> {
    let targets = project.config.targets.iter().copied();
    let chosen = |target: &&Target| {
        target.platform == Platform::Linux
            && (arguments.targets.is_empty() || arguments.targets.iter().any(|t| t == target.name))
    };
    let images = images_of(targets.filter(chosen), &arguments.containers.image, project)?;
    if let Some(idle) = arguments.targets.iter().find(|t| images.iter().all(|i| i.0.name != **t)) {
        let what = format!("there is no image for `{idle}`");
        return Err(jobs::hinted(what, "`[images]` of xtask/xtask.toml has them"));
    }
    let program = arguments.containers.engine.clone();
    Ok(Wanted { program, images, test_images: Vec::new() })
}

pub fn images_plan(
    arguments: &cli::Images,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Plan> {
    let containers = containers(host)?;
    containers.engine().map_err(|problem| problem.clone())?;
    let program = &containers.program;
    let mut plan = Plan::default();
    match arguments.command {
        ImagesCommand::List => anyhow::bail!("`images list` is an answer, not a plan"),
        ImagesCommand::Pull => {
            for (target, name) in images_wanted(arguments, project)?.images {
                plan.add(pull(program, target.name, &name));
            }
        }
        ImagesCommand::Build => {
            for (target, name) in images_wanted(arguments, project)?.images {
                let pulled = containers.absent.iter().any(|absent| absent.name == name);
                let pulled = pulled.then(|| plan.add(pull(program, target.name, &name)));
                plan.add(container::build_image(program, target.name, &name).needs(pulled));
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
    Ok(plan)
}

#[derive(Serialize)]
struct Line {
    target: &'static str,
    image: String,
    is_pinned: bool,
    /// The digest of what is here under the name.
    id: Option<String>,
    /// What it builds for: `cp38`, …
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
    let containers = containers(host)?;
    let engine = containers.engine().map_err(|problem| problem.clone())?;
    let wanted = images_wanted(arguments, project)?.images;
    let lines: Vec<Line> =
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

fn line(target: &'static Target, image: String, containers: &Containers) -> Line {
    let here = containers.images.iter().find(|here| here.name == image);
    let absent = containers.absent.iter().find(|absent| absent.name == image);
    let pythons = here.iter().flat_map(|here| &here.pythons);
    Line {
        target: target.name,
        is_pinned: is_pinned(&image),
        id: here.map(|here| here.id.clone()),
        interpreters: pythons.filter_map(|p| Some(p.interpreter()?.to_string())).collect(),
        problem: absent.and_then(|absent| Some(absent.problem.as_ref()?.what.to_string())),
        image,
    }
}

fn containers(host: &Host) -> anyhow::Result<&Containers> {
    host.containers.as_ref().context("nobody looked for a container engine")
}
