//! `cargo xtask wheels`: which wheels can be built here, and the plan that builds them.

mod builders;
mod in_windows_container;
pub mod installs;
mod shards;
pub mod testing;

use std::collections::{HashMap, hash_map::Entry};

use anyhow::Context;
use clap::ValueEnum;
use jobs::hinted;

use crate::{
    facts::{
        host::{Host, Image, Python},
        project::Project,
    },
    ground::{
        cli::{BuilderName, ToolchainName, Wheels},
        matrix::{Identifier, Platform, Selection, Selector, Systems, Target},
        plan::JobId,
    },
    planning::{
        pipeline::{Module, Pipeline, PlannedWheel, Reference},
        place::Place,
        planned::{Planned, Skipped},
        testers::{can_test, runners, runners_in},
        toolchain::{Headers, Toolchain},
        tools,
    },
};
pub use builders::{Builders, Way, images_of, images_wanted, parse_image, pull};
pub use installs::release_for;
pub use shards::of_shard;

pub fn wheels_plan(arguments: &Wheels, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let arguments = &of_shard(arguments, project)?;
    let builders = Builders::new(arguments.builder, host)?;
    if let Some(plan) = builders.pulls(&arguments.containers.image)? {
        let first = "the images are fetched first; what is in them decides the rest";
        return Ok(Planned {
            plan,
            notes: vec![first.to_owned()],
            again: true,
            ..Planned::default()
        });
    }
    let releases = installs::missing(arguments, host, project)?;
    let as_it_is = host;
    let host = &installs::with_releases(host, &releases);
    let mut pipeline = Pipeline::new(host, project);
    installs::add(&releases, as_it_is, &mut pipeline);
    let skipped = if is_in_windows_container(arguments, host) {
        let wanted = identifiers(arguments, host, project)?;
        in_windows_container::add_all(arguments, wanted, host, project, &mut pipeline)?
    } else {
        WheelBuilder::new(host, project).add_all(arguments, &mut pipeline)?
    };
    Ok(Planned {
        plan: pipeline.into_plan(),
        skipped,
        notes: vec![builders.choice()],
        options: options(arguments),
        again: false,
    })
}

/// Where the helper in a container does what it else does here.
pub fn is_in_windows_container(arguments: &Wheels, host: &Host) -> bool {
    host.platform == Platform::Windows && arguments.builder == Some(BuilderName::Docker)
}

/// What stays when only some wheels are built again.
fn options(arguments: &Wheels) -> Vec<String> {
    let Wheels { builder, containers, test_image, interpreter, output, .. } = arguments;
    let mut words = Vec::new();
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    if let Some(builder) = builder.and_then(|builder| builder.to_possible_value()) {
        option("--builder", builder.get_name());
    }
    if containers.engine != "docker" {
        option("--engine", &containers.engine);
    }
    containers.image.iter().for_each(|image| option("--image", image));
    test_image.iter().for_each(|image| option("--test-image", image));
    interpreter.iter().for_each(|path| option("--interpreter", path.as_str()));
    if output != "wheelhouse" {
        option("--output", output.as_str());
    }
    words
}

/// Adds wheels to a pipeline, with one toolchain per target and place.
pub struct WheelBuilder<'a> {
    host: &'a Host,
    project: &'a Project,
    toolchains: HashMap<(&'static str, Place), Toolchain<'a>>,
    planned: HashMap<String, PlannedWheel>,
    /// Whether to install a compiler of the system's where there is none.
    install_tools: bool,
}

impl<'a> WheelBuilder<'a> {
    pub fn new(host: &'a Host, project: &'a Project) -> WheelBuilder<'a> {
        WheelBuilder {
            host,
            project,
            toolchains: HashMap::new(),
            planned: HashMap::new(),
            install_tools: false,
        }
    }

    /// Every wheel that is asked for, up to the wheelhouse; gives those that cannot be built here.
    pub fn add_all(
        &mut self,
        arguments: &Wheels,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Vec<Skipped>> {
        let builders = Builders::new(arguments.builder, self.host)?;
        self.install_tools = arguments.install_tools;
        let mut skipped = Vec::new();
        let mut buildable = Vec::new();
        for identifier in identifiers(arguments, self.host, self.project)? {
            match builders.way(&identifier) {
                Ok(way) => buildable.push((identifier, way)),
                Err(reason) => {
                    let reason = match arguments.install_tools {
                        true => installs::remark(reason, &identifier, self.host, self.project),
                        false => reason,
                    };
                    skipped.push(Skipped::new(identifier.to_string(), reason));
                }
            }
        }
        if buildable.is_empty() {
            return Err(nothing_to_build(&skipped, self.host));
        }
        pipeline.promote_sdist(&arguments.output)?;
        for (identifier, way) in &buildable {
            let wheel = self.wheel(*identifier, way, pipeline)?;
            let mut tests = match way {
                Way::Here(..) => self.test_here(&wheel, pipeline)?,
                Way::In(program, image, _) => {
                    let reference = self.reference_in_container(image, &buildable, pipeline)?;
                    let title = testing::A_CONTAINER;
                    testing::test_in(program, image, title, &wheel, reference.as_ref(), pipeline)?
                }
            };
            tests.extend(testing::test_in_test_images(&wheel, self.host, pipeline)?);
            pipeline.promote(&wheel, &tests, &arguments.output);
        }
        Ok(skipped)
    }

    fn test_here(
        &mut self,
        wheel: &PlannedWheel,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Vec<JobId>> {
        let mut tests = Vec::new();
        for runner in runners(&wheel.identifier, self.host) {
            let is_foreign = runner.provision.is_some();
            let reference = if is_foreign { Some(self.reference(pipeline)?) } else { None };
            tests.push(pipeline.test(wheel, runner, reference.as_ref())?);
        }
        Ok(tests)
    }

    /// What the wheel for this very machine computes.
    fn reference(&mut self, pipeline: &mut Pipeline) -> anyhow::Result<Reference> {
        let python = self.host.tool_python()?;
        let wheel = self.wheel_for(python, pipeline)?;
        let all = runners(&wheel.identifier, self.host);
        let own = all.iter().find(|runner| runner.identity == tools::identity(python));
        let own = own.with_context(|| format!("{} is not among the candidates", python.title()))?;
        pipeline.reference(&wheel, own)
    }

    /// What one of the wheels computes in a container for this machine's own processor, if the
    /// image is for another.
    fn reference_in_container(
        &mut self,
        image: &Image,
        buildable: &[(Identifier, Way<'_>)],
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Option<Reference>> {
        let own = host_target(self.host)?;
        let is_own =
            |(id, way): &&(Identifier, Way<'_>)| id.target == own && matches!(way, Way::In(..));
        let newest = buildable.iter().rfind(is_own).filter(|_| image.target != own.name);
        let Some((identifier, way @ Way::In(program, image, _))) = newest else { return Ok(None) };
        let wheel = self.wheel(*identifier, way, pipeline)?;
        let place = pipeline.container(program, image);
        let mut runners = runners_in(image, &place, testing::A_CONTAINER, identifier);
        runners.pop().map(|runner| pipeline.reference(&wheel, &runner)).transpose()
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
        self.wheel(identifier, &Way::Here(ToolchainName::Zig, headers), pipeline)
    }

    fn wheel(
        &mut self,
        identifier: Identifier,
        way: &Way<'_>,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<PlannedWheel> {
        let name = identifier.to_string();
        if let Some(planned) = self.planned.get(&name) {
            return Ok(planned.clone());
        }
        let Identifier { interpreter, target } = identifier;
        let module = if target.parts.is_empty() {
            self.binding(identifier, way, pipeline)?
        } else {
            let mut parts = Vec::new();
            for part in target.parts {
                let target = Target::named(part).expect("parts are targets");
                let identifier = Identifier { interpreter, target };
                parts.push(self.binding(identifier, way, pipeline)?);
            }
            pipeline.universal(identifier, &parts)
        };
        let wheel = pipeline.wheel(identifier, &module)?;
        self.planned.insert(name, wheel.clone());
        Ok(wheel)
    }

    fn binding(
        &mut self,
        identifier: Identifier,
        way: &Way<'_>,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Module> {
        let target = identifier.target;
        let place = match way {
            Way::Here(..) => Place::Here,
            Way::In(program, image, _) => pipeline.container(program, image),
        };
        let toolchain = match self.toolchains.entry((target.name, place.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(match way {
                Way::Here(name, _) => {
                    Toolchain::new(*name, self.host, self.project, target, self.install_tools)?
                }
                Way::In(_, image, _) => Toolchain::of_image(image, place, self.project, target),
            }),
        };
        pipeline.binding(identifier, way.headers(), toolchain)
    }
}

/// Every wheel that is asked for, whether it can be built here or not.
pub fn identifiers(
    arguments: &Wheels,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<Identifier>> {
    let arguments = &of_shard(arguments, project)?;
    let matrix = matrix(project);
    let selection = selection(arguments, project, host, &matrix)?;
    Ok(matrix.into_iter().filter(|id| selection.chooses(id)).collect())
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
        let targets = targets(arguments, host, project)?;
        selection.build =
            targets.iter().map(|target| Selector(format!("*-{}", target.name))).collect();
        selection.skip.extend(project.config.skip.iter().cloned());
    }
    Ok(selection)
}

/// Those of the systems named, or of the images named, or those that can be tested here.
fn targets(
    arguments: &Wheels,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<&'static Target>> {
    let all = project.config.targets.iter().copied();
    if let Some(systems) = &arguments.platform {
        let systems: Systems = systems.parse()?;
        return Ok(all.filter(|target| systems.contain(target)).collect());
    }
    let images = &arguments.containers.image;
    if !images.is_empty() {
        return images.iter().map(|image| Ok(builders::parse_image(image)?.0)).collect();
    }
    match arguments.builder {
        Some(BuilderName::Native) => {
            let testable = testable_targets(host, project)?.into_iter();
            Ok(testable.filter(|target| builders::is_native(target, host)).collect())
        }
        _ if is_in_windows_container(arguments, host) => in_windows_container::targets(project),
        _ => testable_targets(host, project),
    }
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

fn nothing_to_build(skipped: &[Skipped], host: &Host) -> anyhow::Error {
    let reasons: Vec<String> = skipped.iter().map(Skipped::to_string).collect();
    let what = format!("none of the wheels asked for can be built here\n{}", reasons.join("\n"));
    let install = match (&host.pyenv, host.platform) {
        (Some(_), _) => "have pyenv build what is missing: `--install-tools`",
        (None, Platform::Macos) => "`brew install pyenv`, then add `--install-tools`",
        (None, Platform::Windows) => "install an interpreter (`winget install Python.Python.3.13`)",
        (None, _) => "install an interpreter (`pyenv install 3.13`)",
    };
    hinted(what, format!("{install}, or name one with `--interpreter PATH`"))
}
