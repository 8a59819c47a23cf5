//! Why the programs of others failed, recognised by what they say: what happened, and the way out.

mod docker;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{errors::hinted, plan::Command};
pub use docker::{NOT_EMULATED, UNREACHABLE, UNREACHABLE_REGISTRY};

/// What a failure comes down to: what happened, and the shortest way out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub what: Cow<'static, str>,
    pub hint: Cow<'static, str>,
}

/// Recognises why a program failed, by what it said itself and how it ended.
pub fn explain<S: AsRef<str>>(
    program: &str,
    arguments: &[S],
    output: &str,
    exit_code: Option<i32>,
) -> Option<Explanation> {
    if exit_code == Some(0) || !is_engine(program) {
        return None;
    }
    docker::explain(arguments.first()?.as_ref(), output, exit_code)
}

/// What to ask where that alone does not tell. What comes of it, `explain` reads as if the command
/// itself had said it last.
pub fn question(command: &Command, exit_code: Option<i32>) -> Option<Command> {
    if is_engine(&command.program) { docker::question(command, exit_code) } else { None }
}

/// `docker`, `/opt/bin/podman-remote`, `docker.exe`.
fn is_engine(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    ["docker", "podman"].iter().any(|engine| name.starts_with(engine))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_known_by_its_name_and_no_other_program_is_taken_for_one() {
        let full =
            |program| explain(program, &["cp"], "write /a: no space left on device", Some(1));
        for engine in ["docker", "podman", "/usr/bin/docker", r"C:\bin\docker.exe"] {
            assert_eq!(full(engine).unwrap().what, "no space is left on the engine's disk");
        }
        assert_eq!(full("python"), None);
        assert_eq!(full("docker/python"), None);
        assert!(question(&Command::new("python").args(["exec", "a"]), Some(137)).is_none());
    }

    #[test]
    fn what_succeeded_needs_no_explanation() {
        assert_eq!(explain("docker", &["cp"], "no space left on device", Some(0)), None);
    }
}
