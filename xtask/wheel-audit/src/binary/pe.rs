//! Reads the facts of a binary for Windows from its PE headers.

use anyhow::Context;
use memchr::memchr;
use object::{
    LittleEndian as LE,
    pe::{self, ImageNtHeaders32, ImageNtHeaders64},
    read::pe::{
        ImageNtHeaders, ImageOptionalHeader, ImageThunkData, ImportTable, PeFile, SectionTable,
    },
};

use super::slice::{Budget, Slice, UNSTRIPPED};
use crate::architecture::Architecture;

pub fn read(bytes: &[u8]) -> anyhow::Result<Slice> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::Pe32 => read_width::<ImageNtHeaders32>(bytes),
        _ => read_width::<ImageNtHeaders64>(bytes),
    }
}

fn read_width<Pe: ImageNtHeaders>(bytes: &[u8]) -> anyhow::Result<Slice> {
    let file = PeFile::<Pe>::parse(bytes)?;
    let headers = file.nt_headers();
    let architecture = architecture(headers.file_header().machine.get(LE).0);
    let mut slice = Slice { architecture, ..Slice::default() };
    let characteristics = headers.file_header().characteristics.get(LE).0;
    slice.is_program = characteristics & pe::IMAGE_FILE_DLL.0 == 0;
    slice.weaknesses = weaknesses(headers);
    if file.section_table().iter().any(|section| {
        let flags = section.characteristics.get(LE).0;
        flags & pe::IMAGE_SCN_MEM_WRITE.0 != 0 && flags & pe::IMAGE_SCN_MEM_EXECUTE.0 != 0
    }) {
        slice.weaknesses.push("has code that can be written to");
    }
    if headers.file_header().number_of_symbols.get(LE) > 0 {
        slice.weaknesses.push(UNSTRIPPED);
    }
    let sections = file.section_table();
    let mut image = Image { bytes, sections, budget: Budget::new() };
    if let Some(imports) = file.import_table()? {
        let mut libraries = imports.descriptors()?;
        while let Some(library) = libraries.next()? {
            slice.needed.push(image.text(library.name.get(LE))?);
            // Some linkers leave out the table of names; then the other one holds them on disk.
            let first = library.original_first_thunk.get(LE);
            let table = if first == 0 { library.first_thunk.get(LE) } else { first };
            slice.imports.extend(image.imports::<Pe>(table)?);
        }
    }
    let directories = file.data_directories();
    if let Some(imports) = directories.delay_load_import_table(bytes, &image.sections)? {
        let mut libraries = imports.descriptors()?;
        while let Some(library) = libraries.next()? {
            slice.wanted.push(image.text(library.dll_name_rva.get(LE))?);
            let table = library.import_name_table_rva.get(LE);
            slice.imports.extend(image.imports::<Pe>(table)?);
        }
    }
    if let Some(exports) = file.export_table()? {
        for (pointer, _) in exports.name_iter() {
            slice.exports.push(image.budget.text(exports.name_from_pointer(pointer)?)?);
        }
    }
    Ok(slice)
}

/// A file whose tables hold addresses as of the loaded image, in whatever section.
struct Image<'data> {
    bytes: &'data [u8],
    sections: SectionTable<'data>,
    budget: Budget,
}

impl Image<'_> {
    fn text(&mut self, address: u32) -> anyhow::Result<String> {
        let bytes = self.sections.pe_data_at(self.bytes, address);
        let bytes = bytes.context("its tables refer to what is not in it")?;
        let length = memchr(0, bytes).context("a name in it is cut off")?;
        self.budget.text(&bytes[..length])
    }

    /// The names in a table of imports; what is imported by number is written `#1`.
    fn imports<Pe: ImageNtHeaders>(&mut self, table: u32) -> anyhow::Result<Vec<String>> {
        let found = self.sections.pe_data_containing(self.bytes, table);
        let (section, start) = found.context("its tables refer to what is not in it")?;
        let mut thunks = ImportTable::new(section, start, table).thunks(table)?;
        let mut names = Vec::new();
        while let Some(thunk) = thunks.next::<Pe>()? {
            names.push(if thunk.is_ordinal() {
                self.budget.text(format!("#{}", thunk.ordinal()).as_bytes())?
            } else {
                // Two bytes with a hint for the loader stand before the name.
                self.text(thunk.address().checked_add(2).context("a name is out of it")?)?
            });
        }
        Ok(names)
    }
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

/// The architecture of a machine number, as the PE specification has them.
fn architecture(machine: u16) -> Architecture {
    match machine {
        0x14c => Architecture::I686,
        0x8664 => Architecture::X86_64,
        0xaa64 => Architecture::Aarch64,
        _ => Architecture::Unknown,
    }
}
