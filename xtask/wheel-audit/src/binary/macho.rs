//! Reads the facts of a binary for macOS from its Mach-O headers.

use std::collections::HashSet;

use anyhow::{Context, bail, ensure};
use memchr::memchr;
use object::{
    Endianness,
    macho::{self, MachHeader32, MachHeader64},
    read::macho::{FatArch, LoadCommandVariant, MachHeader, MachOFatFile32, MachOFile, Nlist},
};

use super::{
    signature,
    slice::{Budget, Slice, UNSTRIPPED},
};
use crate::architecture::Architecture;

/// Reads all slices of a universal file, or the one of another file.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Slice>> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::MachOFat32 => {
            let file = MachOFatFile32::parse(bytes)?;
            let parts = file.arches().iter();
            parts.map(|part| read_thin(part.data(bytes)?)).collect()
        }
        _ => Ok(vec![read_thin(bytes)?]),
    }
}

/// Reads a file that is not universal: a universal file in a universal file could hold itself.
fn read_thin(bytes: &[u8]) -> anyhow::Result<Slice> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::MachO32 => read_width::<MachHeader32<Endianness>>(bytes),
        object::FileKind::MachO64 => read_width::<MachHeader64<Endianness>>(bytes),
        kind => bail!("it holds {kind:?}"),
    }
}

fn read_width<Mach: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> anyhow::Result<Slice> {
    let file = MachOFile::<Mach>::parse(bytes)?;
    let endian = file.endian();
    let mut budget = Budget::new();
    let architecture = architecture(file.macho_header().cputype(endian).0);
    let mut slice = Slice { architecture, ..Slice::default() };
    slice.is_program = file.macho_header().filetype(endian) == macho::MH_EXECUTE;
    let mut trie = None;
    let mut signed = None;
    let mut commands = file.macho_load_commands()?;
    while let Some(command) = commands.next()? {
        match command.variant()? {
            LoadCommandVariant::Dylib(library) => {
                let name = budget.text(command.string(endian, library.dylib.name)?)?;
                match command.cmd() {
                    macho::LC_LOAD_WEAK_DYLIB => slice.wanted.push(name),
                    _ => slice.needed.push(name),
                }
            }
            LoadCommandVariant::BuildVersion(version, _) => {
                slice.system = Some(version_of(version.minos.get(endian).0));
            }
            LoadCommandVariant::VersionMin(version) => {
                slice.system = Some(version_of(version.version.get(endian).0));
            }
            LoadCommandVariant::Rpath(path) => {
                slice.run_paths.push(budget.text(command.string(endian, path.path)?)?);
            }
            LoadCommandVariant::DyldInfo(info) => {
                trie = Some((info.export_off.get(endian), info.export_size.get(endian)));
            }
            LoadCommandVariant::LinkeditData(data) => {
                let place = (data.dataoff.get(endian), data.datasize.get(endian));
                match command.cmd() {
                    macho::LC_CODE_SIGNATURE => signed = Some(place),
                    macho::LC_DYLD_EXPORTS_TRIE => trie = Some(place),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    add_signature(&mut slice, bytes, signed);
    add_imports(&mut slice, &file, &mut budget)?;
    if let Some(place) = trie {
        let trie = part(bytes, place).context("its exports are cut off")?;
        slice.exports = exports(trie, &mut budget)?;
    }
    Ok(slice)
}

/// Whether a file is a companion for debuggers, for every architecture that it is for.
pub fn is_for_debuggers(bytes: &[u8]) -> bool {
    const KIND: usize = 12;
    // The last byte of it is the whole number.
    const OF_DSYM: u8 = 0xa;
    let is_companion = |thin: &[u8]| {
        let is_macho = matches!(thin.get(..4), Some([0xcf | 0xce, 0xfa, 0xed, 0xfe]));
        is_macho && thin.get(KIND) == Some(&OF_DSYM)
    };
    match MachOFatFile32::parse(bytes) {
        Ok(file) => {
            let mut parts = file.arches().iter().map(|part| part.data(bytes));
            !file.arches().is_empty() && parts.all(|part| part.is_ok_and(is_companion))
        }
        Err(_) => is_companion(bytes),
    }
}

fn part(bytes: &[u8], (start, size): (u32, u32)) -> Option<&[u8]> {
    let start = start as usize;
    bytes.get(start..start.checked_add(size as usize)?)
}

fn add_signature(slice: &mut Slice, bytes: &[u8], signed: Option<(u32, u32)>) {
    let is_asked_for = slice.architecture == Architecture::Aarch64;
    match signed {
        None if is_asked_for => {
            slice.faults.push("is not signed, and arm64 loads nothing unsigned".to_owned());
        }
        None => {}
        Some(place) => {
            let blob = part(bytes, place).context("it is cut off");
            let checked = blob.and_then(|blob| signature::check(bytes, blob, place.0));
            if let Err(error) = checked {
                slice.faults.push(format!("has a signature that is not of it: {error}"));
            }
        }
    }
}

fn add_imports<'data, Mach: MachHeader<Endian = Endianness>>(
    slice: &mut Slice,
    file: &MachOFile<'data, Mach>,
    budget: &mut Budget,
) -> anyhow::Result<()> {
    let symbols = file.macho_symbol_table();
    let mut has_stabs = false;
    for symbol in symbols.iter() {
        if symbol.n_type().0 & macho::N_STAB != 0 {
            // Apple's `strip` leaves a mark of its own in the table.
            has_stabs |= symbol.name(file.endian(), symbols.strings()) != Ok(OF_STRIP);
        } else if symbol.is_undefined() {
            let name = budget.text(symbol.name(file.endian(), symbols.strings())?)?;
            slice.imports.push(without_underscore(&name));
        }
    }
    if has_stabs {
        slice.weaknesses.push(UNSTRIPPED);
    }
    Ok(())
}

const OF_STRIP: &[u8] = b"radr://5614542";

/// Symbols that zig's linker puts among the exports of every library; no lookup finds them.
const OF_LINKER: &[&str] = &["__mh_dylib_header", "___dso_handle"];

/// The most nodes that a tree of exports may have: in a hostile one branches may meet again.
const NODES_MAX: usize = 1 << 20;

/// Collects the names in a tree of exports. Each node begins with the length of its data and the
/// data, which only a name has; then come its branches.
fn exports(trie: &[u8], budget: &mut Budget) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![(0, Vec::new())];
    while let Some((start, prefix)) = open.pop() {
        ensure!(seen.insert(start) && seen.len() <= NODES_MAX, "its exports are no tree");
        if trie.is_empty() {
            break;
        }
        let mut at = start;
        let size = uleb128(trie, &mut at)?;
        if size > 0 {
            let name = budget.text(&prefix)?;
            if !OF_LINKER.contains(&name.as_str()) {
                names.push(without_underscore(&name));
            }
        }
        at = at.checked_add(size).context("its exports are cut off")?;
        let branches = *trie.get(at).context("its exports are cut off")?;
        at += 1;
        for _ in 0..branches {
            let rest = trie.get(at..).context("its exports are cut off")?;
            let length = memchr(0, rest).context("its exports are cut off")?;
            let name = [prefix.as_slice(), &rest[..length]].concat();
            budget.spend(name.len())?;
            at += length + 1;
            open.push((uleb128(trie, &mut at)?, name));
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn uleb128(bytes: &[u8], at: &mut usize) -> anyhow::Result<usize> {
    let mut value = 0usize;
    for shift in (0..28).step_by(7) {
        let byte = *bytes.get(*at).context("its exports are cut off")?;
        *at += 1;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    bail!("its exports are absurdly large")
}

fn without_underscore(name: &str) -> String {
    name.strip_prefix('_').unwrap_or(name).to_owned()
}

/// Unpacks a version: `0x000a0d00` is 10.13.
fn version_of(packed: u32) -> (u32, u32) {
    (packed >> 16, packed >> 8 & 0xff)
}

/// The architecture of a CPU type, as Apple numbers them.
fn architecture(cpu: u32) -> Architecture {
    match cpu {
        0x7 => Architecture::I686,
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

    #[test]
    fn exports_are_found_in_their_tree() {
        // The root has two branches: `_a`, which is a name and has the branch `b`, and `c`.
        let trie = [
            &[0, 2][..],
            b"_a\0",
            &[10],
            b"c\0",
            &[17],
            // At 9: nothing. At 10: a name with two bytes of data and a branch.
            &[0],
            &[2, 0, 0, 1],
            b"b\0",
            &[17],
        ]
        .concat();
        let trie = [trie.as_slice(), &[1, 0, 0]].concat();
        let error = exports(&trie, &mut Budget::new()).unwrap_err();
        assert_eq!(error.to_string(), "its exports are no tree");
        let mut trie = trie;
        trie[16] = 20;
        trie.extend([1, 0, 0]);
        assert_eq!(exports(&trie, &mut Budget::new()).unwrap(), ["a", "ab", "c"]);
    }

    #[test]
    fn a_universal_file_that_holds_itself_is_refused() {
        let mut bytes = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1];
        for word in [0x0100_0007u32, 3, 0, 28, 0] {
            bytes.extend(word.to_be_bytes());
        }
        assert!(read(&bytes).unwrap_err().to_string().contains("it holds MachOFat32"));
    }
}
