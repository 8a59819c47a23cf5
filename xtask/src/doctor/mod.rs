//! `cargo xtask doctor`: makes the plan of `wheels`, asks what it depends on, and tells.

#[expect(clippy::disallowed_methods, reason = "it asks programs of this machine")]
pub mod examination;
pub mod rules;

use camino::Utf8Path;
use examination::{Examination, Problem};
use rules::{Diagnosis, ExaminedBuild, diagnosis, questions};

use crate::{
    acting::{self, git::Git},
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
    let plan = build.planned().map(|planned| &planned.plan);
    let standing = plan.map(|plan| acting::standing(root, plan)).unwrap_or_default();
    let submodule = libalgebra::steps::local(root).ok();
    let outputs = plan.map(acting::outputs).unwrap_or_default();
    let problem = |folder: &Utf8Path| acting::files::check_output(root, folder, "--output").err();
    let of_outputs = outputs.into_iter().filter_map(problem);
    let problems = of_outputs.map(|error| Problem::new("the output", &error));
    // As builds ask it, which have to know what it tracks.
    let git = Git::at(root).read(&["ls-files", "--", "pyproject.toml"]).err();
    let of_git = git.filter(|_| build.project.is_repository);
    Examination {
        problems: of_git.iter().map(|error| Problem::new("git", error)).chain(problems).collect(),
        done: standing.done,
        replaced_bytes: standing.replaced_bytes,
        library: submodule.map(|found| found.map_or(LibraryState::Folder, LibraryState::Submodule)),
        ..Examination::default()
    }
}
