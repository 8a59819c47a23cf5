//! The checkout: git, libalgebra/, and the Rust that compiles the build helper.

use super::{
    diagnosis::{Prerequisite, good, lacking, missing},
    examined_build::ExaminedBuild,
    remedies,
};
use crate::libalgebra::facts::{LibraryState, RecordedOnRemote};

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let mut findings = vec![rust(build)];
    findings.extend(git(build));
    findings.extend(build.examination.problems.iter().map(|problem| {
        let finding = missing(&problem.subject, &problem.what);
        problem.hint.iter().fold(finding, |finding, hint| finding.hint(hint))
    }));
    findings.extend(library(build));
    findings
}

/// Whoever reads this has compiled the build helper once; the next change of it needs Rust again.
fn rust(build: &ExaminedBuild) -> Prerequisite {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    let needed = format!("{oldest} or newer");
    let remedy = "`rustup update stable`, or see https://rustup.rs";
    let versions = ["cargo", "rustc"].map(|name| build.examination.versions.get(name));
    let [Some(cargo), Some(rustc)] = versions else {
        let is_there = ["cargo", "rustc"].iter().all(|n| build.host.programs.contains_key(*n));
        let finding = match is_there {
            true => good("Rust", "is there"),
            false => lacking("Rust", "`cargo` is not on PATH").hint(remedy),
        };
        return finding.needed(needed);
    };
    let found = format!("cargo {cargo}, rustc {rustc}");
    if [cargo, rustc].iter().all(|version| numbers(version) >= numbers(oldest)) {
        return good("Rust", found).needed(needed);
    }
    missing("Rust", found).needed(needed).hint(remedy)
}

/// `1.89.0` to be compared.
fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// An unpacked archive has no repository, and its files are all there are.
fn git(build: &ExaminedBuild) -> Option<Prerequisite> {
    if build.examination.problems.iter().any(|problem| problem.subject == "git") {
        return None;
    }
    if let Some(path) = build.host.programs.get("git") {
        let is_stub = build.host.only_asks_for_tools(path);
        let stub = missing("git", "only asks for Apple's command line tools");
        return Some(match is_stub && build.project.is_repository {
            true => stub.hint(remedies::compiler(build.host)),
            false => build.version_finding("git"),
        });
    }
    let hint = remedies::install("git", build.host);
    let finding = missing("git", "is not on PATH").hint(hint);
    build.project.is_repository.then_some(finding)
}

fn library(build: &ExaminedBuild) -> Option<Prerequisite> {
    let what = "libalgebra/";
    if build.project.lacks_library {
        let found = "a submodule that is not here yet";
        let hint = "builds fetch it; or now: `cargo xtask libalgebra init`";
        return Some(lacking(what, found).hint(hint));
    }
    let submodule = match build.examination.library.as_ref()? {
        LibraryState::Folder => return Some(good(what, "a plain folder")),
        LibraryState::Submodule(submodule) => submodule,
    };
    // Nobody asked the remote: it matters to a release.
    let mut known = submodule.clone();
    if let RecordedOnRemote::Unknown { .. } = known.remote {
        known.remote = RecordedOnRemote::Present;
    }
    let objections = known.objections();
    if objections.is_empty() {
        return Some(good(what, "a submodule, as recorded"));
    }
    let found = format!("a submodule, not fit for a release: {}", objections.join("; "));
    Some(lacking(what, found).hint("`cargo xtask libalgebra status` says more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_number_by_number() {
        assert!(numbers("1.100.0") > numbers("1.89"));
        assert!(numbers("1.89.0-nightly") >= numbers("1.89"));
        assert!(numbers("1.88.1") < numbers("1.89"));
    }
}
