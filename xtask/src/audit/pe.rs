//! Facts of a DLL for Windows, read from its PE headers.

use object::{
    LittleEndian as LE,
    pe::{self, ImageNtHeaders32, ImageNtHeaders64},
    read::pe::{ImageNtHeaders, ImageOptionalHeader, Import, PeFile},
};

use super::library::{Slice, text};
use crate::matrix::Architecture;

pub fn read(bytes: &[u8]) -> anyhow::Result<Slice> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::Pe32 => read_width::<ImageNtHeaders32>(bytes),
        _ => read_width::<ImageNtHeaders64>(bytes),
    }
}

fn read_width<Pe: ImageNtHeaders>(bytes: &[u8]) -> anyhow::Result<Slice> {
    let file = PeFile::<Pe>::parse(bytes)?;
    let headers = file.nt_headers();
    let machine = headers.file_header().machine.get(LE);
    let mut slice = Slice {
        architecture: architecture(machine.0),
        needed: Vec::new(),
        exports: Vec::new(),
        imports: Vec::new(),
        system: None,
        weaknesses: weaknesses(headers),
    };
    if let Some(imports) = file.import_table()? {
        let mut libraries = imports.descriptors()?;
        while let Some(library) = libraries.next()? {
            slice.needed.push(text(imports.name(library.name.get(LE))?));
            let mut thunks = imports.thunks(library.original_first_thunk.get(LE))?;
            while let Some(thunk) = thunks.next::<Pe>()? {
                match imports.import::<Pe>(thunk)? {
                    Import::Name(_, name) => slice.imports.push(text(name)),
                    Import::Ordinal(number) => slice.imports.push(format!("#{number}")),
                }
            }
        }
    }
    if let Some(exports) = file.export_table()? {
        for (pointer, _) in exports.name_iter() {
            slice.exports.push(text(exports.name_from_pointer(pointer)?));
        }
    }
    Ok(slice)
}

fn weaknesses<Pe: ImageNtHeaders>(headers: &Pe) -> Vec<&'static str> {
    let flags = headers.optional_header().dll_characteristics().0;
    let has = |flag: u16| flags & flag != 0;
    let mut weaknesses = Vec::new();
    if !has(pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0) {
        weaknesses.push("is not hardened: it is always loaded at the same address");
    }
    if !has(pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT.0) {
        weaknesses.push("is not hardened: its data may be executed");
    }
    if headers.is_type_64() && !has(pe::IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA.0) {
        weaknesses.push("is not hardened: it is loaded in the low 4 GiB");
    }
    weaknesses
}

/// As the PE specification numbers them.
fn architecture(machine: u16) -> Architecture {
    match machine {
        0x14c => Architecture::I686,
        0x8664 => Architecture::X86_64,
        0xaa64 => Architecture::Aarch64,
        _ => Architecture::Unknown,
    }
}
