//! Every command and flag with its help. No behaviour.

mod audit;
mod bench;
mod examples;
mod global;
mod libalgebra;
mod release;
mod step_lines;
mod steps;
mod test;

pub use audit::Audit;
pub use bench::{Bench, BenchContainers, BenchPeer, BenchSpeed};
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use global::Global;
pub use libalgebra::Libalgebra;
pub use release::{CheckArguments, Gather, Publish, ReleaseArguments, ReleaseStep, Verify};
pub use steps::{Assemble, InstallVisualStudio, OwnStep, Wrapper};
pub use test::{Suite, Test};

/// The build helper of esig: one command from a checkout to tested wheels.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 100)]
#[command(after_help = examples::ALL)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Invocation,
    #[command(flatten)]
    pub global: Global,
}

/// How people start this program.
pub const PROGRAM: &str = "cargo xtask";

#[derive(Debug, Subcommand)]
pub enum Invocation {
    #[command(flatten)]
    Task(Task),
    #[command(flatten)]
    Step(OwnStep),
    #[command(flatten)]
    Wrapper(Wrapper),
}

/// What people ask for: it looks at the machine and the checkout first.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Make the source archive in wheelhouse/
    Sdist(Sdist),
    /// Make the source archive and, from it, a tested wheel for every interpreter, in wheelhouse/
    #[command(after_help = examples::WHEELS)]
    Wheels(Wheels),
    /// Fetch what `wheels` with the same options needs, so that it runs with `--offline`
    #[command(after_help = examples::FETCH)]
    Fetch(Wheels),
    /// Run all tests: Rust, C++ (also under sanitizers), Python, end to end
    #[command(after_help = examples::TEST)]
    Test(Test),
    /// Compile the extension in place, so that `import esig` works in this checkout
    Develop(Develop),
    /// List the wheels that are built, and which interpreter each is built with here
    #[command(after_help = examples::LIST)]
    List(List),
    /// Images that Linux wheels are built in: list, fetch, build and clear them away
    Images(Images),
    /// What runs wheels of other systems here: list, install and remove it
    Testers(Testers),
    /// Test wheels in the interpreters of an image, an older system perhaps
    TestIn(TestIn),
    /// Say what this machine has and lacks for `wheels` with the same options, and how to get it
    ///
    /// Fails if something is missing without which a job of that plan would fail.
    Doctor(Wheels),
    /// Remove what builds left under target/xtask (wheelhouse/ is kept)
    Clean(Clean),
    /// Check that a release keeps all that it promises, before it is tagged and published
    #[command(after_help = examples::CHECK)]
    Check(CheckArguments),
    /// Set the version, date the changelog, commit and tag; nothing is pushed
    Release(ReleaseArguments),
    /// Upload what passed `check`, and see that it can be installed
    Publish(Publish),
    /// Do all that must pass before a change is taken: linters, `test`, `wheels`
    Ci(Ci),
    /// Build the documentation in target/xtask/html, run its examples and follow its links
    Docs,
    /// Measure
    #[command(subcommand)]
    Bench(Bench),
    /// Read reports that `--report` has written
    #[command(subcommand, after_help = examples::REPORT)]
    Report(ReportCommand),
    /// Print what completes `cargo xtask` in a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each command
    Man {
        /// Where they are placed, from the root of the checkout
        #[arg(value_name = "DIR", value_parser = folder)]
        folder: Utf8PathBuf,
    },
    /// Print the facts about this machine as JSON
    #[command(hide = true)]
    Facts,
}

impl Task {
    /// Whether it reads libalgebra/.
    pub fn builds(&self) -> bool {
        matches!(
            self,
            Task::Sdist(_)
                | Task::Wheels(_)
                | Task::Test(_)
                | Task::Develop(_)
                | Task::Docs
                | Task::Ci(_)
                | Task::Bench(_)
        )
    }

    /// The interpreters that the user named.
    pub fn interpreters(&self) -> &[Utf8PathBuf] {
        match self {
            Task::Wheels(arguments) | Task::Fetch(arguments) | Task::Doctor(arguments) => {
                &arguments.interpreter
            }
            Task::Develop(arguments) => arguments.interpreter.as_slice(),
            _ => &[],
        }
    }
}

/// The name of a folder. An empty one would be the checkout itself.
fn folder(text: &str) -> Result<Utf8PathBuf, &'static str> {
    if text.trim().is_empty() { Err("it names no folder") } else { Ok(text.into()) }
}

#[derive(Args, Debug)]
pub struct Sdist {
    /// Where the archive is placed, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse", value_parser = folder)]
    pub output: Utf8PathBuf,
}

#[derive(Args, Clone, Debug)]
pub struct Wheels {
    /// Which wheels, like `cp38-manylinux_x86_64` or `cp3*` [default: see --platform]
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
    /// Leave these out
    #[arg(long, value_name = "SELECTOR")]
    pub skip: Vec<String>,
    /// For which systems: `all`, `linux`, `macos`, `windows`, or one with an architecture, like
    /// `linux/arm64` [default: all targets of this one's that can be tested here]
    #[arg(long, value_name = "SYSTEM", conflicts_with = "selectors")]
    pub platform: Option<String>,
    /// Those that this runner of the continuous integration makes; `list --shards` names them
    #[arg(long, value_name = "NAME", conflicts_with_all = ["selectors", "platform"])]
    pub shard: Option<String>,
    /// Where finished files are placed, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "wheelhouse", value_parser = folder)]
    pub output: Utf8PathBuf,
    /// Where and with what wheels are compiled [default: docker for Linux, where a container
    /// engine answers and has or can fetch the image; else zig]
    #[arg(long, value_enum)]
    pub builder: Option<BuilderName>,
    #[command(flatten)]
    pub containers: ContainerOptions,
    /// Test also in the interpreters of this image, an older system (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub test_image: Vec<String>,
    /// Build what is going to be published: images must be pinned by their digest
    #[arg(long)]
    pub release: bool,
    /// With `--release`: take images that are not pinned
    #[arg(long, requires = "release")]
    pub allow_unpinned: bool,
    /// Install what is missing: interpreters by pyenv, Visual Studio's build tools
    #[arg(long)]
    pub install_tools: bool,
    /// Build and test with this interpreter, not those found (may be repeated)
    #[arg(long, value_name = "PATH")]
    pub interpreter: Vec<Utf8PathBuf>,
}

impl Default for Wheels {
    /// `cargo xtask wheels`, as it stands.
    fn default() -> Wheels {
        match Cli::parse_from(["xtask", "wheels"]).command {
            Invocation::Task(Task::Wheels(arguments)) => arguments,
            other => unreachable!("`wheels` was parsed as {other:?}"),
        }
    }
}

#[derive(Args, Debug)]
pub struct Images {
    #[arg(value_enum)]
    pub command: ImagesCommand,
    /// Only those for these targets
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    #[command(flatten)]
    pub containers: ContainerOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImagesCommand {
    /// Say which there are, pinned or not, here or not, and what each builds for
    List,
    /// Fetch them
    Pull,
    /// Put our own small layer on them, as `wheels` does when it needs it
    Build,
    /// Remove our own layers, and containers that killed runs left; what they are based on stays
    Prune,
}

#[derive(Args, Debug)]
pub struct Testers {
    #[arg(value_enum, default_value_t = TestersCommand::List)]
    pub command: TestersCommand,
    /// Only these
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestersCommand {
    /// Say which there are, whose wheels they take, and which are here
    List,
    /// Make them; those that are here and unchanged stay as they are
    Install,
    /// Remove them
    Prune,
}

#[derive(Args, Debug)]
pub struct TestIn {
    /// As the engine knows it; it has /opt/python/*/bin/python, or python3 on its PATH
    pub image: String,
    /// From the root of the checkout; built here or elsewhere
    #[arg(value_name = "WHEEL", required = true)]
    pub wheels: Vec<Utf8PathBuf>,
    /// The program that runs containers, `docker` or `podman`
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub engine: String,
}

#[derive(Args, Clone, Debug)]
pub struct ContainerOptions {
    /// The program that runs containers, `docker` or `podman`
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub engine: String,
    /// The image for a target, instead of the configuration's; any that has
    /// /opt/python/*/bin/python serves (may be repeated)
    #[arg(long, value_name = "TARGET=NAME")]
    pub image: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BuilderName {
    /// In one container for each target, with the compiler of its image
    Docker,
    /// On this machine, with the compiler of its system; for this machine's own target
    Native,
    /// On this machine, with zig, which is installed when needed; for every target
    Zig,
}

/// How to compile on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ToolchainName {
    /// The compiler of this system
    Native,
    /// zig, which is installed when needed
    Zig,
}

#[derive(Args, Debug)]
pub struct Develop {
    /// The interpreter that will import it [default: the newest found]
    #[arg(long, value_name = "PATH")]
    pub interpreter: Option<Utf8PathBuf>,
    /// Which compiler
    #[arg(long, value_enum, default_value_t = ToolchainName::Zig)]
    pub toolchain: ToolchainName,
}

#[derive(Args, Debug)]
pub struct List {
    /// Only these
    #[arg(value_name = "SELECTOR")]
    pub selectors: Vec<String>,
    /// List the shards of the continuous integration instead, as GitHub takes a matrix of jobs
    #[arg(long, conflicts_with = "selectors")]
    pub shards: bool,
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Make one report of those of several machines; with `--report DIR`, write it
    Merge {
        /// A report.json, or a folder with one, named after its machine
        #[arg(value_name = "REPORT", required = true)]
        reports: Vec<Utf8PathBuf>,
    },
    /// Write into docs/evidence.md which wheels were executed in what
    Evidence {
        /// A report.json, or a folder with one, of `cargo xtask wheels --platform all`
        #[arg(value_name = "REPORT", required = true)]
        reports: Vec<Utf8PathBuf>,
    },
}

#[derive(Args, Debug)]
pub struct Ci {
    /// Only what takes minutes: linters, and the suites `rust`, `cpp` and `python`
    #[arg(long)]
    pub fast: bool,
}

#[derive(Args, Debug)]
pub struct Clean {
    /// Also the downloaded tools
    #[arg(long)]
    pub all: bool,
    /// Also what checkouts share, in the folder that XTASK_CACHE_DIR names
    #[arg(long)]
    pub cache: bool,
}

/// The words of a command line without those that only ask for it to be printed.
pub fn words_to_repeat(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut words = words.into_iter();
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--dry-run" => {}
            "--host" => drop(words.next()),
            word if word.starts_with("--host=") => {}
            _ => kept.push(word),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_line_to_repeat_is_the_command_that_was_printed() {
        for host in ["--host facts.json", "--host=facts.json"] {
            let line = format!("wheels --dry-run {host} cp38-win32");
            let words = words_to_repeat(line.split(' ').map(str::to_owned));
            assert_eq!(words, ["wheels", "cp38-win32"]);
        }
    }
}
