//! Libraries for Linux against the policy of a platform tag: what they need, every system has.

use super::{
    finding::Place,
    library::Slice,
    package::{Package, resolve},
    policies::Policy,
    tags::{PlatformTag, System},
};
use crate::matrix::Architecture;

pub fn check(
    tag: &PlatformTag,
    package: &Package,
    file: &str,
    slice: &Slice,
    place: &mut Place<'_>,
) {
    let folders = check_run_paths(package, file, slice, place);
    let architecture = slice.architecture.tag();
    let is_bundled = |library: &str| package.has_named(library);
    for library in slice.needed.iter().filter(|library| is_bundled(library)) {
        let is_found = |folder: &String| {
            let path = if folder.is_empty() { library } else { &format!("{folder}/{library}") };
            package.installs(path)
        };
        if !folders.iter().any(is_found) {
            let what = "is in the wheel, but found only if something has loaded it before";
            place.warning(format!("needs `{library}`, which {what}"));
        }
    }
    let others = || slice.needed.iter().filter(|library| !is_bundled(library));
    match tag.system {
        System::Glibc(version) => match Policy::of(version, architecture) {
            Some(policy) => {
                others().for_each(|library| check_needed(library, &policy, tag, slice, place));
                check_versions(&policy, package, tag, slice, place);
            }
            None if slice.architecture == Architecture::Unknown => {}
            None => place.error(format!("is for a policy that never was: `{}`", tag.text)),
        },
        System::Musl(_) => {
            for library in others().filter(|library| !is_of_musl(library)) {
                place.error(format!("needs `{library}`, which is not in every system with musl"));
            }
            if slice.system.is_some() {
                place.error("is made for glibc, the wheel for musl");
            }
        }
        _ => {}
    }
}

/// The folders of the wheel that the loader is told to look into, from that of all packages.
fn check_run_paths(
    package: &Package,
    file: &str,
    slice: &Slice,
    place: &mut Place<'_>,
) -> Vec<String> {
    let mut folders = Vec::new();
    for path in slice.run_paths.iter().filter(|path| !path.is_empty()) {
        let below = path.strip_prefix("$ORIGIN").or_else(|| path.strip_prefix("${ORIGIN}"));
        match below.and_then(|below| resolve(file, below)) {
            Some(folder) => folders.push(folder),
            // A wheel of scripts or headers is installed elsewhere: nothing is known of there.
            None if below.is_some() && package.installs(file) => {
                place.warning(format!("has the run path `{path}`, out of all packages"));
            }
            None if below.is_some() => {}
            None => place.warning(format!("has the run path `{path}`, outside of the wheel")),
        }
    }
    folders
}

fn check_needed(
    library: &str,
    policy: &Policy,
    tag: &PlatformTag,
    slice: &Slice,
    place: &mut Place<'_>,
) {
    if library.starts_with("libpython") {
        place.error(format!("needs `{library}`, which interpreters that link it in lack"));
    } else if !policy.libraries.contains(library) && !is_loader(library) {
        place.error(format!("needs `{library}`, which not every system of {} has", tag.text));
    }
    let is_lacking =
        |symbol: &&String| policy.lacks(library, symbol) && !slice.weak_imports.contains(symbol);
    for symbol in slice.imports.iter().filter(is_lacking) {
        place.error(format!("needs `{symbol}` of `{library}`, which not every build of it has"));
    }
}

/// One sentence for each family of versions: the newest says all.
fn check_versions(
    policy: &Policy,
    package: &Package,
    tag: &PlatformTag,
    slice: &Slice,
    place: &mut Place<'_>,
) {
    let mut versions: Vec<&str> = slice
        .versions
        .iter()
        .filter(|(library, _)| !package.has_named(library))
        .filter(|(library, _)| policy.libraries.contains(library.as_str()) || is_loader(library))
        .map(|(_, version)| version.as_str())
        .filter(|version| !policy.has_version(version))
        .collect();
    versions.sort_unstable();
    versions.dedup();
    if !versions.is_empty() {
        let versions = versions.join(", ");
        place.error(format!("needs {versions}, which not every system of {} has", tag.text));
    }
}

fn is_loader(library: &str) -> bool {
    library.starts_with("ld-linux") || library.starts_with("ld64.so")
}

/// musl is the C library under two names, and the loader; zlib is in every image.
fn is_of_musl(library: &str) -> bool {
    matches!(library, "libc.so" | "libz.so.1")
        || library.starts_with("libc.musl-")
        || library.starts_with("ld-musl-")
}
