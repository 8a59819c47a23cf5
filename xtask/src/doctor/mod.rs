//! `cargo xtask doctor`: makes the plan of `wheels`, asks what it depends on, and tells.

#[expect(clippy::disallowed_methods, reason = "it asks programs of this machine")]
pub mod examination;
pub mod rules;

use examination::Examination;
use rules::{Diagnosis, ExaminedBuild, diagnosis, questions};

use crate::{
    acting,
    facts::{host::Host, project::Project},
    libalgebra::{self, facts::LibraryState},
    planning::commands::wheels::{WheelsRequest, wheels_plan},
};

/// Makes the plan and says what it needs. Of a recorded machine nothing can be asked besides.
pub fn doctor(
    request: &WheelsRequest,
    host: Host,
    project: &Project,
    is_recorded: bool,
) -> Diagnosis {
    let examination = host.examination.clone().unwrap_or_default();
    let plan = wheels_plan(request, &host, project);
    let mut build = ExaminedBuild { request, host: &host, project, plan, examination };
    if !is_recorded {
        // What is done already decides what else there is to ask.
        build.examination = known_at_once(&build);
        let questions = questions(&build);
        build.examination = build.examination.ask(&questions);
    }
    diagnosis(build)
}

fn known_at_once(build: &ExaminedBuild) -> Examination {
    let root = &build.project.root;
    let standing = build.planned().map(|planned| acting::standing(root, &planned.plan));
    let standing = standing.unwrap_or_default();
    let submodule = libalgebra::steps::local(root).ok();
    Examination {
        done: standing.done,
        replaced_bytes: standing.replaced_bytes,
        library: submodule.map(|found| found.map_or(LibraryState::Folder, LibraryState::Submodule)),
        ..Examination::default()
    }
}
