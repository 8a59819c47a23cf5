//! Each step of a plan as the line that does the same alone: what its description reads, written.

use std::{fmt, sync::LazyLock};

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::{OwnStep, PROGRAM, Wrapper};

/// The description that the command line is read by.
static STEPS: LazyLock<clap::Command> = LazyLock::new(|| {
    let steps = OwnStep::augment_subcommands(clap::Command::new("steps"));
    Wrapper::augment_subcommands(steps)
});

impl OwnStep {
    /// The first of its words.
    pub fn name(&self) -> String {
        words(self).swap_remove(0)
    }
}

impl Wrapper {
    /// The words that stand before `--` and the other program.
    pub fn words(&self) -> Vec<String> {
        words(self)
    }
}

/// What the command line has after the program's name.
fn words(step: &impl Serialize) -> Vec<String> {
    let mut words = Vec::new();
    let step = serde_json::to_value(step).expect("a step is plain data");
    add_words(&mut words, &STEPS, &step);
    words
}

/// Adds the name of a subcommand, which stands before what is in it; then the value of each of its
/// arguments, in the order in which they are described.
fn add_words(words: &mut Vec<String>, command: &clap::Command, step: &Value) {
    if command.has_subcommands() {
        let tagged = step.as_object().and_then(|tagged| tagged.iter().next());
        let (name, inside) = match tagged {
            Some((name, inside)) => (name.as_str(), inside),
            None => (step.as_str().expect("a step has a name"), &Value::Null),
        };
        words.push(name.to_owned());
        let command = command.find_subcommand(name).expect("a step is a subcommand of its name");
        return add_words(words, command, inside);
    }
    for argument in command.get_arguments() {
        let values = match &step[argument.get_id().as_str()] {
            Value::Null | Value::Bool(false) => &[],
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            // Of a flag, there is nothing but the name.
            words.extend(argument.get_long().map(|name| format!("--{name}")));
            words.extend(value.as_str().map(str::to_owned));
        }
    }
}

/// The line that does the same alone.
impl fmt::Display for OwnStep {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&jobs::line(PROGRAM, &words(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Cli, Invocation},
        *,
    };
    use clap::Parser;

    /// Each step, with all that can be said of it.
    const LINES: &[&str] = &[
        "audit a.whl b.whl --strict --previous c.whl",
        "libalgebra status --release",
        "libalgebra init",
        "libalgebra use-submodule https://host/libalgebra --rev v1",
        "libalgebra use-folder",
        "gather a b --output c --tests-only",
        "tidy",
        "empty a b",
        "stage a",
        "normalise a.tar.gz b.tar.gz",
        "unpack a.tar.gz b",
        "assemble --source a --extension b --wheel c --compiler d@1 --linked e@2 --linked f@3",
        "stubs manylinux_x86_64 a",
        "import-list python3.dll a.def b.o c.o",
        "universal a b c",
        "as-elf a",
        "as-elf a b.so",
        "download https://host/a 00ff a",
        "install-visual-studio a.exe --folder b --vswhere c --argument x64 --arm64 --collect d",
        "vc-environment a.bat x64 b.json",
        "verify audit wheelhouse --rebuilt a --without cp35m --without cp36m --runs cp38-win32",
        "note-checked wheelhouse --begin",
        "copy-checked wheelhouse a",
        "compare-checked a",
        "release-step commit 1.2.0 --date 2026-02-28",
        "release-step tag",
        "release-step undo",
        "sweep-containers docker label=a",
        "promote a b",
        "clean-cache",
        "checksums a",
    ];

    #[test]
    fn a_step_prints_as_the_line_that_it_is_read_from() {
        for line in LINES {
            let words = std::iter::once("xtask").chain(line.split(' '));
            match Cli::try_parse_from(words).unwrap().command {
                Invocation::Step(step) => assert_eq!(step.to_string(), format!("{PROGRAM} {line}")),
                other => panic!("`{line}` is no step: {other:?}"),
            }
        }
    }

    #[test]
    fn every_step_is_among_those() {
        let steps = OwnStep::augment_subcommands(clap::Command::new("steps"));
        for step in steps.get_subcommands() {
            let is_tried = LINES.iter().any(|line| line.split(' ').next() == Some(step.get_name()));
            assert!(is_tried, "`{}` has no line", step.get_name());
        }
    }
}
