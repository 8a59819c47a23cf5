//! `cargo xtask clean`: removes what builds left; finished wheels stay, and so do downloads.

use crate::{
    ground::{
        cli::{Clean, OwnStep},
        paths::STATE,
        plan::{Job, Plan},
    },
    planning::tools,
};

/// The folders that builds and checks make anew.
const BUILT: &str = "binding check cmake core core-in-container cpp develop empty-clients \
    empty-docs empty-python html mypy published release sanitizers sdist source stage test upload \
    wheels windows-wheels";

/// The folders whose content has to be downloaded again, besides those of tools; and the journal.
const DOWNLOADED: &str = "audits downloads fetched installed journal zig-cache";

pub fn clean_plan(arguments: &Clean) -> Plan {
    let downloaded = DOWNLOADED.split(' ').chain(tools::ALL.iter().map(|toolbox| toolbox.name));
    let names = BUILT.split(' ').chain(downloaded.filter(|_| arguments.all));
    let folders = names.map(|name| format!("{STATE}/{name}"));
    let mut plan = Plan::default();
    plan.add(Job::new("clean").own(OwnStep::empty(folders)).always());
    if arguments.cache {
        plan.add(Job::new("clean the shared cache").own(OwnStep::CleanCache).always());
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        facts::{host::Host, project::Project},
        ground::cli::Ci,
        planning::commands::ci::ci_plan,
    };
    use std::collections::BTreeSet;

    /// The folders that a plan empties, by their names below [`STATE`].
    fn emptied(plan: &Plan) -> BTreeSet<String> {
        let lines = plan.jobs().iter().flat_map(Job::lines);
        let emptied =
            lines.filter_map(|line| Some(line.strip_prefix("cargo xtask empty ")?.to_owned()));
        let name = |path: &str| Some(path.strip_prefix(STATE)?.split('/').nth(1)?.to_owned());
        emptied.flat_map(|line| line.split(' ').filter_map(name).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn what_plans_leave_is_removed() {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/linux_x86_64.json");
        let host = Host::recorded(fixture.into()).unwrap();
        let project = Project::probe().unwrap();
        let all = clean_plan(&Clean { all: true, cache: false });
        let plan = ci_plan(&Ci { fast: false }, &host, &project).unwrap().plan;
        // Testers have a command of their own that removes them.
        let removed = &emptied(&all) | &BTreeSet::from(["testers".to_owned()]);
        assert_eq!(&emptied(&plan) - &removed, BTreeSet::new());
    }
}
