//! The arguments of `wheels`, resolved: which wheels are asked for, and what may build them.

use std::collections::BTreeSet;

use anyhow::ensure;
use camino::Utf8PathBuf;
use clap::ValueEnum;
use jobs::hinted;

use super::in_windows_container;
use crate::{
    facts::{
        config::Shard,
        host::{Host, WantedImages},
        project::Project,
    },
    ground::{
        cli::{BuilderName, Wheels},
        matrix::{Identifier, Platform, Selection, Selector, Systems, Target},
        meant::did_you_mean,
    },
    planning::{
        commands::images::{check_pins, images_of, parse_image},
        testers::can_test,
    },
};

/// What `wheels` and `doctor` are asked for on this machine. The command line ends here.
pub struct WheelsRequest {
    /// Every wheel that is asked for, whether it can be built here or not.
    pub identifiers: Vec<Identifier>,
    /// Those of them that have to be made: named one by one, of a release, or of a shard.
    pub due: Vec<Identifier>,
    /// Whether the interpreters that are here have to be of use.
    pub is_strict: bool,
    /// Nothing says for which targets, so it is for those that can be tested here.
    pub is_for_testable: bool,
    pub builder: Option<BuilderName>,
    /// The interpreters that a container of Windows has, if one builds.
    pub in_windows_container: Option<Vec<Identifier>>,
    /// The images that are looked into first, if any: to build in, and to test in.
    pub images: Option<WantedImages>,
    /// Images that the command line names, `manylinux_x86_64=NAME`.
    pub named_images: Vec<String>,
    pub install_tools: bool,
    /// Whether images have to be pinned by their digest.
    pub only_pinned: bool,
    pub output: Utf8PathBuf,
    /// The options with which wheels that failed are built again.
    pub options: Vec<String>,
}

/// Resolves the arguments: a shard is short for its wheels and its builder.
pub fn resolve(
    arguments: &Wheels,
    host: &Host,
    project: &Project,
) -> anyhow::Result<WheelsRequest> {
    let shard = arguments.shard.as_ref().map(|name| shard(name, project)).transpose()?;
    let builder = arguments.builder.or(shard.and_then(|shard| shard.builder));
    let is_in_windows = host.platform == Platform::Windows && builder == Some(BuilderName::Docker);
    let pythons = is_in_windows.then(|| in_windows_container::pythons(project)).transpose()?;
    let resolver = Resolver { arguments, shard, builder, pythons, host, project };
    let identifiers = resolver.identifiers()?;
    let is_strict = arguments.release || shard.is_some();
    let is_named = |id: &Identifier| arguments.selectors.iter().any(|text| *text == id.to_string());
    let due = identifiers.iter().filter(|id| is_strict || is_named(id)).copied().collect();
    Ok(WheelsRequest {
        images: resolver.images(&identifiers)?,
        identifiers,
        due,
        is_strict,
        only_pinned: resolver.only_pinned(),
        is_for_testable: arguments.selectors.is_empty()
            && shard.is_none()
            && arguments.platform.is_none()
            && arguments.containers.image.is_empty(),
        builder,
        options: options(arguments, builder),
        in_windows_container: resolver.pythons,
        named_images: arguments.containers.image.clone(),
        install_tools: arguments.install_tools,
        output: arguments.output.clone(),
    })
}

fn shard<'p>(name: &str, project: &'p Project) -> anyhow::Result<&'p Shard> {
    let shards = &project.config.shards;
    shards.iter().find(|shard| shard.name == name).ok_or_else(|| {
        let known: Vec<&str> = shards.iter().map(|shard| shard.name.as_str()).collect();
        let meant = did_you_mean(name, &known);
        let hint = format!("{meant}`[shards]` of xtask/xtask.toml has {}", known.join(", "));
        hinted(format!("`{name}` is no shard"), hint)
    })
}

/// What the arguments are resolved with.
struct Resolver<'a> {
    arguments: &'a Wheels,
    shard: Option<&'a Shard>,
    builder: Option<BuilderName>,
    /// The interpreters of a container of Windows, if one builds.
    pythons: Option<Vec<Identifier>>,
    host: &'a Host,
    project: &'a Project,
}

impl Resolver<'_> {
    /// Without a selector, all wheels for some targets, less those that have to be named.
    fn identifiers(&self) -> anyhow::Result<Vec<Identifier>> {
        let Resolver { arguments, project, .. } = self;
        let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect::<Vec<_>>();
        let mut selection =
            Selection { build: selectors(&arguments.selectors), skip: selectors(&arguments.skip) };
        let mut matrix: Vec<Identifier> = project.config.matrix().collect();
        selection.check(&matrix)?;
        if selection.build.is_empty() {
            matrix.retain(|id| !project.config.leaves_out(id));
            selection.build = match self.shard {
                Some(shard) => shard.wheels.clone(),
                None => {
                    let wheels_for = |target: &Target| Selector(format!("*-{}", target.name));
                    self.targets()?.into_iter().map(wheels_for).collect()
                }
            };
        }
        let chosen: Vec<Identifier> =
            matrix.into_iter().filter(|id| selection.chooses(id)).collect();
        let is_cause = !arguments.skip.is_empty();
        let what = "`--skip` leaves none of the wheels asked for";
        ensure!(
            !chosen.is_empty() || !is_cause,
            hinted(what, "`cargo xtask list` names them all; `*` stands for any characters")
        );
        Ok(chosen)
    }

    /// The targets of the systems named, or of the images named, or that can be tested here.
    fn targets(&self) -> anyhow::Result<Vec<&'static Target>> {
        let images = &self.arguments.containers.image;
        let mut targets = self.project.config.targets.clone();
        if let Some(systems) = &self.arguments.platform {
            let systems: Systems = systems.parse()?;
            targets.retain(|target| systems.contain(target));
        } else if !images.is_empty() {
            return images.iter().map(|image| Ok(parse_image(image)?.0)).collect();
        } else {
            let own = host_target(self.host)?;
            targets.retain(|target| target.platform == own.platform && self.is_testable(target));
        }
        Ok(targets)
    }

    fn is_testable(&self, target: &'static Target) -> bool {
        match &self.pythons {
            Some(pythons) => pythons.iter().any(|python| python.target == target),
            None if self.builder == Some(BuilderName::Native) => {
                is_native(target, self.host) && can_test(target, self.host)
            }
            None => can_test(target, self.host),
        }
    }

    /// The images that these wheels would be built in, if by docker, and are tested in.
    fn images(&self, identifiers: &[Identifier]) -> anyhow::Result<Option<WantedImages>> {
        let Wheels { containers, test_image, .. } = self.arguments;
        let by_default = self.builder.is_none() && self.host.platform == Platform::Linux;
        let builds = by_default || self.builder == Some(BuilderName::Docker);
        if !builds && test_image.is_empty() {
            return Ok(None);
        }
        let targets: BTreeSet<&str> = identifiers.iter().map(|id| id.target.name).collect();
        let targets = targets.into_iter().filter(|_| builds).filter_map(Target::named);
        let images = images_of(targets, &containers.image, self.project)?;
        if self.only_pinned() {
            check_pins(&images)?;
        }
        let (program, test_images) = (containers.engine.clone(), test_image.clone());
        Ok(Some(WantedImages { program, images, test_images }))
    }

    fn only_pinned(&self) -> bool {
        self.arguments.release && !self.arguments.allow_unpinned
    }
}

/// Whether this system's own compiler compiles for a target: those of Windows and macOS do for all
/// of theirs.
pub fn is_native(target: &Target, host: &Host) -> bool {
    let is_alike = host.platform == target.platform && host.platform != Platform::Linux;
    is_alike || host.own_target().is_some_and(|own| own == target)
}

/// The target of this machine's own wheels.
pub fn host_target(host: &Host) -> anyhow::Result<&'static Target> {
    host.own_target().ok_or_else(|| {
        let machine = format!("{:?} on {}", host.platform, host.architecture.name());
        hinted(format!("no wheel is built for {machine}"), "use Linux on x86_64, i686 or aarch64")
    })
}

fn options(arguments: &Wheels, builder: Option<BuilderName>) -> Vec<String> {
    let Wheels { containers, test_image, interpreter, output, .. } = arguments;
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
