//! Damaged and hostile wheels and binaries: whatever is done to their bytes, they are refused or
//! judged, never crashed on and never read without an end.

mod damage;

use damage::{Chance, damage, for_half_a_minute, with_seed};
use wheel_audit::{Binary, Entry, audit, paths::why_unsafe, read_members, read_zip};
use wheel_audit::{record_of, write_zip};

const ELF: &[u8] = include_bytes!("fixtures/linux_x86_64.elf");
const MACHO: &[u8] = include_bytes!("fixtures/macos_arm64.macho");
const WASM: &[u8] = include_bytes!("fixtures/pyodide_wasm32.wasm");
const PE: &[u8] = include_bytes!("fixtures/windows_amd64.pe");

const ON_LINUX: &str = "p-1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const ON_WINDOWS: &str = "p-1.0-cp311-abi3-win_amd64.whl";
const METADATA: &[u8] = b"Metadata-Version: 2.4\nName: p\nVersion: 1.0\nLicense-File: L\n\nx";

fn wheel(metadata: &[u8], library: &[u8]) -> Vec<u8> {
    let entry = |path: &str, content: &[u8]| Entry { path: path.into(), content: content.to_vec() };
    let mut files = vec![
        entry("p/__init__.py", b"x = 1\n"),
        entry("p/a.so", library),
        entry("p-1.0.dist-info/METADATA", metadata),
        entry("p-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: cp311-abi3-win_amd64\n"),
    ];
    let record = record_of(&files, "p-1.0.dist-info/RECORD");
    files.push(entry("p-1.0.dist-info/RECORD", record.as_bytes()));
    write_zip(&files).unwrap()
}

/// A damaged binary, a damaged wheel, and a whole wheel with damaged files.
fn try_one(wheels: &[Vec<u8>], chance: &mut Chance) {
    let binaries = [ELF, MACHO, PE, WASM];
    let binary = binaries[chance.below(4)];
    let binary = damage(binary, binaries[chance.below(4)], chance);
    let _ = Binary::parse(&binary);

    let name = [ON_LINUX, ON_WINDOWS][chance.below(2)];
    let archive = &wheels[chance.below(wheels.len())];
    let archive = damage(archive, &wheels[chance.below(wheels.len())], chance);
    let _ = audit(name, &archive);
    for entry in read_zip(&archive).unwrap_or_default() {
        assert_eq!(why_unsafe(&entry.path), None, "{}", entry.path);
    }

    let metadata = damage(METADATA, &binary, chance);
    let _ = audit(name, &wheel(&metadata, &binary));
}

#[test]
fn damage_is_never_more_than_an_error() {
    let wheels = [wheel(METADATA, ELF), wheel(METADATA, PE)];
    (0..300).for_each(|seed| with_seed(seed, |chance| try_one(&wheels, chance)));
}

/// `cargo xtask test fuzz`
#[test]
#[ignore = "it takes half a minute"]
fn damage_is_never_more_than_an_error_for_half_a_minute() {
    let wheels = [wheel(METADATA, ELF), wheel(METADATA, PE)];
    for_half_a_minute(|chance| try_one(&wheels, chance));
}

#[test]
fn a_library_for_pyodide_is_read_and_known_by_its_first_section() {
    let name = "p-1.0-cp311-abi3-pyemscripten_2026_0_wasm32.whl";
    let slice = Binary::parse(WASM).unwrap().slices.remove(0);
    assert_eq!((slice.exports, slice.is_program), (vec!["PyInit_tosig".to_owned()], false));
    assert_eq!(slice.imports, ["malloc", "PyModule_Create2"]);
    let findings = |library: &[u8]| -> Vec<String> {
        let findings = audit(name, &wheel(METADATA, library));
        let of_library = findings.iter().filter(|finding| finding.check == "platform");
        of_library.map(|finding| finding.to_string()).collect()
    };
    assert!(findings(WASM).is_empty());
    let mut program = WASM.to_vec();
    program[11] = b'X';
    let expected = ["`p/a.so` is no library: it does not begin with the section `dylink.0`"];
    assert_eq!(findings(&program), expected);
    let mut foreign = WASM.to_vec();
    let at = foreign.windows(4).position(|word| word == b"\x03env").unwrap();
    foreign[at + 1] = b'u';
    assert_eq!(findings(&foreign).len(), 1);
    assert_eq!(findings(ELF)[0], "`p/a.so` is Elf, in a wheel for pyemscripten_2026_0_wasm32");
}

#[test]
fn undamaged_binaries_are_read() {
    for (binary, needed) in
        [(ELF, "libc.so.6"), (MACHO, "/usr/lib/libSystem.B.dylib"), (PE, "python3.dll")]
    {
        let slices = Binary::parse(binary).unwrap().slices;
        assert!(slices[0].needed.iter().any(|name| name == needed), "{slices:?}");
        assert_eq!(slices[0].exports, ["PyInit_tosig"]);
        assert!(slices[0].imports.iter().any(|name| name == "PyModule_Create2"));
        assert!(slices[0].faults.is_empty(), "{slices:?}");
    }
}

#[test]
fn every_truncation_of_a_binary_is_read_or_refused() {
    for library in [ELF, PE, WASM] {
        (0..library.len()).for_each(|length| drop(Binary::parse(&library[..length])));
    }
    (0..4096).chain((4096..MACHO.len()).step_by(509)).for_each(|length| {
        drop(Binary::parse(&MACHO[..length]));
    });
}

#[test]
fn an_archive_that_says_to_hold_gigabytes_is_refused_before_it_is_unpacked() {
    let mut wheel = wheel(METADATA, ELF);
    let directory = wheel.windows(4).rposition(|word| word == b"PK\x01\x02").unwrap();
    let header = wheel.windows(4).rposition(|word| word == b"PK\x03\x04").unwrap();
    // Where they differ, the archive is refused for that.
    for size in [header + 22, directory + 24] {
        wheel[size..size + 4].copy_from_slice(&0xffff_0000u32.to_le_bytes());
    }
    let error = read_members(&wheel).unwrap_err().to_string();
    assert!(error.starts_with("it holds 42949") && error.ends_with(" is not read"), "{error}");
}
