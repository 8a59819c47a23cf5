//! What wheels are tested in here.

use std::collections::BTreeSet;

use super::{Case, finding::Finding};
use crate::{
    facts::host::Host,
    ground::matrix::{Identifier, Platform, Target},
    planning::{
        commands::wheels::{Builders, Way, is_in_windows_container},
        place::Place,
        testers::{TESTERS, runners, runners_in},
    },
};

pub fn findings(case: &Case) -> Vec<Finding> {
    let Ok(builders) = Builders::new(case.arguments.builder, case.host) else { return Vec::new() };
    if is_in_windows_container(case.arguments, case.host) {
        return Vec::new();
    }
    let identifiers = case.identifiers();
    let selected: BTreeSet<&str> = identifiers.iter().map(|id| id.target.name).collect();
    let targets = case.project.config.targets.iter().copied();
    let finding = |target: &'static Target| match selected.contains(target.name) {
        true => of_target(target, &identifiers, &builders, case),
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
        let runners = match builders.way(id) {
            Ok(Way::In(_, image, _)) => runners_in(image, &Place::Here, "a container", id),
            Ok(Way::Here(..)) => runners(id, case.host),
            Err(_) => Vec::new(),
        };
        is_built |= builders.way(id).is_ok();
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
    let is_default = case.arguments.selectors.is_empty()
        && case.arguments.platform.is_none()
        && case.arguments.containers.image.is_empty();
    let hint = packages(target, case.host)?;
    let found = "not built by default: nothing here runs its wheels";
    let is_ours = target.platform == case.host.platform && is_default;
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
