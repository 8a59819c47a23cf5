//! `cargo xtask release`: a version, a date, a commit, a tag.

use crate::{
    cli::Release,
    plan::{Job, JobId, Plan},
};

/// What can be broken before there are archives.
const BEFORE: &[&str] = &["clean-tree", "submodule", "images-pinned"];

/// The promises that are made to the commit come first; the rest is one step, done or undone.
pub fn release_plan(arguments: &Release) -> Plan {
    let mut plan = Plan::default();
    let mut checks: Vec<JobId> = Vec::new();
    for name in BEFORE {
        let job = Job::new(format!("check {name}")).own(["verify", name, "wheelhouse"]);
        checks.push(plan.add(job.always()));
    }
    let mut words = vec!["tag-release".to_owned(), arguments.version.clone()];
    words.extend(arguments.date.iter().flat_map(|date| ["--date".to_owned(), date.clone()]));
    plan.add(Job::new("tag").needs(checks).own(words).always());
    plan
}
