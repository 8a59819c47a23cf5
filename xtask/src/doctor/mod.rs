//! `cargo xtask doctor`: makes the plan of `wheels`, asks what it depends on, and tells.

#[expect(clippy::disallowed_methods, reason = "it asks programs of this machine")]
pub mod examination;
pub mod rules;

use examination::{Examination, Questions};
use rules::{Case, Diagnosis, diagnosis, questions};

use crate::{
    acting,
    facts::{host::Host, project::Project},
    libalgebra::{self, facts::State},
    planning::commands::wheels::{WheelsRequest, wheels_plan},
};

/// Of a machine that was recorded, nothing is known besides.
pub fn doctor(
    request: &WheelsRequest,
    host: Host,
    project: &Project,
    is_recorded: bool,
) -> Diagnosis {
    let examination = host.examination.clone().unwrap_or_default();
    let plan = wheels_plan(request, &host, project);
    let mut case = Case { request, host: &host, project, plan, examination };
    if !is_recorded {
        // What is done already decides what else there is to ask.
        case.examination = known_at_once(&case);
        let questions = Questions { scrubbed: acting::scrubbed(), ..questions(&case) };
        case.examination = case.examination.ask(&questions);
    }
    diagnosis(case)
}

fn known_at_once(case: &Case) -> Examination {
    let root = &case.project.root;
    let standing = case.planned().map(|planned| acting::standing(root, &planned.plan));
    let standing = standing.unwrap_or_default();
    let submodule = libalgebra::steps::local(root).ok();
    Examination {
        done: standing.done,
        replaced_bytes: standing.replaced_bytes,
        library: submodule.map(|found| found.map_or(State::Folder, State::Submodule)),
        ..Examination::default()
    }
}
