//! What an auditor wants to know of a library, whatever its format.

use anyhow::{bail, ensure};

use crate::matrix::Architecture;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Elf,
    MachO,
    Pe,
}

/// The weakness of a library with names that nothing needs but a debugger.
pub const UNSTRIPPED: &str = "is not stripped: it holds symbols that only debuggers read";

/// The code for one architecture; a universal file has several.
#[derive(Clone, Debug)]
pub struct Slice {
    pub architecture: Architecture,
    /// Whether it is a program, which nothing imports.
    pub is_program: bool,
    /// Libraries that the loader must find.
    pub needed: Vec<String>,
    /// Libraries that it works without, or looks for later.
    pub wanted: Vec<String>,
    /// Where the loader is told to look for them.
    pub run_paths: Vec<String>,
    /// Versions of symbols that it needs, and of which library.
    pub versions: Vec<(String, String)>,
    /// Symbols that others can see.
    pub exports: Vec<String>,
    /// Symbols that others must have, without the underscore that a format may put before names.
    pub imports: Vec<String>,
    /// Those of them that it works without.
    pub weak_imports: Vec<String>,
    /// The newest version of glibc or macOS that it asks for.
    pub system: Option<(u32, u32)>,
    /// What keeps it from being loaded.
    pub faults: Vec<String>,
    /// What makes it easier to attack, or larger than it must be.
    pub weaknesses: Vec<&'static str>,
}

impl Slice {
    pub fn new(architecture: Architecture) -> Slice {
        Slice {
            architecture,
            is_program: false,
            needed: Vec::new(),
            wanted: Vec::new(),
            run_paths: Vec::new(),
            versions: Vec::new(),
            exports: Vec::new(),
            imports: Vec::new(),
            weak_imports: Vec::new(),
            system: None,
            faults: Vec::new(),
            weaknesses: Vec::new(),
        }
    }
}

/// What the first bytes of a file say that it is, if it is something that is loaded.
pub fn format_of(bytes: &[u8]) -> Option<Format> {
    let kind_at = |at: usize| bytes.get(at..at + 2).map(|two| [two[0], two[1]]);
    match bytes.get(..4)? {
        // Not object files, which are for linking only.
        b"\x7fELF" => (!matches!(kind_at(16), Some([1, 0] | [0, 1]))).then_some(Format::Elf),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe] => {
            let kind = bytes.get(12).copied().unwrap_or_default();
            // Programs, libraries and bundles; not object files or debug information.
            matches!(kind, 2 | 6 | 8).then_some(Format::MachO)
        }
        // So begins compiled Java too, with a version where this has the number of slices.
        [0xca, 0xfe, 0xba, 0xbe] => {
            (bytes.get(4..7) == Some(&[0; 3]) && bytes.get(7)? < &30).then_some(Format::MachO)
        }
        [b'M', b'Z', ..] => {
            let at = bytes.get(60..64)?.try_into().map(u32::from_le_bytes).ok()? as usize;
            (bytes.get(at..at.checked_add(4)?) == Some(b"PE\0\0")).then_some(Format::Pe)
        }
        _ => None,
    }
}

/// Whether a file is a library to whoever reads its name.
pub fn is_named_library(path: &str) -> bool {
    let name = super::package::base_name(path);
    [".so", ".pyd", ".dll", ".dylib"].iter().any(|end| name.ends_with(end)) || name.contains(".so.")
}

/// The slices of a library; an error if it is none.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Slice>> {
    match format_of(bytes) {
        Some(Format::Elf) => super::elf::read(bytes).map(|slice| vec![slice]),
        Some(Format::Pe) => super::pe::read(bytes).map(|slice| vec![slice]),
        Some(Format::MachO) => super::macho::read(bytes),
        None => bail!("it is neither ELF nor Mach-O nor PE"),
    }
}

/// How much may be read of one library's names: tables in a hostile one may point at the same bytes
/// again and again.
pub struct Budget(usize);

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
