//! Facts of a shared library for Linux, read from its ELF headers.

use anyhow::Context;
use object::{
    Endianness,
    elf::{self, FileHeader32, FileHeader64},
    read::elf::{FileHeader, ProgramHeader, SectionTable, Sym},
};

use super::library::{Slice, text};
use crate::matrix::Architecture;

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
    let mut slice = Slice {
        architecture: architecture(header.e_machine(endian).0),
        needed: Vec::new(),
        exports: Vec::new(),
        imports: Vec::new(),
        system: None,
        weaknesses: Vec::new(),
    };

    let mut binds_now = false;
    let dynamic = sections.dynamic_table(endian, bytes)?;
    for item in &dynamic {
        match item.tag {
            elf::DT_NEEDED => slice.needed.push(text(dynamic.string(item)?)),
            elf::DT_RPATH | elf::DT_RUNPATH => slice.weaknesses.push("has a run path"),
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
    slice.weaknesses.extend(weaknesses_of_segments(header, bytes)?);
    add_symbols(&mut slice, &sections, endian, bytes)?;
    Ok(slice)
}

fn weaknesses_of_segments<Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    bytes: &[u8],
) -> anyhow::Result<Vec<&'static str>> {
    let endian = header.endian()?;
    let mut has_relro = false;
    // Without the header the kernel may make the stack executable.
    let mut has_executable_stack = true;
    let mut weaknesses = Vec::new();
    for segment in header.program_headers(endian, bytes)? {
        let flags = segment.p_flags(endian).0;
        let is_executable = flags & elf::PF_X.0 != 0;
        match segment.p_type(endian) {
            elf::PT_GNU_RELRO => has_relro = true,
            elf::PT_GNU_STACK => has_executable_stack = is_executable,
            elf::PT_LOAD if is_executable && flags & elf::PF_W.0 != 0 => {
                weaknesses.push("has code that can be written to");
            }
            _ => {}
        }
    }
    if !has_relro {
        weaknesses.push("is not hardened: no RELRO segment");
    }
    if has_executable_stack {
        weaknesses.push("asks for an executable stack");
    }
    Ok(weaknesses)
}

fn add_symbols<Elf: FileHeader<Endian = Endianness>>(
    slice: &mut Slice,
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> anyhow::Result<()> {
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let versions = sections.versions(endian, bytes)?.unwrap_or_default();
    for (index, symbol) in symbols.enumerate() {
        let name = text(symbol.name(endian, symbols.strings())?);
        if name.is_empty() {
            continue;
        }
        if !symbol.is_undefined(endian) {
            slice.exports.push(name);
            continue;
        }
        let version = versions.version(versions.version_index(endian, index).index())?;
        if let Some(version) = version.map(|version| text(version.name())) {
            slice.system = slice.system.max(glibc_version(&version)?);
        }
        slice.imports.push(name);
    }
    Ok(())
}

/// `GLIBC_2.17` and `GLIBC_2.2.5` are versions of glibc; others (`GCC_3.0`) are not.
fn glibc_version(name: &str) -> anyhow::Result<Option<(u32, u32)>> {
    let Some(version) = name.strip_prefix("GLIBC_") else { return Ok(None) };
    let mut parts = version.split('.').map(str::parse::<u32>);
    let mut part = || parts.next().and_then(Result::ok);
    let major = part();
    let parsed = major.zip(part());
    Ok(Some(parsed.with_context(|| format!("`{name}` is an unknown version of glibc"))?))
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
        assert_eq!(glibc_version("GLIBC_2.17").unwrap(), Some((2, 17)));
        assert_eq!(glibc_version("GLIBC_2.2.5").unwrap(), Some((2, 2)));
        assert_eq!(glibc_version("GCC_3.0").unwrap(), None);
        assert!(glibc_version("GLIBC_PRIVATE").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_program_can_be_read() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let slice = read(&bytes).unwrap();
        assert!(slice.needed.iter().any(|name| name.starts_with("libc.")));
        assert!(!slice.weaknesses.contains(&"asks for an executable stack"));
    }
}
