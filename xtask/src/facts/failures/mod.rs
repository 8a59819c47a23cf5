//! Why the programs of others failed, recognised by what they say: what happened, and the way out.

mod docker;
mod git;
mod msvc;
mod pyenv;

use std::borrow::Cow;

use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::plan::Command;
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
    match name_of(program) {
        _ if exit_code == Some(0) => None,
        _ if is_engine(program) => docker::explain(arguments.first()?.as_ref(), output, exit_code),
        "git" => git::explain(output),
        "cl" | "lib" | "link" => msvc::explain(output),
        // Under Rosetta, it is `arch` that starts pyenv.
        "pyenv" | "arch" => pyenv::explain(output),
        _ => None,
    }
}

/// What to ask where that alone does not tell. What comes of it, `explain` reads as if the command
/// itself had said it last.
pub fn question(command: &Command, exit_code: Option<i32>) -> Option<Command> {
    if is_engine(&command.program) { docker::question(command, exit_code) } else { None }
}

/// `docker`, `/opt/bin/podman-remote`, `docker.exe`.
fn is_engine(program: &str) -> bool {
    ["docker", "podman"].iter().any(|engine| name_of(program).starts_with(engine))
}

fn name_of(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program)
}

struct Failure {
    /// What a line says, in small letters: all pieces of any of these.
    signs: &'static [&'static [&'static str]],
    explanation: Explanation,
}

const fn failure(
    signs: &'static [&'static [&'static str]],
    what: &'static str,
    hint: &'static str,
) -> Failure {
    Failure { signs, explanation: explanation(what, hint) }
}

const fn explanation(what: &'static str, hint: &'static str) -> Explanation {
    Explanation { what: Cow::Borrowed(what), hint: Cow::Borrowed(hint) }
}

/// The first that fits counts: what is more particular comes before what also follows from it.
fn recognise(failures: &[Failure], output: &str) -> Option<Explanation> {
    let said = output.to_lowercase();
    let has = |sign: &[&str]| said.lines().any(|line| sign.iter().all(|part| line.contains(part)));
    let found = failures.iter().find(|failure| failure.signs.iter().any(|sign| has(sign)));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What programs said when they failed, as it was recorded.
    pub mod recorded {
        use expect_test::Expect;

        use super::super::Explanation;

        /// The names of all that are in a folder of fixtures.
        pub fn names(folder: &str) -> Vec<String> {
            let files =
                std::fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
            let names =
                files.filter_map(|file| file.to_str()?.strip_suffix(".txt").map(str::to_owned));
            names.collect()
        }

        /// A command that failed.
        pub struct Recorded {
            /// Which it was, `$ docker ps`.
            pub line: String,
            pub output: String,
            pub exit_code: i32,
        }

        pub fn failure(folder: &str, name: &str) -> Recorded {
            let text = std::fs::read_to_string(format!("{}/{name}.txt", path(folder))).unwrap();
            let (line, said) = text.split_once('\n').unwrap();
            let (output, code) = said.rsplit_once("exit code ").unwrap();
            let exit_code = code.trim().parse().unwrap();
            Recorded { line: line.to_owned(), output: output.to_owned(), exit_code }
        }

        /// All whose names begin so come down to the same.
        #[track_caller]
        pub fn check(
            folder: &str,
            beginning: &str,
            explained: impl Fn(&str) -> Option<Explanation>,
            expected: &Expect,
        ) {
            let names = names(folder).into_iter().filter(|name| name.starts_with(beginning));
            let found =
                names.map(|n| explained(&n).unwrap_or_else(|| panic!("{n} is not recognised")));
            let mut found: Vec<Explanation> = found.collect();
            found.dedup();
            let [Explanation { what, hint }] = &found[..] else { panic!("{found:?}") };
            // The lines of a source file end earlier than those of a terminal.
            expected.assert_eq(&format!("{what}\nhint: {}", hint.replace("; ", ";\n    ")));
        }

        fn path(folder: &str) -> String {
            format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"))
        }
    }

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
