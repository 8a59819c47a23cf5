//! Checking that a wheel keeps what its name promises, from its bytes alone.

mod elf;

use std::collections::HashSet;

use crate::{
    matrix::{Architecture, glibc_of_policy},
    wheel::{Entry, Metadata, WheelName, check_record, read_zip},
};
use elf::Library;

/// Libraries that every Linux system with glibc has, of those that our extension may ask for.
const LINUX_LIBRARIES: &[&str] = &["libc.so.6", "libm.so.6"];

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
    let libraries: Vec<&Entry> = entries.iter().filter(|e| e.path.ends_with(".so")).collect();
    if libraries.is_empty() {
        findings.push("it holds no extension module".to_owned());
    }
    for entry in libraries {
        let mut say = |what: String| findings.push(format!("`{}` {what}", entry.path));
        match Library::read(&entry.content) {
            Err(error) => say(format!("is no ELF library: {error}")),
            Ok(library) => check_library(name, &library, &mut say),
        }
    }
}

fn check_library(name: &WheelName, library: &Library, say: &mut impl FnMut(String)) {
    let platform = name.platform.split('.').next().unwrap_or_default();
    let machine = machine_of(library);
    if !platform.ends_with(&format!("_{}", machine.tag())) {
        say(format!("is for {}, the wheel for {platform}", machine.tag()));
    }
    for needed in library.needed.iter().filter(|n| !LINUX_LIBRARIES.contains(&n.as_str())) {
        say(format!("needs `{needed}`, which not every system has"));
    }
    let policy = platform.trim_end_matches(&format!("_{}", machine.tag()));
    if let Some(promised) = glibc_of_policy(policy) {
        for version in library.versions.iter().filter(|v| *v > &promised) {
            say(format!("needs glibc {}.{}, the wheel promises {policy}", version.0, version.1));
        }
    }
    for export in library.exports.iter().filter(|name| !is_init_function(name)) {
        say(format!("exports `{export}`; only its init function should be seen"));
    }
    if !library.exports.iter().any(|name| is_init_function(name)) {
        say("exports no init function".to_owned());
    }
    for (is_bad, what) in [
        (library.has_run_path, "has a run path"),
        (!library.has_relro, "is not hardened: no RELRO segment"),
        (!library.binds_now, "is not hardened: symbols are bound lazily"),
        (library.has_executable_stack, "asks for an executable stack"),
    ] {
        if is_bad {
            say(what.to_owned());
        }
    }
}

fn is_init_function(symbol: &str) -> bool {
    symbol.starts_with("PyInit_") || symbol.starts_with("init")
}

fn machine_of(library: &Library) -> Architecture {
    match library.machine {
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
    use crate::wheel::{assemble, write_zip};

    const NAME: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn good_library() -> Library {
        Library {
            machine: 62,
            needed: vec!["libc.so.6".into()],
            versions: vec![(2, 14)],
            exports: vec!["PyInit_tosig".into()],
            has_run_path: false,
            has_relro: true,
            binds_now: true,
            has_executable_stack: false,
        }
    }

    #[track_caller]
    fn check(library: Library, findings: &[&str]) {
        let mut found = Vec::new();
        check_library(&NAME.parse().unwrap(), &library, &mut |what| found.push(what));
        assert_eq!(found, findings);
    }

    #[test]
    fn a_library_that_keeps_the_promise_has_no_findings() {
        check(good_library(), &[]);
    }

    #[test]
    fn each_broken_promise_is_told() {
        let finding = |change: fn(&mut Library), what: &str| {
            let mut library = good_library();
            change(&mut library);
            check(library, &[what]);
        };
        finding(|l| l.machine = 183, "is for aarch64, the wheel for manylinux_2_17_x86_64");
        finding(
            |l| l.needed.push("libstdc++.so.6".into()),
            "needs `libstdc++.so.6`, which not every system has",
        );
        finding(
            |l| l.versions.push((2, 34)),
            "needs glibc 2.34, the wheel promises manylinux_2_17",
        );
        finding(
            |l| l.exports.push("helper".into()),
            "exports `helper`; only its init function should be seen",
        );
        finding(|l| l.exports.clear(), "exports no init function");
        finding(|l| l.has_run_path = true, "has a run path");
        finding(|l| l.has_relro = false, "is not hardened: no RELRO segment");
        finding(|l| l.binds_now = false, "is not hardened: symbols are bound lazily");
        finding(|l| l.has_executable_stack = true, "asks for an executable stack");
    }

    #[test]
    fn names_and_metadata_must_agree() {
        let source = [entry("PKG-INFO", "Name: esig\nVersion: 1.1.0\n\n")];
        let wheel = assemble(&NAME.parse().unwrap(), &source, entry("tosig.so", "")).unwrap();
        let other = NAME.replace("1.1.0", "1.2.0");
        let findings = audit(&other, &wheel);
        assert!(findings.iter().any(|f| f.contains("METADATA` is missing")), "{findings:?}");
        let other = NAME.replace("cp38-cp38", "cp39-cp39");
        let findings = audit(&other, &wheel);
        assert!(findings.iter().any(|f| f.contains("differ in their tags")), "{findings:?}");
        assert!(audit(NAME, &wheel).iter().any(|f| f.contains("is no ELF library")));
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
