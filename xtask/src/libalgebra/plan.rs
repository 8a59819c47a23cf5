//! What builds do first about a submodule that a plain clone left empty.

use crate::{
    facts::project::Project,
    ground::{
        cli::{Libalgebra, OwnStep, Task},
        plan::{Job, Plan},
    },
    planning::planned::Planned,
};

/// The plan that fetches libalgebra, if a task builds with it and it is not here: only then can the
/// task itself be planned.
pub fn plan_before(task: &Task, project: &Project) -> Option<Planned> {
    if !(project.lacks_library && task.builds()) {
        return None;
    }
    let mut plan = Plan::default();
    let init = OwnStep::Libalgebra(Libalgebra::Init);
    plan.add(Job::new("initialise libalgebra").own(init).always());
    Some(Planned { plan, again: true, ..Planned::default() })
}
