//! Facts of a shared library for Linux, read from its ELF headers.

use anyhow::Context;
use object::{
    Endianness,
    elf::{self, FileHeader32, FileHeader64},
    read::elf::{FileHeader, ProgramHeader, Sym},
};

#[derive(Clone, Debug)]
pub struct Library {
    /// `e_machine` as the ELF specification numbers them.
    pub machine: u16,
    /// Libraries that the loader must find.
    pub needed: Vec<String>,
    /// Versions of glibc that its symbols ask for.
    pub versions: Vec<(u32, u32)>,
    /// Symbols that others can see.
    pub exports: Vec<String>,
    pub has_run_path: bool,
    pub has_relro: bool,
    pub binds_now: bool,
    pub has_executable_stack: bool,
}

impl Library {
    pub fn read(bytes: &[u8]) -> anyhow::Result<Library> {
        match object::FileKind::parse(bytes)? {
            object::FileKind::Elf32 => read::<FileHeader32<Endianness>>(bytes),
            object::FileKind::Elf64 => read::<FileHeader64<Endianness>>(bytes),
            kind => anyhow::bail!("it is {kind:?}"),
        }
    }
}

fn read<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> anyhow::Result<Library> {
    let header = Elf::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let mut library = Library {
        machine: header.e_machine(endian).0,
        needed: Vec::new(),
        versions: Vec::new(),
        exports: Vec::new(),
        has_run_path: false,
        has_relro: false,
        binds_now: false,
        // Without the header the kernel may make the stack executable.
        has_executable_stack: true,
    };

    let dynamic = sections.dynamic_table(endian, bytes)?;
    for item in &dynamic {
        match item.tag {
            elf::DT_NEEDED => library.needed.push(text(dynamic.string(item)?)),
            elf::DT_RPATH | elf::DT_RUNPATH => library.has_run_path = true,
            elf::DT_BIND_NOW => library.binds_now = true,
            elf::DT_FLAGS => library.binds_now |= item.val & elf::DF_BIND_NOW.0 != 0,
            elf::DT_FLAGS_1 => library.binds_now |= item.val & elf::DF_1_NOW.0 != 0,
            _ => {}
        }
    }
    for segment in header.program_headers(endian, bytes)? {
        match segment.p_type(endian) {
            elf::PT_GNU_RELRO => library.has_relro = true,
            elf::PT_GNU_STACK => {
                library.has_executable_stack = segment.p_flags(endian).0 & elf::PF_X.0 != 0;
            }
            _ => {}
        }
    }
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let versions = sections.versions(endian, bytes)?.unwrap_or_default();
    for (index, symbol) in symbols.enumerate() {
        let name = text(symbol.name(endian, symbols.strings())?);
        if symbol.is_undefined(endian) {
            let version = versions.version(versions.version_index(endian, index).index())?;
            if let Some(version) = version.map(|version| text(version.name())) {
                library.versions.extend(glibc_version(&version)?);
            }
        } else if !name.is_empty() {
            library.exports.push(name);
        }
    }
    library.versions.sort_unstable();
    library.versions.dedup();
    Ok(library)
}

/// `GLIBC_2.17` and `GLIBC_2.2.5` are versions of glibc; others (`GCC_3.0`) are not.
fn glibc_version(name: &str) -> anyhow::Result<Option<(u32, u32)>> {
    let Some(version) = name.strip_prefix("GLIBC_") else { return Ok(None) };
    let mut parts = version.split('.').map(str::parse::<u32>);
    let mut part = || parts.next().and_then(Result::ok);
    let parsed = part().zip(part());
    Ok(Some(parsed.with_context(|| format!("`{name}` is an unknown version of glibc"))?))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
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
        let library = Library::read(&bytes).unwrap();
        assert!(library.needed.iter().any(|name| name.starts_with("libc.")));
        assert!(!library.has_executable_stack);
    }

    #[test]
    fn noise_and_truncation_are_errors() {
        assert!(Library::read(b"").is_err());
        assert!(Library::read(b"\x7fELF\x02\x01\x01\0").is_err());
    }
}
