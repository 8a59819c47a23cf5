//! What builds do first about a submodule that a plain clone left empty.

use crate::{
    facts::project::Project,
    ground::{
        cli::{Libalgebra, OwnStep, Task},
        plan::{Job, Plan},
    },
    planning::planned::Planned,
};

/// What has to be done before a task can be planned: what it builds with is not here yet.
pub fn plan_before(task: &Task, project: &Project) -> Option<Planned> {
    if !(project.lacks_library && task.builds()) {
        return None;
    }
    let mut plan = Plan::default();
    let init = OwnStep::Libalgebra(Libalgebra::Init);
    plan.add(Job::new("initialise libalgebra").own(init).always());
    Some(Planned { plan, again: true, ..Planned::default() })
}
