//! Writes a module as an ELF library for Linux.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};

use crate::image::{Image, Machine};

/// A multiple of the size of pages on either system.
const PAGE: usize = 0x1_0000;

/// Where the module begins, after the headers. Addresses are places in the file.
const START: u64 = PAGE as u64;

/// What every glibc has and a module may ask for.
const LIBRARIES: &[&str] = &["libc.so.6", "libm.so.6"];

// Numbers of the ELF specification, as it names them.
const PT_LOAD: u64 = 1;
const PT_DYNAMIC: u64 = 2;
const PT_GNU_STACK: u64 = 0x6474_e551;
const PF_X: u64 = 1;
const PF_W: u64 = 2;
const PF_R: u64 = 4;
const DT_NEEDED: u64 = 1;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;
const DT_RELAENT: u64 = 9;
const DT_STRSZ: u64 = 10;
const DT_SYMENT: u64 = 11;
const DT_INIT_ARRAY: u64 = 25;
const DT_INIT_ARRAYSZ: u64 = 27;
const DT_RUNPATH: u64 = 29;
const STB_GLOBAL: u64 = 1;
const STB_WEAK: u64 = 2;

/// The sizes of headers and entries, in bytes.
const FILE_HEADER: u64 = 64;
const SEGMENT_HEADER: u64 = 56;
const ENTRY: u64 = 24;

/// The numbers of a processor: its own; of a pointer into the module; of one to a symbol.
fn numbers(machine: Machine) -> [u64; 3] {
    match machine {
        Machine::X86_64 => [62, 8, 1],
        Machine::Aarch64 => [183, 1027, 257],
    }
}

/// Writes the library: its headers, the module as it is in memory, and tables for the loader.
/// `beside` is a library that is needed and lies in the same folder.
pub fn write(image: &Image, beside: &str) -> anyhow::Result<Vec<u8>> {
    let mut file = vec![0; PAGE];
    let mut headers = Vec::new();
    for segment in &image.segments {
        let start = START + segment.address;
        ensure!(start >= file.len() as u64, "its segments overlap");
        file.resize(usize::try_from(start)?, 0);
        file.extend(&segment.data);
        file.resize(usize::try_from(start + segment.size).context("it is too large")?, 0);
        let kinds = [(segment.is_writable, PF_W), (segment.is_executable, PF_X)];
        let kinds = kinds.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag);
        headers.extend(header(PT_LOAD, PF_R + kinds.sum::<u64>(), start, segment.size));
    }
    file.resize(file.len().next_multiple_of(PAGE), 0);
    let tables = file.len() as u64;
    let dynamic = write_tables(image, beside, &mut file);
    let end = file.len() as u64;
    headers.extend(header(PT_LOAD, PF_R + PF_W, tables, end - tables));
    headers.extend(header(PT_DYNAMIC, PF_R + PF_W, dynamic, end - dynamic));
    headers.extend(header(PT_GNU_STACK, PF_R + PF_W, 0, 0));

    // A shared library of 64 bits, little-endian, by version 1 of the specification.
    let identity = u64::from_le_bytes(*b"\x7fELF\x02\x01\x01\0");
    let [machine, ..] = numbers(image.machine);
    let kind = 3 | machine << 16 | 1 << 32;
    let sizes = FILE_HEADER << 32 | SEGMENT_HEADER << 48;
    let count = 8 * headers.len() as u64 / SEGMENT_HEADER;
    let mut words = vec![identity, 0, kind, 0, FILE_HEADER, 0, sizes, count];
    words.extend(headers);
    ensure!(8 * words.len() <= PAGE, "it has too many segments");
    file[..8 * words.len()].copy_from_slice(&bytes(&words));
    Ok(file)
}

fn header(kind: u64, flags: u64, start: u64, size: u64) -> [u64; 7] {
    // Some loaders have pages of 4 KiB and refuse a segment that is not for these.
    [kind | flags << 32, start, start, start, size, size, 0x1000]
}

/// Text with a zero after each name; it begins with the empty one.
struct Names(Vec<u8>);

impl Names {
    fn add(&mut self, name: &str) -> u64 {
        let at = self.0.len() as u64;
        self.0.extend(name.bytes().chain([0]));
        at
    }
}

/// Appends what the loader reads; gives where its list of them begins.
fn write_tables(image: &Image, beside: &str, file: &mut Vec<u8>) -> u64 {
    let mut names = Names(vec![0]);
    let libraries: Vec<&str> = [&[beside], LIBRARIES].concat();
    let mut list: Vec<[u64; 2]> =
        libraries.iter().map(|name| [DT_NEEDED, names.add(name)]).collect();
    list.push([DT_RUNPATH, names.add("$ORIGIN")]);

    let (symbols, places) = symbols(image, &mut names);
    let count = symbols.len() as u64;
    list.extend([[DT_SYMTAB, append(file, symbols.as_flattened())], [DT_SYMENT, ENTRY]]);
    // One chain has all symbols: each but the first, which is none, names the next.
    let next = (0..count).map(|at| if at == 0 || at + 1 == count { 0 } else { at + 1 });
    let hash: Vec<u64> = [1, count, 1.min(count - 1)].into_iter().chain(next).collect();
    list.push([DT_HASH, append_halves(file, &hash)]);

    let initialisers = append(file, &vec![0; image.initialisers.len()]);
    if !image.initialisers.is_empty() {
        let size = 8 * image.initialisers.len() as u64;
        list.extend([[DT_INIT_ARRAY, initialisers], [DT_INIT_ARRAYSZ, size]]);
    }
    let relocations = relocations(image, &places, initialisers);
    let size = ENTRY * relocations.len() as u64;
    let at = append(file, relocations.as_flattened());
    list.extend([[DT_RELA, at], [DT_RELASZ, size], [DT_RELAENT, ENTRY]]);

    list.extend([[DT_STRTAB, file.len() as u64], [DT_STRSZ, names.0.len() as u64]]);
    file.extend(&names.0);
    file.resize(file.len().next_multiple_of(8), 0);
    list.push([0, 0]);
    append(file, list.as_flattened())
}

/// The table of symbols, and the places in it of those that are imported.
fn symbols<'i>(image: &'i Image, names: &mut Names) -> (Vec<[u64; 3]>, BTreeMap<&'i str, u64>) {
    let mut symbols = vec![[0; 3]];
    let mut places = BTreeMap::new();
    for import in &image.imports {
        places.entry(import.name.as_str()).or_insert_with(|| {
            let binding = if import.is_weak { STB_WEAK } else { STB_GLOBAL };
            symbols.push([names.add(&import.name) | binding << 36, 0, 0]);
            symbols.len() as u64 - 1
        });
    }
    for export in &image.exports {
        // It is in some section: there are none here, and the loader only asks whether it is 0.
        let first = names.add(&export.name) | STB_GLOBAL << 36 | 1 << 48;
        symbols.push([first, START + export.address, 0]);
    }
    (symbols, places)
}

fn relocations(image: &Image, places: &BTreeMap<&str, u64>, initialisers: u64) -> Vec<[u64; 3]> {
    let [_, relative, absolute] = numbers(image.machine);
    let pointer = |address, target| [address, relative, START + target];
    let pointers = image.pointers.iter().map(|p| pointer(START + p.address, p.target));
    let initialisers = (initialisers..).step_by(8).zip(&image.initialisers);
    let initialisers = initialisers.map(|(address, target)| pointer(address, *target));
    let imports = image.imports.iter().map(|import| {
        let symbol = places[import.name.as_str()];
        [START + import.address, symbol << 32 | absolute, import.addend.cast_unsigned()]
    });
    pointers.chain(initialisers).chain(imports).collect()
}

/// Appends words; gives where they begin.
fn append(file: &mut Vec<u8>, words: &[u64]) -> u64 {
    let at = file.len() as u64;
    file.extend(bytes(words));
    at
}

/// Appends words of four bytes, up to a place where one of eight can begin.
fn append_halves(file: &mut Vec<u8>, words: &[u64]) -> u64 {
    let at = file.len() as u64;
    file.extend(words.iter().flat_map(|word| word.to_le_bytes().into_iter().take(4)));
    file.resize(file.len().next_multiple_of(8), 0);
    at
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
