//! What an auditor wants to know of an extension module, whatever its format.

use crate::matrix::Architecture;

/// The code for one architecture; a universal file has several.
#[derive(Clone, Debug)]
pub struct Slice {
    pub architecture: Architecture,
    /// Libraries that the loader must find.
    pub needed: Vec<String>,
    /// Symbols that others can see.
    pub exports: Vec<String>,
    /// Symbols that others must have, without the underscore that a format may put before names.
    pub imports: Vec<String>,
    /// The newest version of glibc or macOS that it asks for.
    pub system: Option<(u32, u32)>,
    /// What makes it easier to attack, or to break.
    pub weaknesses: Vec<&'static str>,
}

/// The slices of a library; an error if it is none.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Slice>> {
    use object::FileKind;
    match FileKind::parse(bytes)? {
        FileKind::Elf32 | FileKind::Elf64 => super::elf::read(bytes).map(|slice| vec![slice]),
        FileKind::Pe32 | FileKind::Pe64 => super::pe::read(bytes).map(|slice| vec![slice]),
        FileKind::MachO32 | FileKind::MachO64 | FileKind::MachOFat32 => super::macho::read(bytes),
        kind => anyhow::bail!("it is {kind:?}"),
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
