//! Why the programs of others failed, recognised by what they say: what happened, and the way out.

mod docker;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::LazyLock};

use jobs::{NO_RIGHT, NO_SPACE, READ_ONLY, hinted};
use serde::{Deserialize, Serialize};

use crate::ground::{paths::file_name, plan::Command};
pub use docker::{no_engine, no_registry, not_emulated};

/// What a failure comes down to: what happened, and the shortest way out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub what: String,
    pub hint: String,
}

/// A row of `failures.toml`, which says what is in it.
#[derive(Deserialize)]
struct Failure {
    name: Option<String>,
    signs: Vec<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

/// By the kind of program.
static FAILURES: LazyLock<HashMap<String, Vec<Failure>>> = LazyLock::new(|| {
    toml::from_str(include_str!("failures.toml")).expect("tests read all of the file")
});

/// Recognises why a program failed, by what it said itself and how it ended.
pub fn explain<S: AsRef<str>>(
    program: &str,
    arguments: &[S],
    output: &str,
    exit_code: Option<i32>,
) -> Option<Explanation> {
    if exit_code == Some(0) {
        return None;
    }
    of_program(program, arguments, output, exit_code).or_else(|| of_system(program, output))
}

fn of_program<S: AsRef<str>>(
    program: &str,
    arguments: &[S],
    output: &str,
    exit_code: Option<i32>,
) -> Option<Explanation> {
    match file_name(program) {
        _ if is_engine(program) => docker::explain(arguments.first()?.as_ref(), output, exit_code),
        "git" => recognise("git", output),
        "cl" | "lib" | "link" => recognise("visual_studio", output),
        // Under Rosetta, it is `arch` that starts pyenv.
        "pyenv" | "arch" => recognise("pyenv", output),
        _ => None,
    }
}

/// What the system refused a program, whichever it is: the line that says so has the path.
fn of_system(program: &str, output: &str) -> Option<Explanation> {
    let hint = |line: &str| {
        let line = line.to_lowercase();
        let has = |(sign, _): &&(&str, &str)| line.contains(sign);
        OF_SYSTEM.iter().find(has).map(|(_, hint)| *hint)
    };
    let (line, hint) = output.lines().rev().find_map(|line| Some((line.trim(), hint(line)?)))?;
    let line: String = line.chars().take(LINE_MAX).collect();
    Some(Explanation { what: format!("`{}`: {line}", file_name(program)), hint: hint.to_owned() })
}

/// What programs say in small letters when the system refuses them something, and what to do.
const OF_SYSTEM: &[(&str, &str)] = &[
    ("no space left on device", NO_SPACE),
    ("nospaceleft", NO_SPACE),
    ("not enough space on the disk", NO_SPACE),
    ("disk quota exceeded", NO_SPACE),
    ("read-only file system", READ_ONLY),
    ("readonlyfilesystem", READ_ONLY),
    ("[errno 13] permission denied", NO_RIGHT),
];

/// How much of such a line is shown.
const LINE_MAX: usize = 300;

/// What to ask where that alone does not tell. What comes of it, `explain` reads as if the command
/// itself had said it last.
pub fn question(command: &Command, exit_code: Option<i32>) -> Option<Command> {
    if is_engine(&command.program) { docker::question(command, exit_code) } else { None }
}

/// `docker`, `/opt/bin/podman-remote`, `docker.exe`.
fn is_engine(program: &str) -> bool {
    ["docker", "podman"].iter().any(|engine| file_name(program).starts_with(engine))
}

/// The first failure of a kind of program that has a sign in what was said.
fn recognise(kind: &str, output: &str) -> Option<Explanation> {
    let said = output.to_lowercase();
    let has =
        |sign: &String| said.lines().any(|line| sign.split(" … ").all(|part| line.contains(part)));
    let found = FAILURES[kind].iter().find(|failure| failure.signs.iter().any(has));
    found.map(|failure| failure.explanation.clone())
}

impl Explanation {
    /// With what was tried, where one cannot see it.
    pub fn of(self, tried: &str) -> anyhow::Error {
        hinted(format!("{tried}: {}", self.what), self.hint)
    }
}

impl From<Explanation> for anyhow::Error {
    fn from(explanation: Explanation) -> anyhow::Error {
        hinted(explanation.what, explanation.hint)
    }
}
