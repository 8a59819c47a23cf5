//! Binaries for Linux: whether every system of a manylinux or musllinux tag has what they need.

use super::{code::Code, policies::Policy};
use crate::{
    architecture::Architecture,
    binary::Slice,
    finding::Subject,
    tags::{PlatformTag, System},
    wheel::{FOUND_BY_CHANCE, Wheel, resolve},
};

pub fn check(tag: &PlatformTag, code: Code<'_>, subject: &mut Subject<'_>) {
    let Code { wheel, slice, .. } = code;
    let folders = check_run_paths(code, subject);
    let is_bundled = |library: &str| wheel.has_named(library);
    for library in slice.needed.iter().filter(|library| is_bundled(library)) {
        let is_found = |folder: &String| {
            let path = if folder.is_empty() { library } else { &format!("{folder}/{library}") };
            wheel.installs(path)
        };
        if !folders.iter().any(is_found) {
            subject.warning(format!("needs `{library}`, which {FOUND_BY_CHANCE}"));
        }
    }
    let others = || slice.needed.iter().filter(|library| !is_bundled(library));
    match tag.system {
        System::Glibc(version) => match Policy::of(version, slice.architecture.name()) {
            Some(policy) => {
                others().for_each(|library| check_needed(library, &policy, tag, slice, subject));
                check_versions(&policy, wheel, tag, slice, subject);
            }
            None if slice.architecture == Architecture::Unknown => {}
            None => subject.error(format!("is for a policy that never was: `{}`", tag.text)),
        },
        System::Musl(_) => {
            for library in others().filter(|library| !is_of_musl(library)) {
                subject.error(format!("needs `{library}`, which is not in every system with musl"));
            }
            if slice.system.is_some() {
                subject.error("is made for glibc, the wheel for musl");
            }
        }
        _ => {}
    }
}

/// The folders of the wheel in which the loader looks, as paths from the folder of all packages.
fn check_run_paths(code: Code<'_>, subject: &mut Subject<'_>) -> Vec<String> {
    let Code { wheel, file, slice, .. } = code;
    let mut folders = Vec::new();
    for path in slice.run_paths.iter().filter(|path| !path.is_empty()) {
        let below = path.strip_prefix("$ORIGIN").or_else(|| path.strip_prefix("${ORIGIN}"));
        match below.and_then(|below| resolve(file, below)) {
            Some(folder) => folders.push(folder),
            // Scripts and headers are installed elsewhere, where the path may lead to something.
            None if below.is_some() && wheel.installs(file) => {
                subject.warning(format!("has the run path `{path}`, out of all packages"));
            }
            None if below.is_some() => {}
            None => subject.warning(format!("has the run path `{path}`, outside of the wheel")),
        }
    }
    folders
}

fn check_needed(
    library: &str,
    policy: &Policy,
    tag: &PlatformTag,
    slice: &Slice,
    subject: &mut Subject<'_>,
) {
    if library.starts_with("libpython") {
        subject.error(format!("needs `{library}`, which interpreters that link it in lack"));
    } else if !policy.libraries.contains(library) && !is_loader(library) {
        subject.error(format!("needs `{library}`, which not every system of {} has", tag.text));
    }
    let is_lacking =
        |symbol: &&String| policy.lacks(library, symbol) && !slice.weak_imports.contains(symbol);
    for symbol in slice.imports.iter().filter(is_lacking) {
        subject.error(format!("needs `{symbol}` of `{library}`, which not every build of it has"));
    }
}

/// Names in one sentence all versions of symbols that some systems lack.
fn check_versions(
    policy: &Policy,
    wheel: &Wheel,
    tag: &PlatformTag,
    slice: &Slice,
    subject: &mut Subject<'_>,
) {
    let mut versions: Vec<&str> = slice
        .versions
        .iter()
        .filter(|(library, _)| !wheel.has_named(library))
        .filter(|(library, _)| policy.libraries.contains(library.as_str()) || is_loader(library))
        .map(|(_, version)| version.as_str())
        .filter(|version| !policy.has_version(version))
        .collect();
    versions.sort_unstable();
    versions.dedup();
    if !versions.is_empty() {
        let versions = versions.join(", ");
        subject.error(format!("needs {versions}, which not every system of {} has", tag.text));
    }
}

fn is_loader(library: &str) -> bool {
    library.starts_with("ld-linux") || library.starts_with("ld64.so")
}

/// Whether every Linux with musl has a library: the C library under its names, the loader, zlib.
fn is_of_musl(library: &str) -> bool {
    matches!(library, "libc.so" | "libz.so.1")
        || library.starts_with("libc.musl-")
        || library.starts_with("ld-musl-")
}
