//! Our own way to make the wheels that are compared: by `cargo xtask wheels`, with some options.

use std::{env, iter};

use camino::Utf8PathBuf;
use clap::Parser;
use jobs::hinted;

use super::rounds::Contender;
use crate::{
    facts::{host::Host, project::Project},
    ground::{
        cli::{Cli, Invocation, Task},
        plan::{Command, Plan},
    },
    planning::{commands::wheels, tools},
};

/// Ours makes a wheel for CPython 3.9, one for 3.10, and one for all from 3.11 on.
const WHEELS: [&str; 3] = ["cp39", "cp310", "cp311_abi3"];

/// Where ours puts what it makes.
pub fn output() -> String {
    tools::kept("bench/ours")
}

/// The words of `cargo xtask wheels` for a target.
pub fn words(target: &str, options: &[&str]) -> Vec<String> {
    let wheels = WHEELS.map(|wheel| format!("{wheel}-{target}"));
    let words = iter::once("wheels".to_owned()).chain(wheels);
    let output = ["--output".to_owned(), output()];
    words.chain(options.iter().map(|word| (*word).to_owned())).chain(output).collect()
}

/// A process of its own, because looking at this machine and its engine counts too. It has no
/// earlier downloads, as others have none.
pub fn contender(words: &[String], in_containers: bool) -> anyhow::Result<Contender> {
    let command = Command::new(Utf8PathBuf::try_from(env::current_exe()?)?).args(words);
    Ok(Contender { name: "ours", command: command.env("PIP_NO_CACHE_DIR", "1"), in_containers })
}

/// The plan of these words. Fails if it lacks a wheel, with what serves to build all of them.
pub fn plan(
    words: &[String],
    serving: &str,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Plan> {
    let words = iter::once("xtask").chain(words.iter().map(String::as_str));
    let Invocation::Task(Task::Wheels(wheels)) = Cli::try_parse_from(words)?.command else {
        unreachable!("the first word is `wheels`")
    };
    let request = wheels::resolve(&wheels, host, project)?;
    let mut host = host.clone();
    if let Some(wanted) = &request.images {
        host = host.with_containers(wanted)?;
    }
    let planned = wheels::wheels_plan(&request, &host, project)?;
    if planned.again {
        let wanted = request.images.unwrap_or_default();
        let (_, image) = wanted.images.first().expect("what is fetched first are images");
        let fetch = format!("fetch it: `{} pull {image}`", wanted.program);
        return Err(hinted(format!("the image `{image}` is not here"), fetch));
    }
    match planned.skipped.first() {
        Some(skipped) => Err(hinted(skipped, serving)),
        None => Ok(planned.plan),
    }
}
