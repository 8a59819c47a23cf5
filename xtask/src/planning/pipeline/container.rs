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
    planning::place::{Place, WORK},
};

/// What marks our containers, also those that a killed run left; its value is the checkout's.
const LABEL: &str = "org.esig.xtask.container";

/// What marks our images.
pub const IMAGE_LABEL: &str = "esig.image=builder";

/// What a container is made of and for.
pub struct Recipe<'a> {
    /// The program that runs it.
    pub engine: &'a str,
    pub image: &'a Image,
    pub root: &'a Utf8Path,
}

impl Recipe<'_> {
    /// Named after the checkout and the image: others may be at work beside us.
    pub fn place(&self) -> Place {
        Place::Container { engine: self.engine.to_owned(), name: format!("esig-{}", self.title()) }
    }

    /// `manylinux_i686-1f2e3d4c`
    fn title(&self) -> String {
        let Image { target, name, .. } = self.image;
        format!("{target}-{:08x}", hash(&format!("{}\n{name}", self.root)))
    }

    /// The image with a folder to work in; a container may write there and nowhere else.
    pub fn build(&self) -> Job {
        build_image(self.engine, &self.image.target, &self.image.name)
    }

    /// Starts it, as `user` if users have numbers, idle until it is told what to do.
    pub fn start(&self, user: Option<(u32, u32)>, limits: &config::ContainerLimits) -> Job {
        let Image { target, name, .. } = self.image;
        let mut run = Command::new(self.engine)
            .args(["run", "--detach", "--rm", "--pull=never", "--stop-timeout", "0"])
            .args(["--platform", platform(target)])
            .args(["--name", &format!("esig-{}", self.title())])
            .args(["--label", &label(self.root)])
            .args(["--network", "none", "--cap-drop", "ALL"])
            .args(["--security-opt", "no-new-privileges"])
            .args(["--read-only", "--tmpfs", "/tmp", "--volume", WORK]);
        if let Some(memory) = &limits.memory {
            run = run.args(["--memory", memory]);
        }
        if let Some(processors) = limits.processors {
            run = run.args(["--cpus", &processors.to_string()]);
        }
        if let Some((user, group)) = user {
            run = run.args(["--user", &format!("{user}:{group}")]);
        }
        let run = run.arg(our_name(target, name)).args(["sleep", "infinity"]);
        let prepare = self.place().prepare();
        Job::new(format!("container {}", self.title())).run(run).run(prepare).always()
    }
}

/// A base image with our own small layer on it. That it is there already costs a moment. Without
/// `--force-rm`, docker's first builder leaves the container that a step failed in.
pub fn build_image(engine: &str, target: &str, base: &str) -> Job {
    let build = Command::new(engine)
        .args(["build", "--quiet", "--force-rm", "--network", "none"])
        .args(["--platform", platform(target)])
        .args(["--build-arg", &format!("BASE={base}")])
        .args(["--tag", &our_name(target, base), "build-scripts/linux"]);
    Job::new(format!("image {target} {base}")).run(build).always()
}

/// The containers of a checkout; none should be left of an earlier run, but runs are killed.
pub fn sweep(engine: &str, root: &Utf8Path) -> OwnStep {
    OwnStep::SweepContainers { engine: engine.to_owned(), label: label(root) }
}

/// What our containers are labelled with.
pub fn label(root: &Utf8Path) -> String {
    format!("{LABEL}={}", id_of(root))
}

/// What tells a checkout from others on the same machine.
pub fn id_of(root: &Utf8Path) -> String {
    format!("{:08x}", hash(root.as_str()))
}

/// A base image with our layer on it.
pub fn our_name(target: &str, base: &str) -> String {
    format!("esig-build-{target}:{:08x}", hash(base))
}

/// As docker names it.
pub fn platform(target: &str) -> &'static str {
    let target = Target::named(target).expect("images are made for targets");
    platform_of(target.architecture)
}

/// FNV-1a: names need to differ, not to be secret.
fn hash(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}
