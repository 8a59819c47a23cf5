//! `cargo xtask clean`: removes what builds left; finished wheels stay, and so do downloads.

use crate::{
    ground::{
        cli::{Clean, OwnStep},
        paths::STATE,
        plan::{Job, Plan},
    },
    planning::tools,
};

/// The folders that a build makes anew in seconds.
const BUILT: &str =
    "binding core core-in-container cpp develop empty sdist source stage test wheels";

/// The folders whose content has to be downloaded again.
const DOWNLOADED: &[&str] =
    &["fetched", "journal", "zig-cache", tools::BUILD.name, tools::CHECK.name, tools::PYTEST.name];

pub fn clean_plan(arguments: &Clean) -> Plan {
    let downloaded = if arguments.all { DOWNLOADED } else { &[] };
    let folders =
        BUILT.split(' ').chain(downloaded.iter().copied()).map(|name| format!("{STATE}/{name}"));
    let mut plan = Plan::default();
    plan.add(Job::new("clean").own(OwnStep::empty(folders)).always());
    if arguments.cache {
        plan.add(Job::new("clean the shared cache").own(OwnStep::CleanCache).always());
    }
    plan
}
