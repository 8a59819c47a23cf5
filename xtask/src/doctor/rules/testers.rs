//! What wheels are tested in here.

use std::collections::BTreeSet;

use super::{
    diagnosis::{Prerequisite, good, lacking},
    examined_build::ExaminedBuild,
};
use crate::{
    facts::host::Host,
    ground::matrix::{Identifier, Platform, Target},
    planning::{
        commands::wheels::Builders,
        pipeline::Builder,
        place::Place,
        testers::{runners, runners_in, testers},
    },
};

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let Ok(builders) = Builders::new(build.request, build.host) else { return Vec::new() };
    if build.request.in_windows_container.is_some() {
        return Vec::new();
    }
    let identifiers = &build.request.identifiers;
    let selected: BTreeSet<&str> = identifiers.iter().map(|id| id.target.name).collect();
    let targets = build.project.config.targets.iter().copied();
    let finding = |target: &'static Target| match selected.contains(target.name) {
        true => of_target(target, identifiers, &builders, build),
        false => left_out(target, build),
    };
    targets.filter_map(finding).collect()
}

/// None if no wheel for it can be built.
fn of_target(
    target: &'static Target,
    identifiers: &[Identifier],
    builders: &Builders,
    build: &ExaminedBuild,
) -> Option<Prerequisite> {
    let mut titles = Vec::new();
    let mut is_built = false;
    for id in identifiers.iter().filter(|id| id.target == target) {
        let builder = builders.builder_of(id);
        is_built |= builder.is_ok();
        let runners = match builder {
            Ok(Builder::InContainer { image, .. }) => {
                runners_in(image, &Place::Here, "a container", id)
            }
            Ok(Builder::Here { .. }) => runners(id, build.host),
            Err(_) => Vec::new(),
        };
        titles.extend(runners.into_iter().map(|runner| runner.title));
    }
    let mut seen = BTreeSet::new();
    titles.retain(|title| seen.insert(title.clone()));
    if !titles.is_empty() {
        return Some(good(target.name, titles.join(", ")));
    }
    let finding = lacking(target.name, "nothing here runs its wheels: audited, not run");
    is_built.then(|| match packages(target, build.host) {
        Some(packages) => finding.hint(packages),
        None => finding,
    })
}

/// Targets of this system that are built only if they can be tested.
fn left_out(target: &'static Target, build: &ExaminedBuild) -> Option<Prerequisite> {
    let hint = packages(target, build.host)?;
    let found = "not built by default: nothing here runs its wheels";
    let is_ours = target.platform == build.host.platform && build.request.is_for_testable;
    is_ours.then(|| lacking(target.name, found).hint(hint))
}

/// The command that gets what testers for a target lack. They are for Debian on x86_64.
fn packages(target: &'static Target, host: &Host) -> Option<String> {
    let is_debian = host.programs.contains_key("apt-get");
    let own = host.own_target().filter(|own| own.name == "manylinux_x86_64" && is_debian)?;
    let of_target = testers().iter().filter(|tester| tester.targets.contains(&target));
    let mut missing: Vec<&str> = of_target.flat_map(|t| t.packages_missing(host)).collect();
    missing.sort_unstable();
    missing.dedup();
    let is_known = own.platform == Platform::Linux && !missing.is_empty();
    is_known.then(|| format!("`apt-get install {}`", missing.join(" ")))
}
