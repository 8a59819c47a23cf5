//! Checking that a wheel keeps what its name promises, from its bytes alone.

mod elf;
mod library;
mod macho;
mod pe;

use std::collections::HashSet;

use crate::{
    matrix::{Architecture, Platform, TARGETS, Target, version_of_policy},
    stubs::{C_FUNCTIONS, soname},
    wheel::{Entry, Metadata, WheelName, check_record, read_zip},
};
use library::Slice;

/// What is wrong with a wheel, one sentence each; nothing for a good one.
pub fn audit(file_name: &str, bytes: &[u8]) -> Vec<String> {
    let name: WheelName = match file_name.parse() {
        Ok(name) => name,
        Err(error) => return vec![format!("{error:#}")],
    };
    let entries = match read_zip(bytes) {
        Ok(entries) => entries,
        Err(error) => return vec![format!("{error:#}")],
    };
    let mut findings = Vec::new();
    check_paths(&entries, &mut findings);
    check_metadata(&name, &entries, &mut findings);
    findings.extend(check_record(&entries, &format!("{}/RECORD", name.dist_info())));
    check_libraries(&name, &entries, &mut findings);
    findings
}

fn check_paths(entries: &[Entry], findings: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for entry in entries {
        if !seen.insert(entry.path.to_lowercase()) {
            findings.push(format!("`{}` is there twice, but for upper case", entry.path));
        }
    }
}

fn check_metadata(name: &WheelName, entries: &[Entry], findings: &mut Vec<String>) {
    let text = |file: &str| {
        let path = format!("{}/{file}", name.dist_info());
        let entry = entries.iter().find(|entry| entry.path == path);
        entry.map(|entry| String::from_utf8_lossy(&entry.content).into_owned())
    };
    match text("METADATA") {
        None => findings.push(format!("`{}/METADATA` is missing", name.dist_info())),
        Some(text) => {
            let metadata = Metadata::parse(&text);
            for (field, of_name) in [("Name", &name.distribution), ("Version", &name.version)] {
                if metadata.one(field).ok() != Some(of_name.as_str()) {
                    findings.push(format!("METADATA and the file name differ in `{field}`"));
                }
            }
        }
    }
    match text("WHEEL") {
        None => findings.push(format!("`{}/WHEEL` is missing", name.dist_info())),
        Some(text) => {
            let mut said = Metadata::parse(&text).all("Tag");
            let mut promised = name.tags();
            said.sort_unstable();
            promised.sort_unstable();
            if said != promised {
                findings.push("WHEEL and the file name differ in their tags".to_owned());
            }
        }
    }
}

fn check_libraries(name: &WheelName, entries: &[Entry], findings: &mut Vec<String>) {
    let Some((target, policy)) = target_of(name) else {
        findings.push(format!("`{}` is no platform tag of ours", name.platform));
        return;
    };
    let is_library = |entry: &&Entry| entry.path.ends_with(".so") || entry.path.ends_with(".pyd");
    let libraries: Vec<&Entry> = entries.iter().filter(is_library).collect();
    if libraries.is_empty() {
        findings.push("it holds no extension module".to_owned());
    }
    for entry in libraries {
        let mut say = |what: String| findings.push(format!("`{}` {what}", entry.path));
        match library::read(&entry.content) {
            Err(error) => say(format!("is no library: {error}")),
            Ok(slices) => check_slices(name, target, &policy, &slices, &mut say),
        }
    }
}

/// The target and the policy (`manylinux_2_17`) that a platform tag names.
fn target_of(name: &WheelName) -> Option<(&'static Target, String)> {
    let tag = name.platform.split('.').next()?;
    let matching = |target: &&Target| {
        let policy = tag.strip_suffix(target.architecture_tag())?.strip_suffix('_')?;
        let family = target.name.split('_').next()?;
        policy.starts_with(family).then(|| policy.to_owned())
    };
    let of_policy = TARGETS.iter().find_map(|target| Some((target, matching(&target)?)));
    Target::named(tag).map(|target| (target, tag.to_owned())).or(of_policy)
}

fn check_slices(
    name: &WheelName,
    target: &Target,
    policy: &str,
    slices: &[Slice],
    say: &mut impl FnMut(String),
) {
    let promised = match target.architecture {
        Architecture::Universal2 => vec![Architecture::X86_64, Architecture::Aarch64],
        architecture => vec![architecture],
    };
    let found: Vec<Architecture> = slices.iter().map(|slice| slice.architecture).collect();
    if found != promised {
        let tags: Vec<&str> = found.iter().map(|architecture| architecture.tag()).collect();
        say(format!("is for {}, the wheel for {}", tags.join(" and "), name.platform));
    }
    for slice in slices {
        check_slice(name, target, policy, slice, say);
    }
}

fn check_slice(
    name: &WheelName,
    target: &Target,
    policy: &str,
    slice: &Slice,
    say: &mut impl FnMut(String),
) {
    let allowed = allowed_libraries(name, target);
    for needed in &slice.needed {
        if !allowed.iter().any(|pattern| matches_library(pattern, needed)) {
            say(format!("needs `{needed}`, which not every system has"));
        }
    }
    // The arm64 part of a universal library has a minimum of its own: there is none older.
    let floor = if slice.architecture == Architecture::Aarch64 { (11, 0) } else { (0, 0) };
    if let (Some(promised), Some(system)) = (version_of_policy(policy), slice.system)
        && system > promised.max(floor)
    {
        let (major, minor) = system;
        say(format!("needs version {major}.{minor} of its system, the wheel says {policy}"));
    }
    let (init, others): (Vec<&String>, Vec<&String>) =
        slice.exports.iter().partition(|name| is_init_function(name));
    for export in others {
        say(format!("exports `{export}`; only its init function should be seen"));
    }
    if init.is_empty() {
        say("exports no init function".to_owned());
    }
    for import in slice.imports.iter().filter(|import| !is_expected_import(import, target)) {
        say(format!("imports `{import}`, which is neither Python's nor the C library's"));
    }
    for weakness in &slice.weaknesses {
        say((*weakness).to_owned());
    }
}

/// Libraries that every system of the target has, of those that an extension of ours may need.
fn allowed_libraries(name: &WheelName, target: &Target) -> Vec<String> {
    let python = match name.abi.as_str() {
        "abi3" => "python3.dll".to_owned(),
        _ => format!("{}.dll", name.python.replace("cp", "python")),
    };
    match target.platform {
        Platform::Linux => vec![soname(target)],
        Platform::Macos => vec!["/usr/lib/libSystem.B.dylib".to_owned()],
        Platform::Windows => {
            let of_system = ["KERNEL32.dll", "ucrtbase.dll", "api-ms-win-crt-*"];
            of_system.map(str::to_owned).into_iter().chain([python]).collect()
        }
    }
}

fn matches_library(pattern: &str, library: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => library.starts_with(start),
        None => library.eq_ignore_ascii_case(pattern),
    }
}

fn is_init_function(symbol: &str) -> bool {
    symbol.starts_with("PyInit_") || symbol.starts_with("init")
}

/// What compilers and linkers for macOS ask for by themselves, where its libSystem has it.
const OF_MACOS: &[&str] = &[
    // For `memset`.
    "__bzero",
    "bzero",
    "memset_pattern16",
    // Apple's clang guards stacks.
    "__chkstk_darwin",
    "__stack_chk_fail",
    "__stack_chk_guard",
    "dyld_stub_binder",
];

/// libalgebra and the binding ask for memory and move it; all else is Python's.
fn is_expected_import(symbol: &str, target: &Target) -> bool {
    symbol.starts_with("Py")
        || symbol.starts_with("_Py")
        || C_FUNCTIONS.contains(&symbol)
        || target.platform == Platform::Macos && OF_MACOS.contains(&symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wheel::{assemble, write_zip};

    const NAME: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn good_slice() -> Slice {
        Slice {
            architecture: Architecture::X86_64,
            needed: vec!["libc.so.6".into()],
            exports: vec!["PyInit_tosig".into()],
            imports: vec!["PyLong_FromLong".into(), "_Py_Dealloc".into(), "malloc".into()],
            system: Some((2, 14)),
            weaknesses: vec![],
        }
    }

    #[track_caller]
    fn check(wheel: &str, slices: &[Slice], findings: &[&str]) {
        let mut found = Vec::new();
        let name: WheelName = wheel.parse().unwrap();
        let (target, policy) = target_of(&name).unwrap();
        check_slices(&name, target, &policy, slices, &mut |what| found.push(what));
        assert_eq!(found, findings);
    }

    #[test]
    fn a_library_that_keeps_the_promise_has_no_findings() {
        check(NAME, &[good_slice()], &[]);
    }

    #[test]
    fn each_broken_promise_is_told() {
        let finding = |change: fn(&mut Slice), what: &str| {
            let mut slice = good_slice();
            change(&mut slice);
            check(NAME, &[slice], &[what]);
        };
        finding(
            |s| s.architecture = Architecture::Aarch64,
            "is for aarch64, the wheel for manylinux_2_17_x86_64.manylinux2014_x86_64",
        );
        finding(
            |s| s.needed.push("libstdc++.so.6".into()),
            "needs `libstdc++.so.6`, which not every system has",
        );
        finding(
            |s| s.system = Some((2, 34)),
            "needs version 2.34 of its system, the wheel says manylinux_2_17",
        );
        finding(
            |s| s.exports.push("helper".into()),
            "exports `helper`; only its init function should be seen",
        );
        finding(|s| s.exports.clear(), "exports no init function");
        finding(
            |s| s.imports.push("_ZdlPv".into()),
            "imports `_ZdlPv`, which is neither Python's nor the C library's",
        );
        finding(|s| s.weaknesses.push("has a run path"), "has a run path");
    }

    #[test]
    fn a_dll_may_need_the_python_that_its_wheel_is_for() {
        let dll =
            |needed: &str| Slice { needed: vec![needed.into()], system: None, ..good_slice() };
        check("esig-1-cp311-abi3-win_amd64.whl", &[dll("python3.dll")], &[]);
        check("esig-1-cp38-cp38-win_amd64.whl", &[dll("python38.dll")], &[]);
        check("esig-1-cp38-cp38-win_amd64.whl", &[dll("api-ms-win-crt-heap-l1-1-0.dll")], &[]);
        check(
            "esig-1-cp38-cp38-win_amd64.whl",
            &[dll("python3.dll")],
            &["needs `python3.dll`, which not every system has"],
        );
    }

    #[test]
    fn a_universal_library_has_both_parts_each_with_its_minimum() {
        let part = |architecture, system| Slice {
            architecture,
            needed: vec!["/usr/lib/libSystem.B.dylib".into()],
            system: Some(system),
            ..good_slice()
        };
        let intel = part(Architecture::X86_64, (10, 13));
        let arm = part(Architecture::Aarch64, (11, 0));
        let wheel = "esig-1-cp39-cp39-macosx_10_13_universal2.whl";
        check(wheel, &[intel.clone(), arm], &[]);
        let what = "is for x86_64, the wheel for macosx_10_13_universal2";
        check(wheel, &[intel], &[what]);
    }

    #[test]
    fn a_guarded_stack_asks_for_more_on_macos() {
        let mut slice = good_slice();
        slice.imports.push("__stack_chk_fail".into());
        let what = "imports `__stack_chk_fail`, which is neither Python's nor the C library's";
        check(NAME, &[slice.clone()], &[what]);
        slice.needed = vec!["/usr/lib/libSystem.B.dylib".into()];
        slice.system = Some((10, 13));
        check("esig-1-cp39-cp39-macosx_10_13_x86_64.whl", &[slice], &[]);
    }

    #[test]
    fn names_and_metadata_must_agree() {
        let source = [
            entry("PKG-INFO", "Name: esig\nVersion: 1.1.0\n\n"),
            entry("libalgebra/CMakeLists.txt", "project(libalgebra VERSION 0.1.0)"),
        ];
        let wheel = assemble(&NAME.parse().unwrap(), &source, entry("tosig.so", "")).unwrap();
        let other = NAME.replace("1.1.0", "1.2.0");
        let findings = audit(&other, &wheel);
        assert!(findings.iter().any(|f| f.contains("METADATA` is missing")), "{findings:?}");
        let other = NAME.replace("cp38-cp38", "cp39-cp39");
        let findings = audit(&other, &wheel);
        assert!(findings.iter().any(|f| f.contains("differ in their tags")), "{findings:?}");
        assert!(audit(NAME, &wheel).iter().any(|f| f.contains("is no library")));
    }

    #[test]
    fn files_that_clash_where_case_does_not_matter_are_found() {
        let zip = write_zip(&[entry("esig/A.py", ""), entry("esig/a.py", "")]).unwrap();
        let findings = audit(NAME, &zip);
        assert!(findings.iter().any(|f| f.contains("is there twice")), "{findings:?}");
    }

    #[test]
    fn what_is_no_wheel_is_told_as_such() {
        assert!(audit("esig.zip", b"")[0].contains("is no name of a wheel"));
        assert!(audit(NAME, b"PK?")[0].contains("is no zip archive"));
    }
}
