//! One file per command: facts in, a plan out.

mod check;
mod ci;
mod clean;
mod develop;
pub mod doctor;
pub mod images;
pub mod libalgebra;
pub mod list;
mod publish;
mod release;
mod test;
mod test_in;
pub mod wheels;

pub use clean::clean_plan;
pub use wheels::parse_image;

use crate::{
    cli::{self, Command},
    host::{Host, Wanted},
    pipeline::Pipeline,
    plan::{Job, Plan},
    project::Project,
    report::Row,
};

/// What is going to happen, and the rows of the report that are known beforehand.
#[derive(Debug, Default)]
pub struct Planned {
    pub plan: Plan,
    pub skipped: Vec<Row>,
    /// What is to be known before it begins.
    pub notes: Vec<String>,
    /// Options of the command, for a line that repeats it for what failed alone.
    pub options: Vec<String>,
    /// It only gets what the real plan depends on: afterwards the same command is planned anew.
    pub again: bool,
}

impl From<Plan> for Planned {
    fn from(plan: Plan) -> Planned {
        Planned { plan, ..Planned::default() }
    }
}

/// The images that a command is about to use, where it uses any.
pub fn images_wanted(
    command: &Command,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Option<Wanted>> {
    match command {
        Command::Wheels(arguments) | Command::Doctor(arguments) => {
            let identifiers = wheels::identifiers(arguments, host, project)?;
            wheels::images_wanted(arguments, &identifiers, host, project)
        }
        Command::Test(arguments) => Ok(test::images_wanted(&arguments.suites)),
        Command::Ci(arguments) => Ok(test::images_wanted(ci::suites(arguments))),
        Command::Images(arguments) => images::images_wanted(arguments, project).map(Some),
        Command::TestIn(arguments) => Ok(Some(test_in::images_wanted(arguments))),
        _ => Ok(None),
    }
}

pub fn plan(command: &Command, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    match command {
        Command::Sdist(arguments) => sdist_plan(arguments, host, project).map(Planned::from),
        Command::Wheels(arguments) => wheels::wheels_plan(arguments, host, project),
        Command::Test(arguments) => test::test_plan(arguments, host, project),
        Command::Develop(arguments) => {
            develop::develop_plan(arguments, host, project).map(Planned::from)
        }
        Command::Images(arguments) => {
            images::images_plan(arguments, host, project).map(Planned::from)
        }
        Command::TestIn(arguments) => test_in::test_in_plan(arguments, host, project),
        Command::Clean(arguments) => Ok(clean_plan(arguments).into()),
        Command::Check(arguments) => check::check_plan(arguments, host, project),
        Command::Release(arguments) => release::release_plan(arguments, host, project),
        Command::Publish(arguments) => {
            publish::publish_plan(arguments, host, project).map(Planned::from)
        }
        Command::Ci(arguments) => ci::ci_plan(arguments, host, project),
        other => anyhow::bail!("`{other:?}` has no plan"),
    }
}

/// A step that somebody starts by hand is a plan of itself alone.
pub fn step_plan(words: Vec<String>) -> Planned {
    let mut plan = Plan::default();
    plan.add(Job::new(words.first().cloned().unwrap_or_default()).own(words).always());
    plan.into()
}

fn sdist_plan(arguments: &cli::Sdist, host: &Host, project: &Project) -> anyhow::Result<Plan> {
    let mut pipeline = Pipeline::new(host, project);
    pipeline.promote_sdist(&arguments.output)?;
    Ok(pipeline.into_plan())
}
