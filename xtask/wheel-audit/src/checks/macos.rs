//! Binaries for macOS: whether they run on the macOS of the tag, and find their libraries there.

use super::code::Code;
use crate::{
    architecture::Architecture,
    binary::Slice,
    finding::Subject,
    tags::{PlatformTag, Version},
    wheel::{FOUND_BY_CHANCE, base_name, resolve},
};

/// The first macOS for arm64: code for arm64 runs on no older one.
const FIRST_OF_ARM64: Version = (11, 0);

pub fn check(promised: Version, tag: &PlatformTag, code: Code<'_>, subject: &mut Subject<'_>) {
    let Code { file, slice, .. } = code;
    check_system(promised, tag, slice, subject);
    for path in &slice.run_paths {
        let below = strip_here(path);
        if below.is_none_or(|below| resolve(file, below).is_none()) && !is_of_system(path) {
            subject.warning(format!("has the run path `{path}`, outside of the wheel"));
        }
    }
    for library in &slice.needed {
        check_library(library, code, subject);
    }
}

fn check_system(promised: Version, tag: &PlatformTag, slice: &Slice, subject: &mut Subject<'_>) {
    let floor = if slice.architecture == Architecture::Aarch64 { FIRST_OF_ARM64 } else { (0, 0) };
    let promised = promised.max(floor);
    match slice.system {
        None => subject.warning("does not say which macOS it is for"),
        Some(needed) if needed <= promised => {}
        Some((major, minor)) => {
            let what = format!(
                "needs macOS {major}.{minor} on {}, the wheel says {}",
                apple_name(slice),
                tag.text
            );
            // From macOS 11 on, installers compare the major version only.
            if major == promised.0 && major >= 11 {
                subject.warning(what);
            } else {
                subject.error(what);
            }
        }
    }
}

/// The name of an architecture as Apple writes it.
fn apple_name(slice: &Slice) -> &'static str {
    match slice.architecture {
        Architecture::Aarch64 => "arm64",
        other => other.name(),
    }
}

fn check_library(library: &str, code: Code<'_>, subject: &mut Subject<'_>) {
    let Code { wheel, file, slice, .. } = code;
    if is_of_system(library) {
        return;
    }
    let is_here = |path: &str| resolve(file, path).is_some_and(|path| wheel.installs(&path));
    if let Some(below) = strip_here(library) {
        if !is_here(below) {
            subject.error(format!("needs `{library}`, which is not in the wheel"));
        }
    } else if let Some(name) = library.strip_prefix("@rpath/") {
        let mut folders = slice.run_paths.iter().filter_map(|path| strip_here(path));
        if folders.any(|folder| is_here(&format!("{folder}/{name}"))) {
            return;
        }
        if slice.run_paths.iter().any(|path| is_of_system(path)) && !wheel.has_named(name) {
            return;
        }
        if wheel.has_named(base_name(name)) {
            subject.warning(format!("needs `{library}`, which {FOUND_BY_CHANCE}"));
        } else {
            subject.error(format!("needs `{library}`, which is not in the wheel"));
        }
    } else if library.starts_with('@') {
        subject.error(format!("needs `{library}`, beside a program that is none of the wheel's"));
    } else {
        subject.error(format!("needs `{library}`, which is on the builder's machine alone"));
    }
}

/// The rest of a path that begins at the folder of the binary itself.
fn strip_here(path: &str) -> Option<&str> {
    path.strip_prefix("@loader_path").map(|below| below.trim_start_matches('/'))
}

fn is_of_system(path: &str) -> bool {
    let is_own = path.starts_with("/usr/lib/") || path.starts_with("/System/Library/");
    path == "/usr/lib" || is_own && !path.contains("/../")
}
