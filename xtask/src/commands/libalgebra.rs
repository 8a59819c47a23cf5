//! `cargo xtask libalgebra`: the steps are in `execute/steps/libalgebra/`. Here is what builds do
//! about a submodule that a plain clone left empty.

use crate::{
    cli::Command,
    commands::Planned,
    plan::{Job, Plan},
    project::Project,
};

/// What has to be done before a command can be planned: what it builds with is not here yet.
pub fn plan_before(command: &Command, project: &Project) -> Option<Planned> {
    if !(project.lacks_library && command.builds()) {
        return None;
    }
    let mut plan = Plan::default();
    plan.add(Job::new("initialise libalgebra").own(["libalgebra", "init"]).always());
    Some(Planned { plan, again: true, ..Planned::default() })
}
