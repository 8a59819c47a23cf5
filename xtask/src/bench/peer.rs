//! `cargo xtask bench peer`: what the wheels of five interpreters cost beside other ways to make
//! them, all from the same source archive, with tests in clean environments.

use camino::Utf8PathBuf;
use jobs::{Options, hinted};

use super::{
    build::forget_compiled,
    carry_out,
    containers::cibuildwheel,
    costs::Costs,
    ours,
    rounds::{Contender, compare},
};
use crate::{
    acting,
    facts::{
        host::{Host, Python},
        project::Project,
    },
    ground::{
        cli::BenchPeer,
        matrix::Platform,
        plan::{Command, Plan},
    },
    planning::{
        commands::{images, wheels::host_target},
        tools,
    },
};

/// The CPythons that all of them make a wheel for.
const MINORS: std::ops::RangeInclusive<u32> = 9..=13;

pub fn peer(arguments: &BenchPeer, host: &Host, project: &Project) -> anyhow::Result<Costs> {
    let target = host_target(host)?.name;
    if host.platform != Platform::Linux {
        return Err(hinted("auditwheel repairs wheels for Linux alone", "measure on Linux"));
    }
    let words = ours::words(target, &["--builder", "zig"]);
    let plan = ours::plan(&words, "install CPython 3.9 to 3.13", host, project)?;
    let contenders = contenders(arguments, &words, host, project)?;
    let mut peers = Plan::default();
    peers.add(tools::PEERS.job(host)?);
    let options = Options::default();
    carry_out(&peers, &options, project)?;
    // Nothing is there but tools: not even what the compiler remembers.
    let before = || {
        carry_out(&forget_compiled(), &options, project)?;
        acting::forget(&plan, &project.root, |job| job.name != tools::BUILD.name)
    };
    compare(target.to_owned(), arguments.rounds, &contenders, before, project)
}

/// Ours first; cibuildwheel where an image is named.
fn contenders(
    arguments: &BenchPeer,
    words: &[String],
    host: &Host,
    project: &Project,
) -> anyhow::Result<Vec<Contender>> {
    let mut contenders = vec![ours::contender(words, false)?];
    if let Some(image) = &arguments.image {
        let (target, image) = images::parse_image(image)?;
        let program: Utf8PathBuf = tools::PEERS.program(host, "cibuildwheel").into();
        let command = cibuildwheel(&program, &arguments.engine, target, &image, project);
        contenders.push(Contender { name: "cibuildwheel", command, in_containers: true });
    }
    let pythons = MINORS.map(|minor| {
        let is_it = |python: &&Python| python.version[..2] == [3, minor];
        let found = host.pythons.iter().find(is_it).map(|python| python.executable.to_string());
        found.ok_or_else(|| {
            let hint = format!("`pyenv install 3.{minor}`");
            hinted(format!("there is no CPython 3.{minor} here to compare in"), hint)
        })
    });
    let pythons: Vec<String> = pythons.collect::<anyhow::Result<_>>()?;
    for (name, kind) in [("a loop of pip", "pip"), ("a loop of uv", "uv")] {
        let command = Command::new("bash")
            .args(["build-scripts/build-in-loop.sh", kind])
            .arg(format!("{}/{}", ours::output(), project.sdist_name()))
            .args([tools::kept(&format!("bench/{kind}")), tools::PEERS.scripts(host)])
            .args(&pythons);
        contenders.push(Contender { name, command, in_containers: false });
    }
    Ok(contenders)
}
