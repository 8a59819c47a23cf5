//! The checkout: git, libalgebra/, and the Rust that compiles the build helper.

use super::{Case, finding::Finding, remedies};
use crate::libalgebra::facts::{Remote, State};

pub fn findings(case: &Case) -> Vec<Finding> {
    let mut findings = vec![rust(case)];
    findings.extend(git(case));
    findings.extend(library(case));
    findings
}

/// Whoever reads this has compiled the build helper once; the next change of it needs Rust again.
fn rust(case: &Case) -> Finding {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    let needed = format!("{oldest} or newer");
    let remedy = "`rustup update stable`, or see https://rustup.rs";
    let versions = ["cargo", "rustc"].map(|name| case.examination.versions.get(name));
    let [Some(cargo), Some(rustc)] = versions else {
        let is_there = ["cargo", "rustc"].iter().all(|n| case.host.programs.contains_key(*n));
        let finding = match is_there {
            true => Finding::good("Rust", "is there"),
            false => Finding::lacking("Rust", "`cargo` is not on PATH").hint(remedy),
        };
        return finding.needed(needed);
    };
    let found = format!("cargo {cargo}, rustc {rustc}");
    if [cargo, rustc].iter().all(|version| numbers(version) >= numbers(oldest)) {
        return Finding::good("Rust", found).needed(needed);
    }
    Finding::missing("Rust", found).needed(needed).hint(remedy)
}

/// `1.89.0` to be compared.
fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// An unpacked archive has no repository, and its files are all there are.
fn git(case: &Case) -> Option<Finding> {
    if let Some(path) = case.host.programs.get("git") {
        let is_stub = case.host.only_asks_for_tools(path);
        let stub = Finding::missing("git", "only asks for Apple's command line tools");
        return Some(match is_stub && case.project.is_repository {
            true => stub.hint(remedies::compiler(case.host)),
            false => case.version_finding("git"),
        });
    }
    let hint = remedies::install(&remedies::GIT, case.host);
    let finding = Finding::missing("git", "is not on PATH").hint(hint);
    case.project.is_repository.then_some(finding)
}

fn library(case: &Case) -> Option<Finding> {
    let what = "libalgebra/";
    if case.project.lacks_library {
        let found = "a submodule that is not here yet";
        let hint = "builds fetch it; or now: `cargo xtask libalgebra init`";
        return Some(Finding::lacking(what, found).hint(hint));
    }
    let submodule = match case.examination.library.as_ref()? {
        State::Folder => return Some(Finding::good(what, "a plain folder")),
        State::Submodule(submodule) => submodule,
    };
    // Nobody asked the remote: it matters to a release.
    let mut known = submodule.clone();
    if let Remote::Unknown { .. } = known.remote {
        known.remote = Remote::Present;
    }
    let objections = known.objections();
    if objections.is_empty() {
        return Some(Finding::good(what, "a submodule, as recorded"));
    }
    let found = format!("a submodule, not fit for a release: {}", objections.join("; "));
    Some(Finding::lacking(what, found).hint("`cargo xtask libalgebra status` says more"))
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
