//! Binaries for Windows: whether Windows, CPython or the wheel has the DLLs that they need.

use std::{collections::HashSet, sync::LazyLock};

use super::tables::{WINDOWS, rows};
use crate::{
    architecture::Architecture, binary::Slice, finding::Subject, name::WheelName,
    tags::PlatformTag, wheel::Wheel,
};

pub fn check(tag: &PlatformTag, wheel: &Wheel, slice: &Slice, subject: &mut Subject<'_>) {
    for library in slice.needed.iter().chain(&slice.wanted) {
        let name = library.to_ascii_lowercase();
        if wheel.has_named(&name) || is_of_windows(&name) || is_of_runtime(&name, wheel, slice) {
            continue;
        }
        if is_python(&name) {
            check_python(&name, &wheel.name, subject);
        } else if slice.needed.contains(library) {
            let hint = if name.starts_with("msvcp") || name.starts_with("vcomp") {
                ": it comes with Visual C++, and must be in the wheel"
            } else {
                ""
            };
            subject.error(format!("needs `{library}`, which not every Windows has{hint}"));
        } else {
            let what = format!("looks for `{library}` once it runs, which not every Windows has");
            subject.warning(what);
        }
    }
    if slice.imports.iter().any(|name| name.starts_with("Py") || name.starts_with("_Py"))
        && tag.architectures.first() != Some(&slice.architecture)
    {
        subject.error("is for another processor than the interpreter that it calls");
    }
}

/// Whether a DLL is a part of the C runtime that the interpreter or Windows brings.
fn is_of_runtime(name: &str, wheel: &Wheel, slice: &Slice) -> bool {
    let tags = || wheel.name.python_tags();
    // CPython brings `vcruntime140_1.dll` from 3.8 on, and not for 32 bit.
    let is_old = tags().any(|tag| matches!(tag, "cp35" | "cp36" | "cp37"));
    match name {
        "vcruntime140.dll" | "ucrtbase.dll" => true,
        "vcruntime140_1.dll" => slice.architecture != Architecture::I686 && !is_old,
        "msvcr100.dll" => tags().all(|tag| matches!(tag, "cp33" | "cp34")),
        "msvcr90.dll" => tags().all(|tag| matches!(tag, "cp26" | "cp27" | "cp32")),
        _ => name.starts_with("api-ms-win-") || name.starts_with("ext-ms-win-"),
    }
}

fn is_python(name: &str) -> bool {
    let version = name.strip_prefix("python").and_then(|rest| rest.strip_suffix(".dll"));
    version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// Checks that a binary needs the DLL of its wheel's ABI: each version of CPython has another one,
/// and the stable ABI its own.
fn check_python(dll: &str, wheel: &WheelName, subject: &mut Subject<'_>) {
    let expected: Vec<String> = match wheel.abi.as_str() {
        "abi3" | "none" => vec!["python3.dll".to_owned()],
        "abi3t" | "abi3.abi3t" => vec!["python3t.dll".to_owned()],
        abi => wheel
            .python_tags()
            .map(|tag| tag.replace("cp", "python"))
            .map(|name| if abi.ends_with('t') { name + "t.dll" } else { name + ".dll" })
            // Some modules of the wheel may keep to the stable ABI.
            .chain((!abi.ends_with('t')).then(|| "python3.dll".to_owned()))
            .collect(),
    };
    if expected.iter().all(|name| name != dll) {
        let expected = expected.join("` or `");
        subject.error(format!("needs `{dll}`, where a wheel of {} has `{expected}`", wheel.abi));
    }
}

fn is_of_windows(name: &str) -> bool {
    name.ends_with(".drv") || OF_WINDOWS.contains(name)
}

static OF_WINDOWS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| rows(WINDOWS).flat_map(|row| row.split(' ')).collect());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use expect_test::{Expect, expect};

    #[test]
    fn the_table_of_libraries_is_sorted_and_each_is_there_once() {
        let table = WINDOWS;
        let names: Vec<&str> = table.lines().skip(1).flat_map(str::split_whitespace).collect();
        assert!(names.is_sorted() && names.len() == OF_WINDOWS.len());
    }

    fn check_needed(wheel: &str, needed: &[&str], expected: Expect) {
        let name: WheelName = wheel.parse().unwrap();
        let tag = PlatformTag::parse(&name.platform);
        let slice = Slice {
            architecture: tag.architectures[0],
            needed: needed.iter().map(|name| (*name).to_owned()).collect(),
            ..Slice::default()
        };
        let mut findings = Findings::default();
        let wheel = Wheel::new(name, Vec::new());
        check(&tag, &wheel, &slice, &mut findings.about_wheel("windows"));
        let lines = findings.into_vec();
        expected.assert_eq(&lines.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }

    #[test]
    fn what_windows_and_its_interpreters_have_may_be_needed() {
        let of_all = ["KERNEL32.dll", "VCRUNTIME140.dll", "api-ms-win-crt-heap-l1-1-0.dll"];
        check_needed("p-1-cp312-cp312-win32.whl", &of_all, expect![[""]]);
        check_needed("p-1-cp312-cp312-win_amd64.whl", &["VCRUNTIME140_1.dll"], expect![[""]]);
        let of_system = ["loadperf.dll", "SFC.dll", "LZ32.dll", "aclui.dll", "query.dll"];
        check_needed("p-1-cp312-cp312-win_amd64.whl", &of_system, expect![[""]]);
        let others = ["VCRUNTIME140_1.dll", "MSVCP140.dll", "libcrypto-3.dll"];
        check_needed(
            "p-1-cp312-cp312-win32.whl",
            &others,
            expect![[r#"
                needs `VCRUNTIME140_1.dll`, which not every Windows has
                needs `MSVCP140.dll`, which not every Windows has: it comes with Visual C++, and must be in the wheel
                needs `libcrypto-3.dll`, which not every Windows has
            "#]],
        );
    }

    #[test]
    fn the_dll_of_python_is_that_of_the_abi() {
        let both = ["python3.dll", "python312.dll", "python313t.dll"];
        check_needed(
            "p-1-cp312-abi3-win_amd64.whl",
            &both,
            expect![[r#"
                needs `python312.dll`, where a wheel of abi3 has `python3.dll`
                needs `python313t.dll`, where a wheel of abi3 has `python3.dll`
            "#]],
        );
        check_needed(
            "p-1-cp313-cp313t-win_amd64.whl",
            &both,
            expect![[r#"
                needs `python3.dll`, where a wheel of cp313t has `python313t.dll`
                needs `python312.dll`, where a wheel of cp313t has `python313t.dll`
            "#]],
        );
    }
}
