//! Reads the facts of a binary for Linux from its ELF headers.

use anyhow::ensure;
use object::{
    Endianness,
    elf::{self, FileHeader32, FileHeader64},
    read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym},
};

use super::slice::{Budget, Slice, UNSTRIPPED};
use crate::architecture::Architecture;

pub fn read(bytes: &[u8]) -> anyhow::Result<Slice> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::Elf32 => Reader::<FileHeader32<Endianness>>::read(bytes),
        _ => Reader::<FileHeader64<Endianness>>::read(bytes),
    }
}

/// Whether a file has nothing that is loaded, as its sections tell.
pub fn is_for_debuggers(bytes: &[u8]) -> bool {
    let is_companion = match object::FileKind::parse(bytes) {
        Ok(object::FileKind::Elf32) => has_no_content::<FileHeader32<Endianness>>(bytes),
        Ok(object::FileKind::Elf64) => has_no_content::<FileHeader64<Endianness>>(bytes),
        _ => return false,
    };
    is_companion.unwrap_or(false)
}

fn has_no_content<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> anyhow::Result<bool> {
    let header = Elf::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let loaded = |section: &&Elf::SectionHeader| section.sh_flags(endian).0 & elf::SHF_ALLOC.0 != 0;
    let is_empty = |section: &Elf::SectionHeader| {
        matches!(section.sh_type(endian), elf::SHT_NOBITS | elf::SHT_NOTE)
    };
    Ok(sections.iter().any(|section| loaded(&section))
        && sections.iter().filter(loaded).all(is_empty))
}

/// A file, and what is known of it so far.
struct Reader<'data, Elf: FileHeader> {
    bytes: &'data [u8],
    header: &'data Elf,
    endian: Endianness,
    sections: SectionTable<'data, Elf>,
    budget: Budget,
    slice: Slice,
}

/// The most versions that a file may need: in a hostile one tables may point at themselves.
const VERSIONS_MAX: usize = 10_000;

impl<'data, Elf: FileHeader<Endian = Endianness>> Reader<'data, Elf> {
    fn read(bytes: &'data [u8]) -> anyhow::Result<Slice> {
        let header = Elf::parse(bytes)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, bytes)?;
        let architecture = architecture(header.e_machine(endian).0);
        let slice = Slice { architecture, ..Slice::default() };
        let mut reader = Reader { bytes, header, endian, sections, budget: Budget::new(), slice };
        reader.add_dynamic()?;
        reader.add_segments()?;
        reader.add_versions()?;
        reader.add_symbols()?;
        Ok(reader.slice)
    }

    fn add_dynamic(&mut self) -> anyhow::Result<()> {
        let slice = &mut self.slice;
        let mut binds_now = false;
        let dynamic = self.sections.dynamic_table(self.endian, self.bytes)?;
        for item in &dynamic {
            match item.tag {
                elf::DT_NEEDED => slice.needed.push(self.budget.text(dynamic.string(item)?)?),
                elf::DT_RPATH | elf::DT_RUNPATH => {
                    let paths = self.budget.text(dynamic.string(item)?)?;
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

    fn add_segments(&mut self) -> anyhow::Result<()> {
        let Reader { bytes, header, endian, slice, .. } = self;
        let (bytes, endian) = (*bytes, *endian);
        let is_fixed = header.e_type(endian) == elf::ET_EXEC;
        slice.is_program = is_fixed;
        let mut has_relro = false;
        // Without the header the kernel may make the stack executable.
        let mut has_executable_stack = true;
        let mut has_dynamic = false;
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
        // This audit believes the sections: without them it has not seen what the loader reads. A
        // static program needs no loader.
        let is_static = is_fixed && !has_dynamic;
        if self.sections.dynamic(endian, bytes)?.is_none() && !is_static {
            slice.faults.push("hides what it needs: it has no dynamic section".to_owned());
        }
        Ok(())
    }

    fn add_versions(&mut self) -> anyhow::Result<()> {
        let (endian, slice) = (self.endian, &mut self.slice);
        let Some((mut libraries, strings)) = self.sections.gnu_verneed(endian, self.bytes)? else {
            return Ok(());
        };
        let strings = self.sections.strings(endian, self.bytes, strings)?;
        let mut count = 0;
        while let Some((library, mut versions)) = libraries.next()? {
            let file = self.budget.text(library.file(endian, strings)?)?;
            while let Some(version) = versions.next()? {
                count += 1;
                ensure!(count <= VERSIONS_MAX, "its tables are absurdly large");
                let name = self.budget.text(version.name(endian, strings)?)?;
                slice.system = slice.system.max(glibc_version(&name));
                slice.versions.push((file.clone(), name));
            }
        }
        Ok(())
    }

    fn add_symbols(&mut self) -> anyhow::Result<()> {
        let (endian, slice) = (self.endian, &mut self.slice);
        let symbols = self.sections.symbols(endian, self.bytes, elf::SHT_DYNSYM)?;
        for symbol in symbols.iter() {
            let name = self.budget.text(symbol.name(endian, symbols.strings())?)?;
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
        let mut sections = self.sections.iter();
        if sections.any(|of| self.sections.section_name(endian, of) == Ok(b".debug_info")) {
            slice.weaknesses.push("holds debug information");
        }
        // Nothing but debuggers reads this table; loaders read the one above.
        if !self.sections.symbols(endian, self.bytes, elf::SHT_SYMTAB)?.is_empty() {
            slice.weaknesses.push(UNSTRIPPED);
        }
        Ok(())
    }
}

/// The version of glibc in `GLIBC_2.17` or `GLIBC_2.2.5`; none in others, such as `GCC_3.0`.
fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let mut parts = name.strip_prefix("GLIBC_")?.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The architecture of a machine number, as the ELF specification has them.
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
    #[expect(clippy::disallowed_methods, reason = "it reads its own program")]
    fn this_very_program_can_be_read() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let slice = read(&bytes).unwrap();
        assert!(slice.needed.iter().any(|name| name.starts_with("libc.")));
        assert!(slice.versions.iter().any(|(library, _)| library.starts_with("libc.")));
        assert!(!slice.weaknesses.contains(&"asks for an executable stack"));
        assert!(slice.is_program && slice.faults.is_empty());
    }
}
