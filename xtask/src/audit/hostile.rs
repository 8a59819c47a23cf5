//! Damaged and hostile wheels, source archives and libraries: whatever is done to their bytes, they
//! are read in bounded time, and refused or judged, never crashed on.
//!
//! The damage is chance, but the same in every run: a failure tells the number that repeats it.

use std::{
    io::{Read, Write},
    time::{Duration, Instant, SystemTime},
};

use flate2::{Compression, GzBuilder, read::GzDecoder};

use super::{audit, library};
use crate::wheel::{Entry, assemble, normalise, read_members, read_zip, unpack, write_sdist};

const ELF: &[u8] = include_bytes!("../../tests/fixtures/audit/linux_x86_64.elf");
const MACHO: &[u8] = include_bytes!("../../tests/fixtures/audit/macos_arm64.macho");
const PE: &[u8] = include_bytes!("../../tests/fixtures/audit/windows_amd64.pe");

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Numbers at which sizes and offsets overflow, or end.
const ODD: &[u32] = &[0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/// One to eight changes: bits, bytes, absurd numbers, pieces cut out, moved or put in from another.
fn damage(bytes: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(damaged.len());
        let end = (at + 1 + chance.below(64)).min(damaged.len());
        match chance.below(8) {
            _ if damaged.is_empty() => return damaged,
            0 => damaged[at] ^= 1 << chance.below(8),
            1 => damaged[at] = chance.next() as u8,
            2 | 3 => {
                // Headers are at the beginning: most of what can go wrong is there.
                let at = if chance.below(2) == 0 { at } else { chance.below(at.min(512)) };
                let number = ODD[chance.below(ODD.len())].to_le_bytes();
                let end = (at + 4).min(damaged.len());
                damaged[at..end].copy_from_slice(&number[..end - at]);
            }
            4 => damaged.truncate(at),
            5 => drop(damaged.drain(at..end)),
            6 => {
                let piece = damaged[at..end].to_vec();
                let to = chance.below(damaged.len());
                damaged.splice(to..to, piece);
            }
            _ => {
                let from = chance.below(other.len());
                let piece = &other[from..(from + 64).min(other.len())];
                damaged.splice(at..end, piece.iter().copied());
            }
        }
    }
    damaged
}

struct Seeds {
    wheels: Vec<(&'static str, Vec<u8>)>,
    /// Uncompressed, or a change would be found by gzip alone.
    tars: Vec<Vec<u8>>,
}

fn seeds() -> Seeds {
    let entry = |path: &str, content: &[u8]| Entry { path: path.into(), content: content.to_vec() };
    let source = [
        entry("PKG-INFO", b"Metadata-Version: 2.1\nName: esig\nVersion: 1.1.0\nSummary: s\n\n"),
        entry("esig/__init__.py", b"x = 1\n"),
        entry("libalgebra/CMakeLists.txt", b"project(libalgebra VERSION 0.1.0)"),
    ];
    let wheel = |name: &'static str, library: &[u8]| {
        let module = entry(if name.contains("win") { "tosig.pyd" } else { "tosig.so" }, library);
        (name, assemble(&name.parse().unwrap(), &source, module).unwrap())
    };
    let wheels = vec![
        wheel("esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", ELF),
        wheel("esig-1.1.0-cp311-abi3-win_amd64.whl", PE),
    ];
    let sdist = write_sdist(&[entry("esig-1/a.py", b"a"), entry("esig-1/b.py", b"b")]).unwrap();
    let mut tar = Vec::new();
    GzDecoder::new(sdist.as_slice()).read_to_end(&mut tar).unwrap();
    Seeds { wheels, tars: vec![tar] }
}

/// One damaged file of each kind. One that is never done with has the test hang, which cargo tells.
fn try_one(seeds: &Seeds, seed: u64) {
    let chance = &mut Chance(seed);
    let libraries = [ELF, MACHO, PE];
    let library = libraries[chance.below(3)];
    let damaged = damage(library, libraries[chance.below(3)], chance);
    let _ = library::read(&damaged);

    let (name, wheel) = &seeds.wheels[chance.below(seeds.wheels.len())];
    let (_, other) = &seeds.wheels[chance.below(seeds.wheels.len())];
    let wheel = damage(wheel, other, chance);
    let _ = audit(name, &wheel);
    for entry in read_zip(&wheel).unwrap_or_default() {
        assert_stays_inside(&entry.path);
    }
    // What is inside was damaged, and the archive is whole.
    let name = name.parse().unwrap();
    let source = [
        Entry { path: "PKG-INFO".into(), content: damage(METADATA, &damaged, chance) },
        Entry { path: "libalgebra/CMakeLists.txt".into(), content: CMAKE.to_vec() },
    ];
    let module = Entry { path: "tosig.so".into(), content: damaged };
    if let Ok(wheel) = assemble(&name, &source, module) {
        let _ = audit(&name.to_string(), &wheel);
    }

    let tar = damage(&seeds.tars[0], &seeds.tars[0], chance);
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
    gzip.write_all(&tar).unwrap();
    let sdist = gzip.finish().unwrap();
    let sdist = if chance.below(4) == 0 { damage(&sdist, &tar, chance) } else { sdist };
    for entry in unpack(&sdist).unwrap_or_default() {
        assert_stays_inside(&entry.path);
    }
    let _ = normalise(&sdist);
}

const METADATA: &[u8] = b"Metadata-Version: 2.4\nName: esig\nVersion: 1.1.0\nLicense-File: L\n\nx";
const CMAKE: &[u8] = b"project(libalgebra VERSION 0.1.0)";

fn assert_stays_inside(path: &str) {
    let path = camino::Utf8Path::new(path);
    let mut parts = path.components();
    assert!(parts.all(|part| matches!(part, camino::Utf8Component::Normal(_))), "{path}");
}

/// Says which seed it was, whatever happens.
fn try_loudly(seeds: &Seeds, seed: u64) {
    let tried = std::panic::AssertUnwindSafe(|| try_one(seeds, seed));
    if std::panic::catch_unwind(tried).is_err() {
        panic!("seed {seed}");
    }
}

#[test]
fn undamaged_libraries_are_read() {
    for (library, needed) in
        [(ELF, "libc.so.6"), (MACHO, "/usr/lib/libSystem.B.dylib"), (PE, "python3.dll")]
    {
        let slices = library::read(library).unwrap();
        assert!(slices[0].needed.iter().any(|name| name == needed), "{slices:?}");
        assert_eq!(slices[0].exports, ["PyInit_tosig"]);
        assert!(slices[0].imports.iter().any(|name| name == "PyModule_Create2"));
        assert!(slices[0].faults.is_empty(), "{slices:?}");
    }
}

#[test]
fn damage_is_never_more_than_an_error() {
    let seeds = seeds();
    (0..300).for_each(|seed| try_loudly(&seeds, seed));
}

/// `cargo xtask test fuzz`; each run goes on from another number, which it says.
#[test]
#[ignore = "it takes a minute"]
fn damage_is_never_more_than_an_error_for_a_minute() {
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let first = since_epoch.as_secs() << 24;
    let (seeds, begun) = (seeds(), Instant::now());
    let mut seed = first;
    while begun.elapsed() < Duration::from_secs(60) {
        try_loudly(&seeds, seed);
        seed += 1;
    }
    println!("{} damaged files of each kind from seed {first} on", seed - first);
}

#[test]
fn every_truncation_of_a_library_is_read_or_refused() {
    for library in [ELF, PE] {
        (0..library.len()).for_each(|length| drop(library::read(&library[..length])));
    }
    (0..4096).chain((4096..MACHO.len()).step_by(509)).for_each(|length| {
        drop(library::read(&MACHO[..length]));
    });
}

#[test]
fn an_archive_that_says_to_hold_gigabytes_is_refused_for_what_it_says() {
    let (_, mut wheel) = seeds().wheels.remove(0);
    let directory = wheel.windows(4).rposition(|word| word == b"PK\x01\x02").unwrap();
    let header = wheel.windows(4).rposition(|word| word == b"PK\x03\x04").unwrap();
    for size in [header + 22, directory + 24] {
        wheel[size..size + 4].copy_from_slice(&0xffff_0000u32.to_le_bytes());
    }
    let error = format!("{:#}", read_members(&wheel).unwrap_err());
    assert!(error.starts_with("it holds 42949") && error.ends_with(" is not read"), "{error}");
}
