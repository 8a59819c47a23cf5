//! Facts of a shared library for Linux, read from its ELF headers.

use anyhow::ensure;
use object::{
    Endianness,
    elf::{self, FileHeader32, FileHeader64},
    read::elf::{FileHeader, ProgramHeader, SectionTable, Sym},
};

use super::slice::{Budget, Slice, UNSTRIPPED};
use crate::architecture::Architecture;

pub fn read(bytes: &[u8]) -> anyhow::Result<Slice> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::Elf32 => read_class::<FileHeader32<Endianness>>(bytes),
        _ => read_class::<FileHeader64<Endianness>>(bytes),
    }
}

fn read_class<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> anyhow::Result<Slice> {
    let header = Elf::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let mut budget = Budget::new();
    let architecture = architecture(header.e_machine(endian).0);
    let mut slice = Slice { architecture, ..Slice::default() };
    add_dynamic(&mut slice, &sections, endian, bytes, &mut budget)?;
    let is_static = add_segments(&mut slice, header, bytes)?;
    // Without sections nothing of the above was seen: they are what this audit believes.
    if sections.dynamic(endian, bytes)?.is_none() && !is_static {
        slice.faults.push("hides what it needs: it has no dynamic section".to_owned());
    }
    add_versions(&mut slice, &sections, endian, bytes, &mut budget)?;
    add_symbols(&mut slice, &sections, endian, bytes, &mut budget)?;
    let names = sections.enumerate().map(|(_, section)| sections.section_name(endian, section));
    if names.filter_map(Result::ok).any(|name| name == b".debug_info") {
        slice.weaknesses.push("holds debug information");
    }
    // What a loader needs is in another table.
    if !sections.symbols(endian, bytes, elf::SHT_SYMTAB)?.is_empty() {
        slice.weaknesses.push(UNSTRIPPED);
    }
    Ok(slice)
}

fn add_dynamic<Elf: FileHeader<Endian = Endianness>>(
    slice: &mut Slice,
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
    budget: &mut Budget,
) -> anyhow::Result<()> {
    let mut binds_now = false;
    let dynamic = sections.dynamic_table(endian, bytes)?;
    for item in &dynamic {
        match item.tag {
            elf::DT_NEEDED => slice.needed.push(budget.text(dynamic.string(item)?)?),
            elf::DT_RPATH | elf::DT_RUNPATH => {
                let paths = budget.text(dynamic.string(item)?)?;
                slice.run_paths.extend(paths.split(':').map(str::to_owned));
            }
            elf::DT_TEXTREL => slice.weaknesses.push("has relocations in its code"),
            elf::DT_BIND_NOW => binds_now = true,
            elf::DT_FLAGS => binds_now |= item.val & elf::DF_BIND_NOW.0 != 0,
            elf::DT_FLAGS_1 => binds_now |= item.val & elf::DF_1_NOW.0 != 0,
            _ => {}
        }
    }
    if !binds_now {
        slice.weaknesses.push("is not hardened: symbols are bound lazily");
    }
    Ok(())
}

/// Gives whether it is a program that needs no loader.
fn add_segments<Elf: FileHeader<Endian = Endianness>>(
    slice: &mut Slice,
    header: &Elf,
    bytes: &[u8],
) -> anyhow::Result<bool> {
    let endian = header.endian()?;
    let mut has_relro = false;
    // Without the header the kernel may make the stack executable.
    let mut has_executable_stack = true;
    let mut has_dynamic = false;
    slice.is_program = header.e_type(endian) == elf::ET_EXEC;
    for segment in header.program_headers(endian, bytes)? {
        let flags = segment.p_flags(endian).0;
        let is_executable = flags & elf::PF_X.0 != 0;
        match segment.p_type(endian) {
            elf::PT_GNU_RELRO => has_relro = true,
            elf::PT_GNU_STACK => has_executable_stack = is_executable,
            elf::PT_LOAD if is_executable && flags & elf::PF_W.0 != 0 => {
                slice.weaknesses.push("has code that can be written to");
            }
            elf::PT_INTERP => slice.is_program = true,
            elf::PT_DYNAMIC => has_dynamic = true,
            _ => {}
        }
    }
    if !has_relro {
        slice.weaknesses.push("is not hardened: no RELRO segment");
    }
    if has_executable_stack {
        slice.weaknesses.push("asks for an executable stack");
    }
    Ok(header.e_type(endian) == elf::ET_EXEC && !has_dynamic)
}

/// More than this are in no library; tables that point at themselves have any number.
const VERSIONS_MAX: usize = 10_000;

fn add_versions<Elf: FileHeader<Endian = Endianness>>(
    slice: &mut Slice,
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
    budget: &mut Budget,
) -> anyhow::Result<()> {
    let Some((mut libraries, strings)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(());
    };
    let strings = sections.strings(endian, bytes, strings)?;
    let mut count = 0;
    while let Some((library, mut versions)) = libraries.next()? {
        let file = budget.text(library.file(endian, strings)?)?;
        while let Some(version) = versions.next()? {
            count += 1;
            ensure!(count <= VERSIONS_MAX, "its tables are absurdly large");
            let name = budget.text(version.name(endian, strings)?)?;
            slice.system = slice.system.max(glibc_version(&name));
            slice.versions.push((file.clone(), name));
        }
    }
    Ok(())
}

fn add_symbols<Elf: FileHeader<Endian = Endianness>>(
    slice: &mut Slice,
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
    budget: &mut Budget,
) -> anyhow::Result<()> {
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    for symbol in symbols.iter() {
        let name = budget.text(symbol.name(endian, symbols.strings())?)?;
        if name.is_empty() {
            continue;
        }
        if symbol.is_undefined(endian) {
            if symbol.st_bind() == elf::STB_WEAK {
                slice.weak_imports.push(name.clone());
            }
            slice.imports.push(name);
        } else {
            slice.exports.push(name);
        }
    }
    Ok(())
}

/// `GLIBC_2.17` and `GLIBC_2.2.5` are versions of glibc; others (`GCC_3.0`) are not.
fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let mut parts = name.strip_prefix("GLIBC_")?.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// As the ELF specification numbers them.
fn architecture(machine: u16) -> Architecture {
    match machine {
        3 => Architecture::I686,
        21 => Architecture::Ppc64le,
        22 => Architecture::S390x,
        40 => Architecture::Armv7l,
        62 => Architecture::X86_64,
        183 => Architecture::Aarch64,
        243 => Architecture::Riscv64,
        _ => Architecture::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_glibc_are_told_from_others() {
        assert_eq!(glibc_version("GLIBC_2.17"), Some((2, 17)));
        assert_eq!(glibc_version("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_version("GCC_3.0"), None);
        assert_eq!(glibc_version("GLIBC_PRIVATE"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_program_can_be_read() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let slice = read(&bytes).unwrap();
        assert!(slice.needed.iter().any(|name| name.starts_with("libc.")));
        assert!(slice.versions.iter().any(|(library, _)| library.starts_with("libc.")));
        assert!(!slice.weaknesses.contains(&"asks for an executable stack"));
        assert!(slice.is_program && slice.faults.is_empty());
    }
}
