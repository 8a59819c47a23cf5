//! Libraries for macOS against a platform tag: how old it may be, and where the loader looks.

use super::{
    finding::Place,
    library::Slice,
    package::{Package, base_name, resolve},
    tags::{PlatformTag, System, Version},
};
use crate::matrix::Architecture;

/// The first macOS that there was for arm64: no code for it can run on an older one.
const FIRST_OF_ARM64: Version = (11, 0);

pub fn check(
    tag: &PlatformTag,
    package: &Package,
    file: &str,
    slice: &Slice,
    place: &mut Place<'_>,
) {
    let System::Macos(promised) = tag.system else { return };
    check_system(promised, tag, slice, place);
    for path in &slice.run_paths {
        let below = strip_here(path);
        if below.is_none_or(|below| resolve(file, below).is_none()) && !is_of_system(path) {
            place.warning(format!("has the run path `{path}`, outside of the wheel"));
        }
    }
    for library in &slice.needed {
        check_library(library, package, file, slice, place);
    }
}

fn check_system(promised: Version, tag: &PlatformTag, slice: &Slice, place: &mut Place<'_>) {
    let floor = if slice.architecture == Architecture::Aarch64 { FIRST_OF_ARM64 } else { (0, 0) };
    let promised = promised.max(floor);
    match slice.system {
        None => place.warning("does not say which macOS it is for"),
        Some(needed) if needed <= promised => {}
        Some((major, minor)) => {
            let what = format!(
                "needs macOS {major}.{minor} on {}, the wheel says {}",
                of(slice),
                tag.text
            );
            // From 11 on installers know the first part of the version only.
            if major == promised.0 && major >= 11 {
                place.warning(what);
            } else {
                place.error(what);
            }
        }
    }
}

fn of(slice: &Slice) -> &'static str {
    match slice.architecture {
        Architecture::Aarch64 => "arm64",
        other => other.tag(),
    }
}

fn check_library(
    library: &str,
    package: &Package,
    file: &str,
    slice: &Slice,
    place: &mut Place<'_>,
) {
    if is_of_system(library) {
        return;
    }
    let is_here = |path: &str| resolve(file, path).is_some_and(|path| package.installs(&path));
    if let Some(below) = strip_here(library) {
        if !is_here(below) {
            place.error(format!("needs `{library}`, which is not in the wheel"));
        }
    } else if let Some(name) = library.strip_prefix("@rpath/") {
        let mut folders = slice.run_paths.iter().filter_map(|path| strip_here(path));
        if folders.any(|folder| is_here(&format!("{folder}/{name}"))) {
            return;
        }
        if slice.run_paths.iter().any(|path| is_of_system(path)) && !package.has_named(name) {
            return;
        }
        if package.has_named(base_name(name)) {
            let what = "is in the wheel, but found only if something has loaded it before";
            place.warning(format!("needs `{library}`, which {what}"));
        } else {
            place.error(format!("needs `{library}`, which is not in the wheel"));
        }
    } else if library.starts_with('@') {
        place.error(format!("needs `{library}`, beside a program that is none of the wheel's"));
    } else {
        place.error(format!("needs `{library}`, which is on the builder's machine alone"));
    }
}

/// From the folder of the file itself.
fn strip_here(path: &str) -> Option<&str> {
    path.strip_prefix("@loader_path").map(|below| below.trim_start_matches('/'))
}

fn is_of_system(path: &str) -> bool {
    let is_own = path.starts_with("/usr/lib/") || path.starts_with("/System/Library/");
    path == "/usr/lib" || is_own && !path.contains("/../")
}
