//! Which builder makes which wheel: docker where it can, else this machine itself; and why.

use std::collections::BTreeSet;

use jobs::hinted;

use super::{headers_for, host_target, shards::of_shard};
use crate::{
    facts::{
        config::is_pinned,
        failures::{self, Explanation},
        host::{AbsentImage, Containers, Host, Image, Wanted},
        project::Project,
    },
    ground::{
        cli::{BuilderName, ToolchainName, Wheels},
        matrix::{Identifier, Platform, Target},
        plan::{Command, Job, Plan},
    },
    planning::{pipeline::container, toolchain::Headers},
};

/// How one wheel is built.
pub enum Way<'h> {
    Here(ToolchainName, Headers<'h>),
    /// In a container of the image.
    In(&'h str, &'h Image, Headers<'h>),
}

impl Way<'_> {
    pub fn headers(&self) -> &Headers<'_> {
        match self {
            Way::Here(_, headers) | Way::In(_, _, headers) => headers,
        }
    }
}

pub struct Builders<'h> {
    host: &'h Host,
    asked: Option<BuilderName>,
}

/// The images that the wheels asked for would be built in, if by docker.
pub fn images_wanted(
    arguments: &Wheels,
    identifiers: &[Identifier],
    host: &Host,
    project: &Project,
) -> anyhow::Result<Option<Wanted>> {
    let arguments = &of_shard(arguments, project)?;
    let by_default = arguments.builder.is_none() && host.platform == Platform::Linux;
    let builds = by_default || arguments.builder == Some(BuilderName::Docker);
    if !builds && arguments.test_image.is_empty() {
        return Ok(None);
    }
    let targets: BTreeSet<&str> = identifiers.iter().map(|id| id.target.name).collect();
    let targets = targets.into_iter().filter_map(Target::named);
    let images =
        if builds { images_of(targets, &arguments.containers.image, project)? } else { vec![] };
    check_pins(arguments, &images)?;
    Ok(Some(Wanted {
        program: arguments.containers.engine.clone(),
        images,
        test_images: arguments.test_image.clone(),
    }))
}

/// Those named on the command line, of the targets; else those of the configuration.
pub fn images_of(
    targets: impl Iterator<Item = &'static Target>,
    named: &[String],
    project: &Project,
) -> anyhow::Result<Vec<(&'static Target, String)>> {
    let named = named.iter().map(|image| parse_image(image)).collect::<anyhow::Result<Vec<_>>>()?;
    let image = |target: &'static Target| {
        let named = named.iter().find(|(of, _)| *of == target).map(|(_, name)| name.clone());
        named.or_else(|| project.config.image(target)).map(|name| (target, name))
    };
    Ok(targets.filter_map(image).collect())
}

/// `manylinux_x86_64=NAME:TAG`
pub fn parse_image(text: &str) -> anyhow::Result<(&'static Target, String)> {
    let hint = "write it like `manylinux_x86_64=NAME:TAG`; `cargo xtask list` has the targets";
    let image = text.split_once('=').and_then(|(target, name)| {
        let target = Target::named(target).filter(|t| t.platform == Platform::Linux)?;
        (!name.is_empty()).then(|| (target, name.to_owned()))
    });
    image.ok_or_else(|| hinted(format!("`{text}` names no image for a target on Linux"), hint))
}

/// What is published is built from what is known, and not from what a tag points at today.
fn check_pins(arguments: &Wheels, images: &[(&Target, String)]) -> anyhow::Result<()> {
    let loose = images.iter().find(|(_, name)| !is_pinned(name));
    match loose {
        Some((target, name)) if arguments.release && !arguments.allow_unpinned => Err(hinted(
            format!("the image `{name}` for {} is not pinned by its digest", target.name),
            "pin it in `[images]` of xtask/xtask.toml (`cargo xtask images list` shows digests), \
             or say `--allow-unpinned`",
        )),
        _ => Ok(()),
    }
}

impl<'h> Builders<'h> {
    pub fn new(asked: Option<BuilderName>, host: &'h Host) -> anyhow::Result<Builders<'h>> {
        let builders = Builders { host, asked };
        if asked == Some(BuilderName::Docker)
            && let Some(Err(problem)) = host.containers.as_ref().map(Containers::engine)
        {
            return Err(problem.clone().into());
        }
        Ok(builders)
    }

    /// Or the reason why it cannot be built.
    pub fn way(&self, identifier: &Identifier) -> Result<Way<'h>, String> {
        let containers = self.host.containers.as_ref();
        let of_target = |image: &&Image| image.target == identifier.target.name;
        let image = containers.and_then(|all| Some((all, all.images.iter().find(of_target)?)));
        if let Some((containers, image)) = image {
            if let Some(headers) = headers_in(image, identifier) {
                return Ok(Way::In(&containers.program, image, headers));
            }
            if self.asked == Some(BuilderName::Docker) {
                return Err(format!("the image has no {}", identifier.interpreter.wanted()));
            }
        }
        match self.asked {
            Some(BuilderName::Docker) => Err(self.why_no_image(identifier.target)),
            Some(BuilderName::Native) if !is_native(identifier.target, self.host) => {
                Err("this system's compiler does not compile for it".to_owned())
            }
            asked => {
                let is_native = asked == Some(BuilderName::Native);
                let name = if is_native { ToolchainName::Native } else { ToolchainName::Zig };
                headers_for(identifier, self.host).map(|headers| Way::Here(name, headers))
            }
        }
    }

    fn why_no_image(&self, target: &Target) -> String {
        let containers = self.host.containers.as_ref();
        let of_target = |absent: &&AbsentImage| absent.target == target.name;
        let absent = containers.and_then(|all| Some((all, all.absent.iter().find(of_target)?)));
        let problem = absent.and_then(|(containers, absent)| self.problem(absent, containers));
        match problem {
            Some(problem) => problem.what.into_owned(),
            None => format!("there is no image for {}", target.name),
        }
    }

    /// Which builder, and why: what a run says first.
    pub fn choice(&self) -> String {
        let zig = |why: &str| format!("builder: zig, for {why}");
        match (self.asked, &self.host.containers) {
            (Some(BuilderName::Zig), _) => "builder: zig, as asked".to_owned(),
            (Some(BuilderName::Native), _) => "builder: native, as asked".to_owned(),
            (_, None) => zig("it needs nothing installed"),
            (asked, Some(containers)) => match containers.engine() {
                Err(problem) => zig(&problem.what),
                Ok(engine) if asked.is_some() && self.host.platform == Platform::Windows => {
                    let Containers { program, .. } = containers;
                    format!("builder: {program} {}, with Windows in it, as asked", engine.version)
                }
                Ok(_) if containers.images.is_empty() => {
                    let problem = containers.absent.iter().find_map(|a| a.problem.as_ref());
                    let why = problem.map_or("no image is configured", |p| &*p.what);
                    zig(&format!("{why} (`cargo xtask images list`)"))
                }
                Ok(engine) => {
                    let names = containers.images.iter().map(|image| image.target.as_str());
                    let names = names.collect::<Vec<_>>().join(", ");
                    let program = &containers.program;
                    let why = if asked.is_some() { "as asked" } else { "for its images are here" };
                    let version = &engine.version;
                    format!("builder: {program} {version} for {names}, {why}; else zig")
                }
            },
        }
    }

    /// Fetches what is not here and can be had: only then is it known what is in it. With docker
    /// asked for, one of the images `named` must be of use, and some image at all.
    pub fn pulls(&self, named: &[String]) -> anyhow::Result<Option<Plan>> {
        let Some(containers) = &self.host.containers else { return Ok(None) };
        let mut plan = Plan::default();
        let mut problems = Vec::new();
        for absent in &containers.absent {
            let AbsentImage { target, name, .. } = absent;
            match self.problem(absent, containers) {
                None => drop(plan.add(pull(&containers.program, target, name))),
                Some(problem) => problems.push((absent, problem)),
            }
        }
        let is_named = |AbsentImage { target, name, .. }: &AbsentImage| {
            named.contains(&format!("{target}={name}"))
        };
        let nothing = containers.images.is_empty() && plan.jobs().is_empty();
        let of_named = problems.iter().find(|(absent, _)| is_named(absent));
        let stopping = of_named.or(problems.first().filter(|_| nothing));
        if let (Some(BuilderName::Docker), Some((AbsentImage { name, .. }, problem))) =
            (self.asked, stopping)
        {
            let is_said = problem.what.contains(name);
            let (problem, tried) = (problem.clone(), format!("`{name}`"));
            return Err(if is_said { problem.into() } else { problem.of(&tried) });
        }
        Ok((!plan.jobs().is_empty()).then_some(plan))
    }

    /// Why there is no use in fetching an image. That it could not run is better said now than
    /// after a download; an engine on another kernel may have what this one lacks.
    fn problem(&self, absent: &AbsentImage, containers: &Containers) -> Option<Explanation> {
        let target = Target::named(&absent.target).expect("images are wanted for targets");
        let engine = containers.engine().ok()?;
        let runs = engine.architecture.runs(target.architecture)
            || self.host.emulated.contains(&target.architecture);
        let is_here = self.host.kernel.is_some() && self.host.kernel == engine.kernel;
        if is_here && !runs {
            return Some(failures::NOT_EMULATED);
        }
        absent.problem.clone()
    }
}

/// Whether this system's own compiler compiles for a target: those of Windows and macOS do for all
/// of theirs.
pub fn is_native(target: &Target, host: &Host) -> bool {
    let is_alike = host.platform == target.platform && host.platform != Platform::Linux;
    is_alike || host_target(host).is_ok_and(|own| own == target)
}

pub fn pull(program: &str, target: &str, name: &str) -> Job {
    let platform = container::platform(target);
    let pull = Command::new(program).args(["pull", "--platform", platform, name]);
    Job::new(format!("pull {target} {name}")).run(pull).always()
}

/// Of the oldest interpreter in the image that a wheel is for.
fn headers_in<'i>(image: &'i Image, identifier: &Identifier) -> Option<Headers<'i>> {
    let serves = |exact| identifier.interpreter.serves(&exact);
    let mut pythons = image.pythons.iter().filter(|p| p.interpreter().is_some_and(serves));
    let folder = pythons.find_map(|python| python.include.as_deref())?;
    Some(Headers { folder, are_foreign: false })
}
