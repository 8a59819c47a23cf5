//! Audits of whole wheels: good ones, and each with one thing broken.

use expect_test::{Expect, expect};

use super::*;
use crate::{
    architecture::Architecture,
    archive::{Entry, Member, Method, write_zip},
    audit,
    finding::Finding,
    name::WheelName,
    record::record_of,
};

const NAME: &str = "p-1.0-cp311-abi3-manylinux_2_17_x86_64.whl";
const ELF: &[u8] = include_bytes!("../../tests/fixtures/linux_x86_64.elf");
const MACHO: &[u8] = include_bytes!("../../tests/fixtures/macos_arm64.macho");
const PE: &[u8] = include_bytes!("../../tests/fixtures/windows_amd64.pe");

fn entry(path: &str, content: &[u8]) -> Entry {
    Entry { path: path.to_owned(), content: content.to_vec() }
}

#[track_caller]
fn finds(name: &str, wheel: &[u8], what: &str) {
    let findings = audit(name, wheel);
    assert!(findings.iter().any(|f| f.to_string().contains(what)), "{findings:#?}");
}

#[test]
fn names_and_metadata_must_agree() {
    let wheel = wheel_of(NAME, METADATA, &[("p/tosig.abi3.so", b"")]);
    finds(&NAME.replace("1.0", "1.2"), &wheel, "another `Version`");
    finds(&NAME.replace("1.0", "1.2"), &wheel, "is not named after the wheel");
    finds(&NAME.replace("cp311", "cp39"), &wheel, "differ in their tags");
    finds(NAME, &wheel, "is no library");
}

#[test]
fn files_that_clash_where_case_does_not_matter_are_found() {
    let zip = write_zip(&[entry("p/A.py", b""), entry("p/a.py", b"")]).unwrap();
    finds(NAME, &zip, "is there twice but for upper case");
}

#[test]
fn what_is_no_wheel_is_told_as_such() {
    finds("p.zip", b"", "is no name of a wheel\nhint: it is `{name}-");
    finds(NAME, b"PK?", "is no zip archive");
}

/// A wheel with these files and all that belongs to it.
fn wheel_of(name: &str, metadata: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let wheel: WheelName = name.parse().unwrap();
    let tags: String = wheel.tags().iter().map(|tag| format!("Tag: {tag}\n")).collect();
    let purelib = wheel.platform == "any";
    let text = format!("Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: {purelib}\n{tags}");
    let mut entries: Vec<Entry> = files.iter().map(|file| entry(file.0, file.1)).collect();
    entries.push(entry("p-1.0.dist-info/METADATA", metadata.as_bytes()));
    entries.push(entry("p-1.0.dist-info/WHEEL", text.as_bytes()));
    let path = "p-1.0.dist-info/RECORD";
    entries.push(entry(path, record_of(&entries, path).as_bytes()));
    write_zip(&entries).unwrap()
}

/// What an audit says of it.
fn lines(name: &str, metadata: &str, files: &[(&str, &[u8])]) -> String {
    let found = audit(name, &wheel_of(name, metadata, files));
    found.iter().map(|finding| format!("{:?}: {finding}\n", finding.severity)).collect()
}

const METADATA: &str = "Metadata-Version: 2.1\nName: P\nVersion: 1.0\nSummary: s\nLicense: MIT\n\
                        Description-Content-Type: text/markdown\n\n";

#[track_caller]
fn check(name: &str, files: &[(&str, &[u8])], expected: Expect) {
    expected.assert_eq(&lines(name, METADATA, files));
}

#[test]
fn good_wheels_have_no_findings() {
    check("p-1.0-py3-none-any.whl", &[("p/__init__.py", b"")], expect![""]);
    check(NAME, &[("p/tosig.abi3.so", ELF)], expect![""]);
    check("p-1.0-cp311-abi3-macosx_11_0_arm64.whl", &[("p/tosig.abi3.so", MACHO)], expect![""]);
    check("p-1.0-cp311-abi3-win_amd64.whl", &[("p/tosig.pyd", PE)], expect![""]);
}

#[test]
fn a_library_for_another_system_or_processor_is_found() {
    check(
        NAME,
        &[("p/a.so", MACHO), ("p/b.pyd", PE)],
        expect![[r#"
            Error: `p/a.so` is MachO, in a wheel for manylinux_2_17_x86_64
            Error: `p/b.pyd` is Pe, in a wheel for manylinux_2_17_x86_64
        "#]],
    );
    check(
        "p-1.0-cp311-abi3-manylinux_2_17_aarch64.whl",
        &[("p/a.so", ELF)],
        expect!["Error: `p/a.so` is for x86_64, the wheel for manylinux_2_17_aarch64\n"],
    );
    check(
        "p-1.0-py3-none-any.whl",
        &[("p/a.so", ELF)],
        expect!["Error: `p/a.so` is compiled, in a wheel for any platform\n"],
    );
    check(
        "p-1.0-cp311-abi3-musllinux_1_2_x86_64.whl",
        &[("p/a.so", ELF)],
        expect![[r#"
            Error: `p/a.so` needs `libc.so.6`, which is not in every system with musl
            Error: `p/a.so` is made for glibc, the wheel for musl
        "#]],
    );
}

#[test]
fn a_module_that_no_interpreter_of_the_tags_finds_is_found() {
    check(
        NAME,
        &[("p/tosig.cpython-311-x86_64-linux-gnu.so", ELF), ("p/other.abi3.so", ELF)],
        expect![[r#"
            Error: `p/tosig.cpython-311-x86_64-linux-gnu.so` has the suffix `cpython-311-x86_64-linux-gnu`, which not every interpreter of the wheel's tags looks for: cp311-abi3
            Error: `p/other.abi3.so` exports no init function: `PyInit_other` is what would be called
        "#]],
    );
}

/// A copy with some bytes at a place replaced.
fn with_bytes(library: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut changed = library.to_vec();
    changed[at..at + bytes.len()].copy_from_slice(bytes);
    changed
}

#[test]
fn what_only_debuggers_read_is_found_in_every_format() {
    let number = |bytes: &[u8], at: usize| {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
    };
    // The kind of the first section with dynamic symbols: as if they were those of a debugger.
    let sections = (number(ELF, 0x28)..ELF.len()).step_by(64);
    let kinds = sections.map(|section| section + 4);
    let dynamic = kinds.clone().find(|kind| number(ELF, *kind) == 11).unwrap();
    let elf = with_bytes(ELF, dynamic, &[2]);
    // A symbol that names an object file, in the table that the second kind of command tells of.
    let mut command = 32;
    while number(MACHO, command) != 2 {
        command += number(MACHO, command + 4);
    }
    let macho = with_bytes(MACHO, number(MACHO, command + 8) + 4, &[0x66]);
    // How many symbols there are, in the header behind the signature.
    let pe = with_bytes(PE, number(PE, 60) + 16, &[1]);
    for (platform, library) in
        [("manylinux_2_17_x86_64", elf), ("macosx_11_0_arm64", macho), ("win_amd64", pe)]
    {
        let name = format!("p-1.0-cp311-abi3-{platform}.whl");
        let found = lines(&name, METADATA, &[("p/tosig.so", &library)]);
        assert!(found.contains("`p/tosig.so` is not stripped"), "{platform}: {found}");
    }
}

#[test]
fn a_signature_that_is_not_of_the_code_is_found() {
    let mut changed = MACHO.to_vec();
    // Between the headers and the code, where nothing is: only the signature knows.
    changed[0x1000] ^= 1;
    let found =
        lines("p-1.0-cp311-abi3-macosx_11_0_arm64.whl", METADATA, &[("p/tosig.abi3.so", &changed)]);
    assert!(found.contains("has a signature that is not of it: page"), "{found}");
}

/// A file for macOS of so many slices, each of these bytes.
fn universal(slices: u32, slice: &[u8]) -> Vec<u8> {
    const START: u32 = 4096;
    let word = |value: u32| value.to_be_bytes();
    let mut bytes: Vec<u8> = [0xcafe_babe, slices].into_iter().flat_map(word).collect();
    for number in 0..slices {
        let length = slice.len() as u32;
        let part = [0x0100_000c, number, START, length, 12];
        bytes.extend(part.into_iter().flat_map(word));
    }
    bytes.resize(START as usize, 0);
    [bytes.as_slice(), slice].concat()
}

#[test]
fn companions_for_debuggers_are_no_modules() {
    let of_dsym = with_bytes(MACHO, 12, &[10]);
    let path = "p/tosig.abi3.so.dSYM/Contents/Resources/DWARF/tosig.abi3.so";
    for companion in [&of_dsym, &universal(2, &of_dsym)] {
        check(
            "p-1.0-cp311-abi3-macosx_11_0_arm64.whl",
            &[("p/tosig.abi3.so", MACHO), (path, companion)],
            expect![""],
        );
    }
    // All sections as `objcopy --only-keep-debug` leaves those that are loaded.
    let number = |at: usize| u64::from_le_bytes(ELF[at..at + 8].try_into().unwrap()) as usize;
    let sections =
        (number(0x28)..ELF.len()).step_by(64).filter(|section| section + 64 <= ELF.len());
    let loaded = sections.filter(|section| number(section + 8) & 2 != 0);
    let of_objcopy =
        loaded.fold(ELF.to_vec(), |elf, section| with_bytes(&elf, section + 4, &[8, 0, 0, 0]));
    check(NAME, &[("p/tosig.abi3.so", ELF), ("p/tosig.abi3.so.debug", &of_objcopy)], expect![""]);
}

#[test]
fn what_signs_an_app_signs_its_modules() {
    let mut changed = MACHO.to_vec();
    changed[0x1000] ^= 1;
    check(
        "p-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl",
        &[("p/tosig.cpython-313-iphoneos.so", &changed)],
        expect!["Warning: `ios_13_0_arm64_iphoneos` is a platform that nothing is known of here\n"],
    );
}

#[test]
fn a_system_that_nothing_is_known_of_has_libraries_of_its_own() {
    check(
        "p-1.0-cp312-cp312-aix_7_2_0_ppc64.whl",
        &[("p/tosig.so", b"\x01\xf7 as AIX has it")],
        expect!["Warning: `aix_7_2_0_ppc64` is a platform that nothing is known of here\n"],
    );
}

#[test]
fn tags_that_no_installer_accepts_are_found() {
    check(
        "p-1.0-cp311-abi3-macosx_11_3_arm64.whl",
        &[("p/tosig.abi3.so", MACHO)],
        expect![
            "Error: no installer accepts `macosx_11_3_arm64`: from macOS 11 on they look for `macosx_11_0` alone, never for a minor version such as 3\n"
        ],
    );
    check(
        "p-1.0-cp311-abi3-macosx_11_0_arm64.macosx_11_3_arm64.whl",
        &[("p/tosig.abi3.so", MACHO)],
        expect![
            "Warning: no installer accepts `macosx_11_3_arm64`: from macOS 11 on they look for `macosx_11_0` alone, never for a minor version such as 3\n"
        ],
    );
    check(
        "p-1.0-py3-abi3-any.whl",
        &[("p/a.py", b"")],
        expect!["Error: no interpreter has the tags `py3-abi3`\n"],
    );
}

#[test]
fn folders_of_data_that_installers_refuse_are_found() {
    check(
        "p-1.0-py3-none-any.whl",
        &[
            ("p/a.py", b""),
            ("p-1.0.data/scripts/p", b""),
            ("p-1.0.data/bogus/a", b""),
            ("p-1.0.data/bogus/b", b""),
            ("p-1.0.data/c", b""),
            ("q-1.0.data/data/d", b""),
        ],
        expect![[r#"
            Error: `p-1.0.data/bogus` is a folder that installers refuse: they know data, headers, platlib, purelib, scripts
            Error: `p-1.0.data/c` lies in no folder of `.data`: installers refuse it
            Error: `q-1.0.data` is named after another wheel than `p-1.0.data`: installers differ
        "#]],
    );
}

#[test]
fn a_version_may_be_written_in_other_ways() {
    let wheel = wheel_of("p-1.0-py3-none-any.whl", METADATA, &[("p/a.py", b"")]);
    assert!(audit("p-1.0.0-py3-none-any.whl", &wheel).is_empty());
    finds("p-1.0.1-py3-none-any.whl", &wheel, "another `Version`");
}

#[test]
fn names_that_somebody_else_has_are_found() {
    check(
        "p-1.0-py3-none-any.whl",
        &[("tests/a.py", b""), ("__init__.py", b""), ("p/aux.py", b""), ("p/a.pyc", b"")],
        expect![[r#"
            Error: `__init__.py` makes a package of the folder of all packages
            Warning: `p/aux.py` cannot be unpacked on Windows: a part of it names a device
            Warning: `p/a.pyc` was left behind by some tool; nobody needs it
            Warning: `tests` lands in the folder `tests`, beside every other package
        "#]],
    );
    check(
        "p-1.0-py3-none-any.whl",
        &[("p/../../a.py", b""), ("/p/b.py", b""), ("p\\c.py", b"")],
        expect![[r#"
            Error: `p/../../a.py` leads out of the wheel: it has a part that is no name
            Error: `/p/b.py` leads out of the wheel: it is absolute
            Error: `p\c.py` leads out of the wheel: it has a backslash
        "#]],
    );
}

#[test]
fn metadata_that_no_index_takes_is_found() {
    let metadata = "Metadata-Version: 2.1\nName: q\nVersion: 1.0\nVersion: 1.0\nSummary: s\n\
                    License-Expression: MIT\nRequires-Python: three\nColour: red\n\
                    Description-Content-Type: text/html\nRequires-Dist: r @ file:///r\n\n";
    expect![[r#"
        Error: `p-1.0.dist-info/METADATA` has another `Name` than the wheel's file name
        Error: `p-1.0.dist-info/METADATA` has the field `Version` more than once
        Error: `p-1.0.dist-info/METADATA` has the field `License-Expression`, which 2.1 does not have
        Error: `p-1.0.dist-info/METADATA` has a description of type `text/html`, which no index renders
        Error: `p-1.0.dist-info/METADATA` has `Requires-Python: three`, which no installer understands
        Error: `p-1.0.dist-info/METADATA` requires something from an address; indexes refuse that
        Warning: `p-1.0.dist-info/METADATA` has the field `Colour`, which no specification has
    "#]]
    .assert_eq(&lines("p-1.0-py3-none-any.whl", metadata, &[("p/a.py", b"")]));
}

/// A slice of a wheel that has these other files.
#[track_caller]
fn check_slice_of(name: &str, file: &str, slice: &Slice, others: &[&str], expected: Expect) {
    let member = |path: &str| Member {
        path: path.to_owned(),
        content: Vec::new(),
        mode: None,
        method: Method::Stored,
    };
    let members = others.iter().chain([&file]).map(|path| member(path)).collect();
    let wheel = &Wheel::new(name.parse().unwrap(), members);
    let tags = wheel.name.platform_tags();
    let format = match tags[0].system {
        System::Macos(_) => Format::MachO,
        _ => Format::Elf,
    };
    let mut findings = Findings::default();
    check_code(Code { wheel, file, format, slice }, &tags, &mut findings);
    let found = findings.into_vec();
    let line = |finding: &Finding| format!("{:?}: {}\n", finding.severity, finding.what);
    expected.assert_eq(&found.iter().map(line).collect::<String>());
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn what_every_linux_has_is_in_the_policy_and_the_rest_in_the_wheel() {
    let slice = Slice {
        needed: words("libc.so.6 libssl.so.3 libz-1.so.1 libfar.so.1 libpython3.12.so.1.0"),
        run_paths: words("$ORIGIN/../p.libs /opt/lib"),
        versions: ["GLIBC_2.28", "GLIBC_2.2.5"]
            .map(|version| ("libc.so.6".to_owned(), version.to_owned()))
            .to_vec(),
        architecture: Architecture::X86_64,
        ..Slice::default()
    };
    check_slice_of(
        "p-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        "p/a.so",
        &slice,
        &["p.libs/libz-1.so.1", "elsewhere/libfar.so.1"],
        expect![[r#"
            Error: needs `libssl.so.3`, which not every system of manylinux_2_17_x86_64 has
            Error: needs `libpython3.12.so.1.0`, which interpreters that link it in lack
            Error: needs GLIBC_2.28, which not every system of manylinux_2_17_x86_64 has
            Warning: has the run path `/opt/lib`, outside of the wheel
            Warning: needs `libfar.so.1`, which is in the wheel, but found only if something has loaded it before
        "#]],
    );
}

#[test]
fn what_a_macos_has_is_in_its_system_and_the_rest_in_the_wheel() {
    let slice = Slice {
        needed: words(
            "/usr/lib/libz.1.dylib @loader_path/.dylibs/liba.dylib @loader_path/libb.dylib \
             @rpath/liba.dylib @rpath/libc.dylib /opt/homebrew/lib/libd.dylib \
             /usr/lib/../local/lib/libe.dylib @executable_path/libf.dylib",
        ),
        run_paths: words("@loader_path/.dylibs /opt/lib"),
        system: Some((12, 0)),
        architecture: Architecture::Aarch64,
        ..Slice::default()
    };
    check_slice_of(
        "p-1.0-cp312-cp312-macosx_11_0_arm64.whl",
        "p/a.so",
        &slice,
        &["p/.dylibs/liba.dylib"],
        expect![[r#"
            Error: needs macOS 12.0 on arm64, the wheel says macosx_11_0_arm64
            Error: needs `@loader_path/libb.dylib`, which is not in the wheel
            Error: needs `@rpath/libc.dylib`, which is not in the wheel
            Error: needs `/opt/homebrew/lib/libd.dylib`, which is on the builder's machine alone
            Error: needs `/usr/lib/../local/lib/libe.dylib`, which is on the builder's machine alone
            Error: needs `@executable_path/libf.dylib`, beside a program that is none of the wheel's
            Warning: has the run path `/opt/lib`, outside of the wheel
        "#]],
    );
}
