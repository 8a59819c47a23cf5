//! Each step of a plan as the line that does the same alone.

use std::fmt;

use super::{
    Assemble, Gather, InstallVisualStudio, Libalgebra, OwnStep, PROGRAM, ReleaseArguments,
    ReleaseStep, Verify, Wrapper,
};

impl OwnStep {
    /// The first of its words.
    pub fn name(&self) -> String {
        self.words().0.swap_remove(0)
    }

    /// What the command line has after the program's name.
    fn words(&self) -> Words {
        match self {
            OwnStep::Audit(audit) => Words::of("audit")
                .all(&audit.wheels)
                .flag("--strict", audit.strict)
                .option("--previous", audit.previous.as_ref()),
            OwnStep::Libalgebra(what) => what.words(),
            OwnStep::Gather(Gather { folders, output, tests_only }) => Words::of("gather")
                .all(folders)
                .option("--output", [output])
                .flag("--tests-only", *tests_only),
            OwnStep::Tidy => Words::of("tidy"),
            OwnStep::Empty { folders } => Words::of("empty").all(folders),
            OwnStep::Stage { folder } => Words::of("stage").all([folder]),
            OwnStep::Normalise { archive, output } => Words::of("normalise").all([archive, output]),
            OwnStep::Unpack { archive, folder } => Words::of("unpack").all([archive, folder]),
            OwnStep::Assemble(assemble) => assemble.words(),
            OwnStep::Stubs { target, folder } => Words::of("stubs").all([target]).all([folder]),
            OwnStep::ImportList { dll, output, objects } => {
                Words::of("import-list").all([dll]).all([output]).all(objects)
            }
            OwnStep::Universal { output, parts } => Words::of("universal").all([output]).all(parts),
            OwnStep::AsElf { folder, library } => Words::of("as-elf").all([folder, library]),
            OwnStep::Download { url, sha256, file } => {
                Words::of("download").all([url, sha256]).all([file])
            }
            OwnStep::InstallVisualStudio(install) => install.words(),
            OwnStep::VcEnvironment { vcvarsall, argument, file } => {
                Words::of("vc-environment").all([vcvarsall.as_str(), argument, file.as_str()])
            }
            OwnStep::Verify(verify) => verify.words(),
            OwnStep::NoteChecked { wheelhouse, begin } => {
                Words::of("note-checked").all([wheelhouse]).flag("--begin", *begin)
            }
            OwnStep::CopyChecked { wheelhouse, folder } => {
                Words::of("copy-checked").all([wheelhouse, folder])
            }
            OwnStep::CompareChecked { downloaded } => {
                Words::of("compare-checked").all([downloaded])
            }
            OwnStep::ReleaseStep(step) => step.words(),
            OwnStep::SweepContainers { engine, label } => {
                Words::of("sweep-containers").all([engine, label])
            }
            OwnStep::CleanCache => Words::of("clean-cache"),
            OwnStep::Checksums { folder } => Words::of("checksums").all([folder]),
            OwnStep::Promote { file, folder } => Words::of("promote").all([file, folder]),
        }
    }
}

impl Wrapper {
    /// The words that stand before `--` and the other program.
    pub fn words(&self) -> Vec<String> {
        match self {
            Wrapper::WithEnvironment { file, .. } => Words::of("with-environment").all([file]).0,
            Wrapper::Measure { record, .. } => Words::of("measure").all([record]).0,
        }
    }
}

impl Libalgebra {
    fn words(&self) -> Words {
        let words = Words::of("libalgebra");
        match self {
            Libalgebra::Status { release } => words.all(["status"]).flag("--release", *release),
            Libalgebra::Init => words.all(["init"]),
            Libalgebra::UseSubmodule { url, rev } => {
                words.all(["use-submodule", url]).option("--rev", rev.as_ref())
            }
            Libalgebra::UseFolder => words.all(["use-folder"]),
        }
    }
}

impl Assemble {
    fn words(&self) -> Words {
        Words::of("assemble")
            .option("--source", Some(&self.source))
            .option("--extension", Some(&self.extension))
            .option("--wheel", Some(&self.wheel))
            .option("--compiler", self.compiler.as_ref())
            .option("--linked", &self.linked)
    }
}

impl InstallVisualStudio {
    fn words(&self) -> Words {
        Words::of("install-visual-studio")
            .all([&self.installer])
            .option("--folder", Some(&self.folder))
            .option("--vswhere", Some(&self.vswhere))
            .option("--argument", Some(&self.argument))
            .flag("--arm64", self.arm64)
            .option("--collect", self.collect.as_ref())
    }
}

impl Verify {
    fn words(&self) -> Words {
        Words::of("verify")
            .all([self.promise.name(), self.wheelhouse.as_str()])
            .option("--rebuilt", self.rebuilt.as_ref())
            .option("--without", &self.without)
            .option("--runs", &self.runs)
    }
}

impl ReleaseStep {
    fn words(&self) -> Words {
        let words = Words::of("release-step");
        match self {
            ReleaseStep::Commit(ReleaseArguments { version, date }) => {
                words.all(["commit", version]).option("--date", date.as_ref())
            }
            ReleaseStep::Tag => words.all(["tag"]),
            ReleaseStep::Undo => words.all(["undo"]),
        }
    }
}

/// The words of a command line.
struct Words(Vec<String>);

impl Words {
    fn of(command: &str) -> Words {
        Words(vec![command.to_owned()])
    }

    fn all<S: ToString>(mut self, words: impl IntoIterator<Item = S>) -> Words {
        self.0.extend(words.into_iter().map(|word| word.to_string()));
        self
    }

    fn flag(self, name: &str, is_set: bool) -> Words {
        self.all(is_set.then_some(name))
    }

    fn option<S: ToString>(mut self, name: &str, values: impl IntoIterator<Item = S>) -> Words {
        for value in values {
            self.0.extend([name.to_owned(), value.to_string()]);
        }
        self
    }
}

/// The line that does the same alone.
impl fmt::Display for OwnStep {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&jobs::line(PROGRAM, &self.words().0))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Cli, Invocation},
        *,
    };
    use clap::{Parser, Subcommand};

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
