//! Containers to work in: one for each image, without network or capabilities, gone afterwards.

use camino::Utf8Path;

use crate::{
    facts::{
        config,
        host::{Image, platform_of},
    },
    ground::{
        cli::OwnStep,
        matrix::Target,
        plan::{Command, Job},
    },
    planning::place::WORK,
};

/// What marks our containers, also those that a killed run left; its value is the checkout's.
const LABEL: &str = "org.esig.xtask.container";

/// What marks our images.
pub const IMAGE_LABEL: &str = "esig.image=builder";

/// `manylinux_i686-1f2e3d4c`, after the image and the checkout: others may be at work beside us.
pub fn title(image: &Image, root: &Utf8Path) -> String {
    format!("{}-{:08x}", image.target, hash(&format!("{root}\n{}", image.name)))
}

/// Starts a container of the image with our layer, which may write into a folder to work in and
/// nowhere else, as `user` if users have numbers. It is idle until it is told what to do.
pub fn start(
    engine: &str,
    name: &str,
    image: &Image,
    root: &Utf8Path,
    user: Option<(u32, u32)>,
    limits: &config::ContainerLimits,
) -> Command {
    let option = |name: &str, value: Option<String>| {
        value.map_or(Vec::new(), |value| vec![name.to_owned(), value])
    };
    Command::new(engine)
        .args(["run", "--detach", "--rm", "--pull=never", "--stop-timeout", "0"])
        .args(["--platform", platform(&image.target), "--name", name, "--label", &label(root)])
        .args(["--network", "none", "--cap-drop", "ALL"])
        .args(["--security-opt", "no-new-privileges"])
        .args(["--read-only", "--tmpfs", "/tmp", "--volume", WORK])
        .args(option("--memory", limits.memory.clone()))
        .args(option("--cpus", limits.processors.map(|number| number.to_string())))
        .args(option("--pids-limit", limits.processes.map(|number| number.to_string())))
        .args(option("--user", user.map(|(user, group)| format!("{user}:{group}"))))
        .arg(our_name(&image.target, &image.name))
        .args(["sleep", "infinity"])
}

/// Builds our own small layer on a base image, which takes a moment if it is there already. Without
/// `--force-rm`, docker's first builder leaves the container that a step failed in.
pub fn build_image(engine: &str, target: &str, base: &str) -> Job {
    let build = Command::new(engine)
        .args(["build", "--quiet", "--force-rm", "--network", "none"])
        .args(["--platform", platform(target)])
        .args(["--build-arg", &format!("BASE={base}")])
        .args(["--tag", &our_name(target, base), "build-scripts/linux"]);
    Job::new(format!("image {target} {base}")).run(build).always()
}

/// Removes the containers of a checkout, also those of a run that was killed.
pub fn sweep(engine: &str, root: &Utf8Path) -> OwnStep {
    OwnStep::SweepContainers { engine: engine.to_owned(), label: label(root) }
}

/// The label of the containers of a checkout.
pub fn label(root: &Utf8Path) -> String {
    format!("{LABEL}={}", id_of(root))
}

/// Tells a checkout from others on the same machine.
pub fn id_of(root: &Utf8Path) -> String {
    format!("{:08x}", hash(root.as_str()))
}

/// The name of a base image with our layer on it.
pub fn our_name(target: &str, base: &str) -> String {
    format!("esig-build-{target}:{:08x}", hash(base))
}

/// The platform of a target, as docker writes it.
pub fn platform(target: &str) -> &'static str {
    let target = Target::named(target).expect("images are made for targets");
    platform_of(target.architecture)
}

/// FNV-1a: names need to differ, not to be secret.
fn hash(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}
