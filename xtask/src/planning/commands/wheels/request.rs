//! The arguments of `wheels`, resolved: which wheels are asked for, and what may build them.

use std::collections::BTreeSet;

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
    /// What stays of the command line when only some wheels are built again.
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
    let mut request = WheelsRequest {
        identifiers: Vec::new(),
        is_for_testable: arguments.selectors.is_empty()
            && shard.is_none()
            && arguments.platform.is_none()
            && arguments.containers.image.is_empty(),
        builder,
        in_windows_container: pythons,
        images: None,
        named_images: arguments.containers.image.clone(),
        install_tools: arguments.install_tools,
        only_pinned: arguments.release && !arguments.allow_unpinned,
        output: arguments.output.clone(),
        options: options(arguments, builder),
    };
    request.identifiers = identifiers(arguments, shard, &request, host, project)?;
    request.images = images_wanted(arguments, &request, host, project)?;
    Ok(request)
}

fn shard<'p>(name: &str, project: &'p Project) -> anyhow::Result<&'p Shard> {
    let shards = &project.config.shards;
    shards.iter().find(|shard| shard.name == name).ok_or_else(|| {
        let known: Vec<&str> = shards.iter().map(|shard| shard.name.as_str()).collect();
        let hint = format!("`[shards]` of xtask/xtask.toml has {}", known.join(", "));
        hinted(format!("`{name}` is no shard"), hint)
    })
}

/// Without a selector, all wheels for some targets, less those that the configuration skips.
fn identifiers(
    arguments: &Wheels,
    shard: Option<&Shard>,
    request: &WheelsRequest,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<Identifier>> {
    let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect::<Vec<_>>();
    let mut selection =
        Selection { build: selectors(&arguments.selectors), skip: selectors(&arguments.skip) };
    let matrix: Vec<Identifier> = project.config.matrix().collect();
    if let Some(idle) = selection.idle(&matrix) {
        return Err(hinted(
            format!("`{}` matches no wheel", idle.0),
            "`cargo xtask list` names them all; `*` stands for any characters",
        ));
    }
    if selection.build.is_empty() {
        selection.skip.extend(project.config.skip.iter().cloned());
        match shard {
            Some(shard) => selection.build = shard.wheels.clone(),
            None => {
                let targets = targets(arguments, request, host, project)?;
                let wheels_for = |target: &Target| Selector(format!("*-{}", target.name));
                selection.build = targets.into_iter().map(wheels_for).collect();
            }
        }
    }
    Ok(matrix.into_iter().filter(|id| selection.chooses(id)).collect())
}

/// Those of the systems named, or of the images named, or those that can be tested here.
fn targets(
    arguments: &Wheels,
    request: &WheelsRequest,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<&'static Target>> {
    let all = project.config.targets.iter().copied();
    if let Some(systems) = &arguments.platform {
        let systems: Systems = systems.parse()?;
        return Ok(all.filter(|target| systems.contain(target)).collect());
    }
    if !request.named_images.is_empty() {
        let target = |image: &String| Ok(parse_image(image)?.0);
        return request.named_images.iter().map(target).collect();
    }
    let has_interpreters = |target: &&'static Target| match &request.in_windows_container {
        Some(pythons) => pythons.iter().any(|python| python.target == *target),
        None => can_test(target, host),
    };
    let own = host_target(host)?;
    let of_platform = all.filter(|target| target.platform == own.platform);
    let is_compiled = |target: &&'static Target| {
        request.builder != Some(BuilderName::Native) || is_native(target, host)
    };
    Ok(of_platform.filter(has_interpreters).filter(is_compiled).collect())
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
        let machine = format!("{:?} on {}", host.platform, host.architecture.tag());
        hinted(format!("no wheel is built for {machine}"), "use Linux on x86_64, i686 or aarch64")
    })
}

/// The images that the wheels asked for would be built in, if by docker, and are tested in.
fn images_wanted(
    arguments: &Wheels,
    request: &WheelsRequest,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Option<WantedImages>> {
    let by_default = request.builder.is_none() && host.platform == Platform::Linux;
    let builds = by_default || request.builder == Some(BuilderName::Docker);
    if !builds && arguments.test_image.is_empty() {
        return Ok(None);
    }
    let targets: BTreeSet<&str> = request.identifiers.iter().map(|id| id.target.name).collect();
    let targets = targets.into_iter().filter(|_| builds).filter_map(Target::named);
    let images = images_of(targets, &request.named_images, project)?;
    if request.only_pinned {
        check_pins(&images)?;
    }
    let (program, test_images) =
        (arguments.containers.engine.clone(), arguments.test_image.clone());
    Ok(Some(WantedImages { program, images, test_images }))
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
