//! What is wrong in the library of a wheel, bytes changed in real ones.

use super::{
    Mutation,
    archives::{edit_wheel, replace},
    of_checkout::named,
    of_wheels::WHEELS,
};

type Change = (&'static str, &'static [&'static str], fn(&mut Vec<u8>));

const AUDIT: &[&str] = &["audit"];
const HARDENED: &[&str] = &["hardened"];

pub fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in WHEELS {
        let (own, is_abi3) = match () {
            () if part.contains("manylinux") => (OF_ELF, part.contains("abi3")),
            () if part.contains("win") => (OF_PE, part.contains("abi3")),
            () => (OF_MACH_O, part.contains("abi3")),
        };
        let abi3 = if is_abi3 { OF_ABI3 } else { &[] };
        for &(name, broken, change) in own.iter().chain(OF_ALL).chain(abi3) {
            all.push(Mutation::new(format!("{name} in {part}"), broken, move |_, files| {
                let file = named(files, part);
                let changed = edit_wheel(&files[&file], |files| {
                    let is_library = |path: &str| path.ends_with(".so") || path.ends_with(".pyd");
                    let library = files.iter_mut().find(|(path, _)| is_library(path));
                    change(&mut library.unwrap().1);
                });
                files.insert(file, changed);
            }));
        }
    }
    all
}

const OF_ALL: &[Change] = &[
    ("a library that is cut off", AUDIT, |b| b.truncate(b.len() / 2)),
    ("an empty library", AUDIT, |b| b.clear()),
    ("a text for a library", AUDIT, |b| *b = b"/* GNU ld script */\n".to_vec()),
    ("no init function", AUDIT, |b| replace(b, b"PyInit_tosig", b"QyInit_tosig")),
    ("a path of the builder in the library", &["private", "audit"], |b| {
        b.extend(["/ho", "me/ada/esig/tosig.cpp\0"].concat().bytes());
    }),
];

/// A function that is not in the stable ABI.
const OF_ABI3: &[Change] = &[("a symbol that is not of the stable ABI", AUDIT, |b| {
    replace(b, b"PyMem_Malloc\0", b"PyCode_New\0\0\0");
})];

const OF_ELF: &[Change] = &[
    ("an executable stack", HARDENED, |b| on_segment(b, GNU_STACK, |b, at| b[at] |= 1)),
    ("no word of the stack", HARDENED, |b| retype(b, GNU_STACK)),
    ("no RELRO", HARDENED, |b| retype(b, GNU_RELRO)),
    ("code that can be written to", HARDENED, |b| {
        on_segment(b, LOAD_CODE, |b, at| b[at] |= 2);
    }),
    ("lazy binding", HARDENED, |b| {
        on_dynamic(b, 30, |b, _, value| b[value] &= !8);
        on_dynamic(b, 0x6fff_fffb, |b, _, value| b[value] &= !1);
    }),
    ("a run path", &["hardened", "audit"], |b| {
        on_dynamic(b, 4, |b, tag, value| {
            b[tag] = 29;
            b[value..2 * value - tag].fill(0);
            b[value] = 1;
        });
    }),
    ("relocations in its code", HARDENED, |b| on_dynamic(b, 4, |b, tag, _| b[tag] = 22)),
    ("another processor", AUDIT, |b| b[0x12] = 183),
    ("a newer glibc", AUDIT, |b| replace(b, b"GLIBC_2.", b"GLIBC_9.")),
    ("a private symbol of glibc", AUDIT, |b| replace(b, b"\0GLIBC_2", b"\0GLIBC_P")),
    ("a library that not every system has", AUDIT, |b| replace(b, b"libc.so.6", b"libd.so.6")),
    ("a function that nobody has", AUDIT, |b| replace(b, b"\0malloc\0", b"\0nalloc\0")),
];

const OF_PE: &[Change] = &[
    ("a fixed address", HARDENED, |b| characteristics(b, 0x40)),
    ("data that may be executed", HARDENED, |b| characteristics(b, 0x100)),
    ("low addresses", HARDENED, |b| characteristics(b, 0x20)),
    ("another processor", AUDIT, |b| {
        let at = pe_header(b);
        b[at + 4..at + 6].copy_from_slice(&[0x4c, 0x01]);
    }),
    ("a DLL that not every system has", AUDIT, |b| {
        replace(b, b"api-ms-win-crt-", b"bpi-ms-win-crt-");
    }),
    ("a Python that is another", AUDIT, |b| replace(b, b"\0python3", b"\0python4")),
    ("a function that nobody has", AUDIT, |b| replace(b, b"\0malloc\0", b"\0nalloc\0")),
];

const OF_MACH_O: &[Change] = &[
    ("another processor", AUDIT, |b| b[4..8].copy_from_slice(&[0x0c, 0, 0, 1])),
    ("a newer macOS", AUDIT, |b| {
        let at = command(b, 0x24);
        b[at + 8..at + 12].copy_from_slice(&[0, 0, 15, 0]);
    }),
    ("a library that not every system has", AUDIT, |b| {
        replace(b, b"/usr/lib/libSystem.B", b"/usr/lib/libSystem.C");
    }),
    ("a run path", &["hardened", "audit"], |b| {
        // What comes in the place of the library's own name, with a path in the same place.
        let at = command(b, 0x0d);
        b[at..at + 4].copy_from_slice(&0x8000_001c_u32.to_le_bytes());
    }),
];

const GNU_STACK: u32 = 0x6474_e551;
const GNU_RELRO: u32 = 0x6474_e552;
/// Not a type of its own: the one to load that may be executed.
const LOAD_CODE: u32 = 1;
const DYNAMIC: u32 = 2;

fn number(bytes: &[u8], at: usize, len: usize) -> usize {
    bytes[at..at + len].iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

fn is_64(bytes: &[u8]) -> bool {
    bytes[4] == 2
}

/// Where the headers of the segments of a type are.
fn segments(bytes: &[u8], kind: u32) -> Vec<usize> {
    let (start, size, count) = match is_64(bytes) {
        true => (number(bytes, 0x20, 8), number(bytes, 0x36, 2), number(bytes, 0x38, 2)),
        false => (number(bytes, 0x1c, 4), number(bytes, 0x2a, 2), number(bytes, 0x2c, 2)),
    };
    let all = (0..count).map(|index| start + index * size);
    all.filter(|at| number(bytes, *at, 4) == kind as usize).collect()
}

/// Changes the flags of a segment.
#[track_caller]
fn on_segment(bytes: &mut Vec<u8>, kind: u32, change: fn(&mut Vec<u8>, usize)) {
    let flags = if is_64(bytes) { 4 } else { 24 };
    let is_code = |at: &usize| kind != LOAD_CODE || bytes[at + flags] & 1 != 0;
    let at = segments(bytes, kind).into_iter().find(is_code).expect("it has such a segment");
    change(bytes, at + flags);
}

#[track_caller]
fn retype(bytes: &mut [u8], kind: u32) {
    let at = segments(bytes, kind)[0];
    bytes[at..at + 4].fill(0);
}

/// Changes the entry with a tag in the table of the dynamic linker, given its tag and value.
#[track_caller]
fn on_dynamic(bytes: &mut Vec<u8>, tag: usize, change: fn(&mut Vec<u8>, usize, usize)) {
    let header = segments(bytes, DYNAMIC)[0];
    let (start, word) = match is_64(bytes) {
        true => (number(bytes, header + 8, 8), 8),
        false => (number(bytes, header + 4, 4), 4),
    };
    let mut at = start;
    while number(bytes, at, word) != tag {
        assert_ne!(number(bytes, at, word), 0, "it has no entry {tag:#x}");
        at += 2 * word;
    }
    change(bytes, at, at + word);
}

fn pe_header(bytes: &[u8]) -> usize {
    number(bytes, 0x3c, 4)
}

/// Takes a bit of DllCharacteristics away.
#[track_caller]
fn characteristics(bytes: &mut [u8], bit: u16) {
    let at = pe_header(bytes) + 24 + 70;
    let value = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    assert_ne!(value & bit, 0);
    bytes[at..at + 2].copy_from_slice(&(value & !bit).to_le_bytes());
}

/// Where a load command of Mach-O is.
#[track_caller]
fn command(bytes: &[u8], kind: usize) -> usize {
    let mut at = 32;
    for _ in 0..number(bytes, 16, 4) {
        if number(bytes, at, 4) == kind {
            return at;
        }
        at += number(bytes, at + 4, 4);
    }
    panic!("it has no load command {kind:#x}");
}
