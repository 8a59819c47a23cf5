//! `cargo xtask wheels`: which wheels can be built here, and the plan that builds them.

mod in_containers;

use std::collections::HashMap;

use anyhow::Context;

use crate::{
    cli::{BuilderName, PlatformName, ToolchainName, Wheels},
    commands::Planned,
    errors::hinted,
    host::{Host, Python},
    matrix::{Identifier, Platform, Selection, Selector, Target},
    pipeline::{Pipeline, PlannedWheel},
    plan::JobId,
    project::Project,
    report::Row,
    testers::{can_test, runners},
    toolchain::{Headers, Toolchain},
    tools,
};

pub fn wheels_plan(arguments: &Wheels, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let mut pipeline = Pipeline::new(host, project);
    let mut builder = WheelBuilder::new(arguments.toolchain.toolchain, host, project);
    let skipped = match arguments.builder {
        BuilderName::Zig => builder.add_all(arguments, &mut pipeline)?,
        BuilderName::Docker => in_containers::add_all(arguments, host, project, &mut pipeline)?,
    };
    Ok(Planned { plan: pipeline.into_plan(), skipped })
}

/// Adds wheels to a pipeline, with one toolchain per target.
pub struct WheelBuilder<'a> {
    toolchain: ToolchainName,
    host: &'a Host,
    project: &'a Project,
    toolchains: HashMap<&'static str, Toolchain<'a>>,
}

impl<'a> WheelBuilder<'a> {
    pub fn new(toolchain: ToolchainName, host: &'a Host, project: &'a Project) -> WheelBuilder<'a> {
        WheelBuilder { toolchain, host, project, toolchains: HashMap::new() }
    }

    /// Every wheel that is asked for, up to the wheelhouse; gives those that cannot be built here.
    pub fn add_all(
        &mut self,
        arguments: &Wheels,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Vec<Row>> {
        let matrix = matrix(self.project);
        let selection = selection(arguments, self.project, self.host, &matrix)?;
        let mut skipped = Vec::new();
        let mut buildable = Vec::new();
        for identifier in matrix.into_iter().filter(|id| selection.chooses(id)) {
            match headers_for(&identifier, self.host) {
                Ok(headers) => buildable.push((identifier, headers)),
                Err(reason) => skipped.push(Row::skipped(identifier.to_string(), reason)),
            }
        }
        if buildable.is_empty() {
            return Err(nothing_to_build(&skipped));
        }
        pipeline.promote_sdist(&arguments.output)?;
        for (identifier, headers) in buildable {
            let wheel = self.wheel(identifier, &headers, pipeline)?;
            let mut tests: Vec<JobId> = Vec::new();
            for runner in runners(&identifier, self.host) {
                let is_foreign = runner.provision.is_some();
                let reference = if is_foreign { Some(self.reference(pipeline)?) } else { None };
                tests.push(pipeline.test(&wheel, runner, reference)?);
            }
            pipeline.promote(&wheel, &tests, &arguments.output);
        }
        Ok(skipped)
    }

    /// What the wheel for this very machine computes.
    fn reference(&mut self, pipeline: &mut Pipeline) -> anyhow::Result<JobId> {
        let python = self.host.tool_python()?;
        let wheel = self.wheel_for(python, pipeline)?;
        let all = runners(&wheel.identifier, self.host);
        let own = all.iter().find(|runner| runner.identity == tools::identity(python));
        let own = own.with_context(|| format!("{} is not among the candidates", python.title()))?;
        pipeline.reference(&wheel, own)
    }

    /// The wheel that installs on `python`, up to its audit.
    pub fn wheel_for(
        &mut self,
        python: &Python,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<PlannedWheel> {
        let target = host_target(self.host)?;
        let interpreter = python.interpreter().and_then(|p| self.project.config.wheel_for(p));
        let identifier = interpreter.map(|interpreter| Identifier { interpreter, target });
        let headers = identifier.and_then(|id| Some((id, headers_for(&id, self.host).ok()?)));
        let (identifier, headers) = headers.ok_or_else(|| {
            let what = format!("no wheel can be built for {}", python.executable);
            hinted(what, "use a CPython that `cargo xtask list` names, with its headers")
        })?;
        self.wheel(identifier, &headers, pipeline)
    }

    fn wheel(
        &mut self,
        identifier: Identifier,
        headers: &Headers,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<PlannedWheel> {
        let Identifier { interpreter, target } = identifier;
        if target.parts.is_empty() {
            let toolchain = self.toolchain(target)?;
            let module = pipeline.binding(identifier, headers, toolchain)?;
            return pipeline.wheel(identifier, &module, &toolchain.policy);
        }
        let mut parts = Vec::new();
        for part in target.parts {
            let target = Target::named(part).expect("parts are targets");
            let toolchain = self.toolchain(target)?;
            let identifier = Identifier { interpreter, target };
            parts.push(pipeline.binding(identifier, headers, toolchain)?);
        }
        let module = pipeline.universal(identifier, &parts);
        pipeline.wheel(identifier, &module, &self.project.config.policy(target))
    }

    fn toolchain(&mut self, target: &'static Target) -> anyhow::Result<&Toolchain<'a>> {
        if !self.toolchains.contains_key(target.name) {
            let toolchain = Toolchain::new(self.toolchain, self.host, self.project, target)?;
            self.toolchains.insert(target.name, toolchain);
        }
        Ok(&self.toolchains[target.name])
    }
}

/// Every wheel that the configuration names, by target, then interpreter.
pub fn matrix(project: &Project) -> Vec<Identifier> {
    let config = &project.config;
    let of_target = |target: &&'static Target| {
        let target = *target;
        config.interpreters.iter().map(move |i| Identifier { interpreter: *i, target })
    };
    config.targets.iter().flat_map(of_target).collect()
}

/// Without a selector, all wheels for the platform, less those that the configuration skips.
fn selection(
    arguments: &Wheels,
    project: &Project,
    host: &Host,
    matrix: &[Identifier],
) -> anyhow::Result<Selection> {
    let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect::<Vec<_>>();
    let mut selection =
        Selection { build: selectors(&arguments.selectors), skip: selectors(&arguments.skip) };
    if let Some(idle) = selection.idle(matrix) {
        return Err(hinted(
            format!("`{}` matches no wheel", idle.0),
            "`cargo xtask list` names them all; `*` stands for any characters",
        ));
    }
    if selection.build.is_empty() {
        let targets = match arguments.platform {
            Some(platform) => of_platform(platform, project),
            None => testable_targets(host, project)?,
        };
        selection.build =
            targets.iter().map(|target| Selector(format!("*-{}", target.name))).collect();
        selection.skip.extend(project.config.skip.iter().cloned());
    }
    Ok(selection)
}

fn of_platform(name: PlatformName, project: &Project) -> Vec<&'static Target> {
    let platform = match name {
        PlatformName::All => None,
        PlatformName::Linux => Some(Platform::Linux),
        PlatformName::Macos => Some(Platform::Macos),
        PlatformName::Windows => Some(Platform::Windows),
    };
    let targets = project.config.targets.iter().copied();
    targets.filter(|target| platform.is_none_or(|platform| target.platform == platform)).collect()
}

/// This machine's own target, and those of its platform that it has a tester for.
fn testable_targets(host: &Host, project: &Project) -> anyhow::Result<Vec<&'static Target>> {
    let own = host_target(host)?;
    let targets = project.config.targets.iter().copied();
    let of_platform = targets.filter(|target| target.platform == own.platform);
    Ok(of_platform.filter(|target| can_test(target, host)).collect())
}

fn host_target(host: &Host) -> anyhow::Result<&'static Target> {
    Target::of_host(host.platform, host.architecture).ok_or_else(|| {
        let machine = format!("{:?} on {}", host.platform, host.architecture.tag());
        hinted(format!("no wheel is built for {machine}"), "use Linux on x86_64, i686 or aarch64")
    })
}

/// The headers that a wheel is compiled against: of an interpreter for its own target if there is
/// one here, else of the same version for another. Or the reason why it cannot be built here.
pub fn headers_for<'h>(identifier: &Identifier, host: &'h Host) -> Result<Headers<'h>, String> {
    let Identifier { interpreter, target } = *identifier;
    if let Some(reason) = target.refuses(interpreter) {
        return Err(reason);
    }
    let of_version = |python: &&Python| {
        python.interpreter().is_some_and(|exact| interpreter.has_headers_of(&exact))
    };
    let mut found = host.candidates().filter(of_version).peekable();
    let Some(first) = found.peek() else {
        return Err(format!("no {} was found", interpreter.wanted()));
    };
    let [major, minor, _] = first.version;
    let without = format!("{} has no headers (python{major}.{minor}-dev)", first.executable);
    let native = host.served_by(interpreter, target).find_map(|python| python.include.as_deref());
    let any = found.find_map(|python| python.include.as_deref());
    match (native, any) {
        (Some(folder), _) => Ok(Headers { folder, are_foreign: false }),
        (None, Some(folder)) => Ok(Headers { folder, are_foreign: true }),
        (None, None) => Err(without),
    }
}

fn nothing_to_build(skipped: &[Row]) -> anyhow::Error {
    let reasons: Vec<String> =
        skipped.iter().map(|row| format!("{}: {}", row.identifier, row.status)).collect();
    hinted(
        format!("none of the wheels asked for can be built here\n{}", reasons.join("\n")),
        "install an interpreter (`pyenv install 3.13`), or name one with `--interpreter PATH`",
    )
}
