//! The facts of compiled code that every format has, and what their readers share.

use anyhow::ensure;

use crate::{architecture::Architecture, tags::Version};

/// The weakness of a file that was not stripped.
pub(super) const UNSTRIPPED: &str = "is not stripped: it holds symbols that only debuggers read";

/// The code for one architecture.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The architecture that the code is for.
    pub architecture: Architecture,
    /// Whether it is a program rather than a library.
    pub is_program: bool,
    /// Libraries that the loader must find.
    pub needed: Vec<String>,
    /// Libraries that it works without, or looks for later.
    pub wanted: Vec<String>,
    /// Folders in which the loader is told to look for libraries.
    pub run_paths: Vec<String>,
    /// Versions of symbols that it needs, each after the library that has it.
    pub versions: Vec<(String, String)>,
    /// Symbols that it offers to others.
    pub exports: Vec<String>,
    /// Symbols that it takes from others, without the underscore that Mach-O puts before names.
    pub imports: Vec<String>,
    /// Those of the imports that it works without.
    pub weak_imports: Vec<String>,
    /// The newest version of glibc or macOS that it asks for.
    pub system: Option<Version>,
    /// What keeps it from being loaded.
    pub faults: Vec<String>,
    /// What makes it easier to attack, or larger than it must be.
    pub weaknesses: Vec<&'static str>,
}

/// How much may still be read of the names in one file: tables in a hostile one may point at the
/// same bytes again and again.
pub(super) struct Budget(usize);

impl Budget {
    pub fn new() -> Budget {
        Budget(64 << 20)
    }

    pub fn text(&mut self, bytes: &[u8]) -> anyhow::Result<String> {
        self.spend(bytes.len() + 1)?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    pub fn spend(&mut self, amount: usize) -> anyhow::Result<()> {
        ensure!(amount <= self.0, "its tables are absurdly large");
        self.0 -= amount;
        Ok(())
    }
}
