//! The flags of steps that have many: what a plan says to itself.

use camino::Utf8PathBuf;
use clap::Args;

use super::Command;

#[derive(Args, Debug)]
pub struct Assemble {
    /// The unpacked source archive
    #[arg(long)]
    pub source: Utf8PathBuf,
    /// The compiled extension module
    #[arg(long)]
    pub extension: Utf8PathBuf,
    /// The wheel; its name says its tags
    #[arg(long)]
    pub wheel: Utf8PathBuf,
    /// What compiled it, like `zig@0.17.1`
    #[arg(long)]
    pub compiler: Option<String>,
    /// A runtime part that the compiler added, like `compiler-rt@0.17.1`
    #[arg(long)]
    pub linked: Vec<String>,
}

#[derive(Args, Debug)]
pub struct InstallVisualStudio {
    /// The program that installs
    pub installer: Utf8PathBuf,
    /// Where to install
    #[arg(long)]
    pub folder: Utf8PathBuf,
    /// What knows installations, afterwards
    #[arg(long)]
    pub vswhere: Utf8PathBuf,
    /// What is told `vcvarsall.bat`, to see that the compiler works
    #[arg(long)]
    pub argument: String,
    /// With compilers for ARM64
    #[arg(long)]
    pub arm64: bool,
    /// What collects logs if it fails
    #[arg(long)]
    pub collect: Option<Utf8PathBuf>,
}

impl Command {
    /// Whether it is done at once, as a step of a plan is, without looking at the machine.
    pub fn is_step(&self) -> bool {
        matches!(
            self,
            Command::Tidy
                | Command::Libalgebra(_)
                | Command::Empty { .. }
                | Command::Stage { .. }
                | Command::Normalise { .. }
                | Command::Unpack { .. }
                | Command::Assemble(_)
                | Command::Audit(_)
                | Command::Verify(_)
                | Command::NoteChecked { .. }
                | Command::CompareChecked { .. }
                | Command::ReleaseStep(_)
                | Command::Stubs { .. }
                | Command::ImportList { .. }
                | Command::Universal { .. }
                | Command::Download { .. }
                | Command::InstallVisualStudio(_)
                | Command::VcEnvironment { .. }
                | Command::SweepContainers { .. }
                | Command::Promote { .. }
        )
    }
}
