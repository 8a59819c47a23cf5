//! Facts of a library for macOS, read from its Mach-O headers.

use object::{
    Endianness, Object,
    macho::{self, MachHeader32, MachHeader64},
    read::macho::{LoadCommandVariant, MachHeader, MachOFatFile32, MachOFile, Nlist},
};

use super::library::{Slice, text};
use crate::matrix::Architecture;

/// One slice, or those of a universal file.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Slice>> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::MachOFat32 => {
            let file = MachOFatFile32::parse(bytes)?;
            let mut slices = Vec::new();
            for part in file.arches() {
                use object::read::macho::FatArch;
                slices.extend(read(part.data(bytes)?)?);
            }
            Ok(slices)
        }
        object::FileKind::MachO32 => Ok(vec![read_width::<MachHeader32<Endianness>>(bytes)?]),
        _ => Ok(vec![read_width::<MachHeader64<Endianness>>(bytes)?]),
    }
}

fn read_width<Mach: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> anyhow::Result<Slice> {
    let file = MachOFile::<Mach>::parse(bytes)?;
    let endian = file.endian();
    let mut slice = Slice {
        architecture: architecture(file.macho_header().cputype(endian).0),
        needed: Vec::new(),
        exports: Vec::new(),
        imports: Vec::new(),
        system: None,
        weaknesses: Vec::new(),
    };
    let mut is_signed = false;
    let mut commands = file.macho_load_commands()?;
    while let Some(command) = commands.next()? {
        match command.variant()? {
            LoadCommandVariant::Dylib(library) => {
                slice.needed.push(text(command.string(endian, library.dylib.name)?));
            }
            LoadCommandVariant::BuildVersion(version, _) => {
                slice.system = Some(version_of(version.minos.get(endian).0));
            }
            LoadCommandVariant::VersionMin(version) => {
                slice.system = Some(version_of(version.version.get(endian).0));
            }
            LoadCommandVariant::Rpath(_) => slice.weaknesses.push("has a run path"),
            _ => is_signed |= command.cmd() == macho::LC_CODE_SIGNATURE,
        }
    }
    if slice.architecture == Architecture::Aarch64 && !is_signed {
        slice.weaknesses.push("is not signed, and arm64 loads nothing unsigned");
    }
    let symbols = file.macho_symbol_table();
    for symbol in symbols.iter() {
        let name = text(symbol.name(endian, symbols.strings())?);
        let name = name.strip_prefix('_').unwrap_or(&name).to_owned();
        if symbol.is_undefined() {
            slice.imports.push(name);
        }
    }
    for export in file.exports()? {
        let export = export?;
        let name = text(export.name().name().unwrap_or_default());
        if !OF_LINKER.contains(&name.as_str()) {
            slice.exports.push(name.strip_prefix('_').unwrap_or(&name).to_owned());
        }
    }
    Ok(slice)
}

/// What zig's linker puts into every library; they are found by no name from outside.
const OF_LINKER: &[&str] = &["__mh_dylib_header", "___dso_handle"];

/// `0x000a0d00` is 10.13.
fn version_of(packed: u32) -> (u32, u32) {
    (packed >> 16, packed >> 8 & 0xff)
}

/// As Apple numbers them.
fn architecture(cpu: u32) -> Architecture {
    match cpu {
        0x0100_0007 => Architecture::X86_64,
        0x0100_000c => Architecture::Aarch64,
        _ => Architecture::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_unpacked() {
        assert_eq!(version_of(0x000a_0d00), (10, 13));
        assert_eq!(version_of(0x000b_0000), (11, 0));
    }
}
