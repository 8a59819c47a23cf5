//! What wheels are tested in here.

use std::collections::BTreeSet;

use super::{Case, finding::Finding};
use crate::{
    facts::host::Host,
    ground::matrix::{Identifier, Platform, Target},
    planning::{
        commands::wheels::Builders,
        pipeline::Builder,
        place::Place,
        testers::{TESTERS, runners, runners_in},
    },
};

pub fn findings(case: &Case) -> Vec<Finding> {
    let Ok(builders) = Builders::new(case.request, case.host) else { return Vec::new() };
    if case.request.in_windows_container.is_some() {
        return Vec::new();
    }
    let identifiers = &case.request.identifiers;
    let selected: BTreeSet<&str> = identifiers.iter().map(|id| id.target.name).collect();
    let targets = case.project.config.targets.iter().copied();
    let finding = |target: &'static Target| match selected.contains(target.name) {
        true => of_target(target, identifiers, &builders, case),
        false => left_out(target, case),
    };
    targets.filter_map(finding).collect()
}

/// None if no wheel for it can be built.
fn of_target(
    target: &'static Target,
    identifiers: &[Identifier],
    builders: &Builders,
    case: &Case,
) -> Option<Finding> {
    let mut titles = Vec::new();
    let mut is_built = false;
    for id in identifiers.iter().filter(|id| id.target == target) {
        let builder = builders.builder_of(id);
        is_built |= builder.is_ok();
        let runners = match builder {
            Ok(Builder::InContainer { image, .. }) => {
                runners_in(image, &Place::Here, "a container", id)
            }
            Ok(Builder::Here { .. }) => runners(id, case.host),
            Err(_) => Vec::new(),
        };
        titles.extend(runners.into_iter().map(|runner| runner.title));
    }
    let mut seen = BTreeSet::new();
    titles.retain(|title| seen.insert(title.clone()));
    if !titles.is_empty() {
        return Some(Finding::good(target.name, titles.join(", ")));
    }
    let finding = Finding::lacking(target.name, "nothing here runs its wheels: audited, not run");
    is_built.then(|| match packages(target, case.host) {
        Some(packages) => finding.hint(packages),
        None => finding,
    })
}

/// Targets of this system that are built only if they can be tested.
fn left_out(target: &Target, case: &Case) -> Option<Finding> {
    let hint = packages(target, case.host)?;
    let found = "not built by default: nothing here runs its wheels";
    let is_ours = target.platform == case.host.platform && case.request.is_for_testable;
    is_ours.then(|| Finding::lacking(target.name, found).hint(hint))
}

/// The command that gets what testers for a target lack. They are for Debian on x86_64.
fn packages(target: &Target, host: &Host) -> Option<String> {
    let is_debian = host.programs.contains_key("apt-get");
    let own = host.own_target().filter(|own| own.name == "manylinux_x86_64" && is_debian)?;
    let of_target = TESTERS.iter().filter(|tester| tester.target == target.name);
    let mut missing: Vec<&str> = of_target.flat_map(|t| t.packages_missing(host)).collect();
    missing.sort_unstable();
    missing.dedup();
    let is_known = own.platform == Platform::Linux && !missing.is_empty();
    is_known.then(|| format!("`apt-get install {}`", missing.join(" ")))
}
