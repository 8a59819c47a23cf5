//! What can be measured.

use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Bench {
    /// What each stage of building costs, cold and warm: processor time and memory
    Build,
    /// Signatures, log signatures and gradients beside every other library for them
    ///
    /// Each is installed from the index into an environment of its own, where that is possible,
    /// and measured in turn with one thread. The result is `speed.md` and `speed.svg`.
    Speed(BenchSpeed),
    /// Reducing measures beside the same method in NumPy and, if it is installed, PyRecombine
    Recombine,
    /// What the wheels of five interpreters cost in containers, and beside cibuildwheel
    ///
    /// Each builds, repairs or audits, and tests in clean environments, for CPython 3.9 to 3.13,
    /// in turn, from the same source archive and in the same image; ours makes the archive too.
    /// What all of them download, pip's packages, counts and is not cached; tools and images are
    /// there before. Processor time is that of the containers and, apart from it, that of the
    /// programs outside, the engine's client among them. No other container should run meanwhile:
    /// the groups of processes that containers are put into are looked at before and after, and
    /// where systemd manages docker's, the services of the machine are in the same group.
    #[command(verbatim_doc_comment)]
    Containers(BenchContainers),
    /// What the wheels of five interpreters cost beside cibuildwheel and loops of pip and uv
    ///
    /// Each builds, repairs or audits, and tests in clean environments, for CPython 3.9 to 3.13,
    /// in turn, from the same source archive; ours makes the archive too. Nothing is compiled or
    /// downloaded before but tools and images. Processor time is that of all programs and
    /// containers; where cibuildwheel is compared, no other container should run meanwhile.
    #[command(verbatim_doc_comment)]
    Peer(BenchPeer),
}

#[derive(Args, Debug)]
pub struct BenchSpeed {
    /// How often each is measured
    #[arg(long, value_name = "N", default_value = "3")]
    pub rounds: NonZeroUsize,
    /// Another wheel of esig to compare with, an older one perhaps (may be repeated)
    #[arg(long, value_name = "WHEEL")]
    pub against: Vec<Utf8PathBuf>,
    /// Where the result is written, from the root of the checkout
    #[arg(long, value_name = "DIR", default_value = "target/xtask/bench/speed")]
    pub output: Utf8PathBuf,
}

#[derive(Args, Debug)]
pub struct BenchContainers {
    /// What to build in; for cibuildwheel it has auditwheel, patchelf, build and uv too
    #[arg(long, value_name = "TARGET=NAME")]
    pub image: String,
    /// The program that runs containers, `docker` or `podman`, on this machine
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub engine: String,
    /// How many times each is run
    #[arg(long, value_name = "N", default_value = "3")]
    pub rounds: NonZeroUsize,
    /// A cibuildwheel to compare with, once as it comes and once with its frontend `build[uv]`
    #[arg(long, value_name = "PATH")]
    pub against: Option<Utf8PathBuf>,
}

#[derive(Args, Debug)]
pub struct BenchPeer {
    /// The image for cibuildwheel, which is left out without it; it has auditwheel and patchelf
    #[arg(long, value_name = "TARGET=NAME")]
    pub image: Option<String>,
    /// The program that runs containers, `docker` or `podman`, on this machine
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    pub engine: String,
    /// How many times each is run
    #[arg(long, value_name = "N", default_value = "3")]
    pub rounds: NonZeroUsize,
}
