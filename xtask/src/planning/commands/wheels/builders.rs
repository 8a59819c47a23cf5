//! Which builder makes which wheel: docker where it can, else this machine itself; and why.

use super::request::{WheelsRequest, is_native};
use crate::{
    facts::{
        failures::{self, Explanation},
        host::{AbsentImage, ContainerFacts, Host, Image},
    },
    ground::{
        cli::{BuilderName, ToolchainName},
        matrix::{Identifier, Platform, Target},
        plan::Plan,
    },
    planning::{commands::images::pull, pipeline::Builder, toolchain::Headers},
};

/// Says what builds each wheel of a request on this machine.
pub struct Builders<'h> {
    host: &'h Host,
    asked: Option<BuilderName>,
    /// Whether Visual Studio is installed where it is needed.
    install: bool,
}

impl<'h> Builders<'h> {
    /// Fails if docker is asked for and does not answer.
    pub fn new(request: &WheelsRequest, host: &'h Host) -> anyhow::Result<Builders<'h>> {
        let asked = request.builder;
        if asked == Some(BuilderName::Docker)
            && let Some(Err(problem)) = host.containers.as_ref().map(ContainerFacts::engine)
        {
            return Err(problem.clone().into());
        }
        Ok(Builders { host, asked, install: request.install_tools })
    }

    /// What builds a wheel, or the reason why it cannot be built.
    pub fn builder_of(&self, identifier: &Identifier) -> Result<Builder<'h>, String> {
        let containers = self.host.containers.as_ref();
        let of_target = |image: &&Image| image.target == identifier.target.name;
        let image = containers.and_then(|all| Some((all, all.images.iter().find(of_target)?)));
        if let Some((containers, image)) = image {
            if let Some(headers) = Headers::in_image(image, identifier) {
                return Ok(Builder::InContainer { engine: &containers.program, image, headers });
            }
            if self.asked == Some(BuilderName::Docker) {
                return Err(format!("the image has no {}", identifier.interpreter.wanted()));
            }
        }
        let toolchain = match self.asked {
            Some(BuilderName::Docker) => return Err(self.why_no_image(identifier.target)),
            Some(BuilderName::Native) if !is_native(identifier.target, self.host) => {
                return Err("this system's compiler does not compile for it".to_owned());
            }
            Some(BuilderName::Native) => ToolchainName::Native,
            Some(BuilderName::Zig) | None => ToolchainName::Zig,
        };
        let headers = Headers::here(identifier, self.host)?;
        Ok(Builder::Here { toolchain, headers, install: self.install })
    }

    fn why_no_image(&self, target: &Target) -> String {
        let containers = self.host.containers.as_ref();
        let of_target = |absent: &&AbsentImage| absent.target == target.name;
        let absent = containers.and_then(|all| Some((all, all.absent.iter().find(of_target)?)));
        let problem = absent.and_then(|(containers, absent)| self.problem(absent, containers));
        match problem {
            Some(problem) => problem.what,
            None => format!("there is no image for {}", target.name),
        }
    }

    /// Which builder is used, and why: what a run says first.
    pub fn choice(&self) -> String {
        let zig = |why: &str| format!("builder: zig, for {why}");
        match (self.asked, &self.host.containers) {
            (Some(BuilderName::Zig), _) => "builder: zig, as asked".to_owned(),
            (Some(BuilderName::Native), _) => "builder: native, as asked".to_owned(),
            (_, None) => zig("it needs nothing installed"),
            (asked, Some(containers)) => match containers.engine() {
                Err(problem) => zig(&problem.what),
                Ok(engine) if asked.is_some() && self.host.platform == Platform::Windows => {
                    let ContainerFacts { program, .. } = containers;
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

    /// Why there is no use in fetching an image, if there is none. That it could not run is said
    /// before it is downloaded, unless the engine is on another kernel, which may emulate it.
    fn problem(&self, absent: &AbsentImage, containers: &ContainerFacts) -> Option<Explanation> {
        let target = Target::named(&absent.target).expect("images are wanted for targets");
        let engine = containers.engine().ok()?;
        let runs = engine.architecture.runs(target.architecture)
            || self.host.emulated.contains(&target.architecture);
        let is_here = self.host.kernel.is_some() && self.host.kernel == engine.kernel;
        if is_here && !runs {
            return Some(failures::not_emulated());
        }
        absent.problem.clone()
    }
}
