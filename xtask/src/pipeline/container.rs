//! A container to build in: one for each image, without network or capabilities, gone afterwards.

use camino::Utf8Path;

use crate::{
    host::{Host, Image},
    place::{Place, WORK},
    plan::{Command, Job},
};

/// What marks our containers, also those that a killed run left.
const LABEL: &str = "org.esig.xtask.container";

/// The container of an image, named after the checkout: another one may be at work beside us.
pub fn place(image: &Image, root: &Utf8Path) -> Place {
    let name = format!("esig-{}-{:08x}", image.target, hash(root.as_str()));
    Place::Container { engine: image.engine.clone(), name }
}

/// FNV-1a: names need to differ, not to be secret.
fn hash(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}

/// The image gets a folder to work in; the container may write there and nowhere else.
pub fn start(image: &Image, place: &Place, host: &Host) -> Job {
    let Image { engine, target, name, .. } = image;
    let ours = format!("esig-build-{target}");
    let container = container_name(place);
    let build = Command::new(engine)
        .args(["build", "--quiet", "--build-arg", &format!("BASE={name}"), "--tag", &ours])
        .arg("build-scripts/linux");
    let mut run = Command::new(engine)
        .args(["run", "--detach", "--rm", "--name", container])
        .args(["--label", &format!("{LABEL}={container}")])
        .args(["--network", "none", "--cap-drop", "ALL", "--read-only", "--tmpfs", "/tmp"])
        .args(["--volume", WORK]);
    if let Some((user, group)) = host.user {
        run = run.args(["--user", &format!("{user}:{group}")]);
    }
    Job::new(format!("container {target}"))
        .own(sweep(engine, container))
        .run(build)
        .run(run.args([&ours, "sleep", "infinity"]))
        .always()
}

pub fn removal(place: &Place) -> Option<Job> {
    let Place::Container { engine, name } = place else { return None };
    let job = Job::new(format!("remove {name}")).own(sweep(engine, name));
    Some(job.always().in_any_case())
}

fn sweep(engine: &str, container: &str) -> [String; 3] {
    ["sweep-containers".to_owned(), engine.to_owned(), format!("{LABEL}={container}")]
}

fn container_name(place: &Place) -> &str {
    match place {
        Place::Here => "",
        Place::Container { name, .. } => name,
    }
}
