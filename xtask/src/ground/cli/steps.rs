//! The steps of plans, typed; `step_lines` writes the line that does the same alone.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Audit, Gather, Libalgebra, ReleaseStep, Verify};

/// What this program does itself, at once: a line of a plan, or of whoever types it. Those that
/// only plans use are hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum OwnStep {
    /// Check that wheels, from here or elsewhere, keep what their names and metadata promise
    #[command(display_order = 9)]
    Audit(Audit),
    /// Have libalgebra/ as a plain folder or as a git submodule
    #[command(subcommand, display_order = 9)]
    Libalgebra(Libalgebra),
    /// Take over what other machines made: wheels, and the records of their tests
    #[command(display_order = 11)]
    Gather(Gather),
    /// Check the rules that no other tool checks: purposes, lengths, directions, references
    #[command(display_order = 10)]
    Tidy,
    /// Remove folders with all they hold, and make them anew
    #[command(hide = true)]
    Empty { folders: Vec<Utf8PathBuf> },
    /// Copy the files that git tracks to a folder
    #[command(hide = true)]
    Stage { folder: Utf8PathBuf },
    /// Rewrite a source archive so that the same files give the same bytes
    #[command(hide = true)]
    Normalise { archive: Utf8PathBuf, output: Utf8PathBuf },
    /// Unpack a wheel, or a source archive without its top folder
    #[command(hide = true)]
    Unpack { archive: Utf8PathBuf, folder: Utf8PathBuf },
    /// Put a wheel together from an unpacked source archive and an extension module
    #[command(hide = true)]
    Assemble(Assemble),
    /// Write what is linked against instead of a target's C library: names alone, as text
    #[command(hide = true)]
    Stubs { target: String, folder: Utf8PathBuf },
    /// Write the list of names that objects import from a DLL, of those that begin with Py
    #[command(hide = true)]
    ImportList {
        /// File name of the DLL
        dll: String,
        /// The list, a module definition file
        output: Utf8PathBuf,
        objects: Vec<Utf8PathBuf>,
    },
    /// Put libraries of several architectures into one, as macOS has them
    #[command(hide = true)]
    Universal { output: Utf8PathBuf, parts: Vec<Utf8PathBuf> },
    /// Rewrite the extension modules for another system in a folder as ones that Linux loads
    #[command(hide = true)]
    AsElf {
        folder: Utf8PathBuf,
        /// What replaces functions that the other system has differently
        library: Option<Utf8PathBuf>,
    },
    /// Download a file, and keep it if it is the one that is meant
    #[command(hide = true)]
    Download { url: String, sha256: String, file: Utf8PathBuf },
    /// Install the Build Tools of Visual Studio, and see that there is a compiler then
    #[command(hide = true)]
    InstallVisualStudio(InstallVisualStudio),
    /// Write what `vcvarsall.bat` adds to an environment to a file
    #[command(hide = true)]
    VcEnvironment { vcvarsall: Utf8PathBuf, argument: String, file: Utf8PathBuf },
    /// Check one promise of a release
    #[command(hide = true)]
    Verify(Verify),
    /// Note which files passed all checks: `--begin` with the files before they are looked at
    #[command(hide = true)]
    NoteChecked {
        wheelhouse: Utf8PathBuf,
        #[arg(long)]
        begin: bool,
    },
    /// Copy the very files that passed all checks, if this is their commit, and is released
    #[command(hide = true)]
    CopyChecked { wheelhouse: Utf8PathBuf, folder: Utf8PathBuf },
    /// Fail unless each file that was downloaded is one that passed all checks
    #[command(hide = true)]
    CompareChecked { downloaded: Utf8PathBuf },
    /// Commit a release, tag it, or undo what was not tagged
    #[command(hide = true, subcommand)]
    ReleaseStep(ReleaseStep),
    /// Remove containers and what they hold, by their label
    #[command(hide = true)]
    SweepContainers { engine: String, label: String },
    /// Place a finished file where it is picked up, whole or not at all
    #[command(hide = true)]
    Promote { file: Utf8PathBuf, folder: Utf8PathBuf },
    /// Remove what is in the cache that checkouts share
    #[command(hide = true)]
    CleanCache,
    /// Write SHA256SUMS of the archives and wheels in a folder, as `sha256sum --check` reads it
    #[command(hide = true)]
    Checksums { folder: Utf8PathBuf },
}

/// What starts another program, in a way of ours, and ends as that does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Subcommand)]
#[serde(rename_all = "kebab-case")]
pub enum Wrapper {
    /// Run a program with what a file adds to the environment
    #[command(hide = true)]
    WithEnvironment {
        file: Utf8PathBuf,
        #[arg(last = true)]
        words: Vec<String>,
    },
    /// Run a program and write what it cost to a file
    #[command(hide = true)]
    Measure {
        record: Utf8PathBuf,
        #[arg(last = true)]
        words: Vec<String>,
    },
}

#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
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

#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize)]
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

impl OwnStep {
    pub fn empty<P: Into<Utf8PathBuf>>(folders: impl IntoIterator<Item = P>) -> OwnStep {
        OwnStep::Empty { folders: folders.into_iter().map(Into::into).collect() }
    }

    pub fn promote(file: impl Into<Utf8PathBuf>, folder: impl Into<Utf8PathBuf>) -> OwnStep {
        OwnStep::Promote { file: file.into(), folder: folder.into() }
    }
}
