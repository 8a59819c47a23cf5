//! One file per command: facts in, a plan out.

mod ci;
mod clean;
mod develop;
pub mod images;
pub mod list;
mod test;
mod test_in;
pub mod testers;
pub mod wheels;

use crate::{
    facts::{
        host::{Host, WantedImages},
        project::Project,
    },
    gate,
    ground::{
        cli::{self, OwnStep, Suite, Task},
        plan::{Job, Plan},
    },
    planning::{pipeline::Pipeline, planned::Planned},
    release,
};
pub use clean::clean_plan;
use wheels::WheelsRequest;

/// A task; the arguments of those that are about wheels are resolved.
pub enum ResolvedTask<'t> {
    Wheels(WheelsRequest),
    Fetch(WheelsRequest),
    Doctor(WheelsRequest),
    Other(&'t Task),
}

impl<'t> ResolvedTask<'t> {
    pub fn new(task: &'t Task, host: &Host, project: &Project) -> anyhow::Result<ResolvedTask<'t>> {
        Ok(match task {
            Task::Wheels(arguments) => {
                ResolvedTask::Wheels(wheels::resolve(arguments, host, project)?)
            }
            Task::Fetch(arguments) => {
                ResolvedTask::Fetch(wheels::resolve(arguments, host, project)?)
            }
            Task::Doctor(arguments) => {
                ResolvedTask::Doctor(wheels::resolve(arguments, host, project)?)
            }
            other => ResolvedTask::Other(other),
        })
    }

    /// The images that it is about to use, where it uses any.
    pub fn images_wanted(&self, project: &Project) -> anyhow::Result<Option<WantedImages>> {
        match self {
            ResolvedTask::Wheels(request)
            | ResolvedTask::Fetch(request)
            | ResolvedTask::Doctor(request) => Ok(request.images.clone()),
            ResolvedTask::Other(task) => match task {
                Task::Test(arguments) => Ok(test::images_wanted(&arguments.suites)),
                Task::Ci(arguments) => Ok(test::images_wanted(ci::suites(arguments))),
                Task::Images(arguments) => images::images_wanted(arguments, project).map(Some),
                Task::TestIn(arguments) => Ok(Some(test_in::images_wanted(arguments))),
                _ => Ok(None),
            },
        }
    }

    /// What it is going to do.
    pub fn plan(&self, host: &Host, project: &Project) -> anyhow::Result<Planned> {
        let task = match self {
            ResolvedTask::Wheels(request) | ResolvedTask::Doctor(request) => {
                return wheels::wheels_plan(request, host, project);
            }
            ResolvedTask::Fetch(request) => {
                let planned = wheels::wheels_plan(request, host, project)?;
                let plan = planned.plan.only(|job| job.fetches);
                return Ok(Planned { plan, skipped: Vec::new(), ..planned });
            }
            ResolvedTask::Other(task) => task,
        };
        match task {
            Task::Sdist(arguments) => {
                let mut pipeline = Pipeline::new(host, project);
                pipeline.promote_sdist(&arguments.output)?;
                pipeline.checksums(&arguments.output);
                Ok(pipeline.into_plan().into())
            }
            Task::Test(arguments) => test::test_plan(arguments, host, project),
            Task::Docs => test::test_plan(&cli::Test { suites: vec![Suite::Docs] }, host, project),
            Task::Develop(arguments) => develop::develop_plan(arguments, host, project),
            Task::Images(arguments) => images::images_plan(arguments, host, project),
            Task::Testers(arguments) => testers::testers_plan(arguments, host, project),
            Task::TestIn(arguments) => test_in::test_in_plan(arguments, host, project),
            Task::Clean(arguments) => Ok(clean_plan(arguments).into()),
            Task::Check(arguments) => gate::plan::check_plan(arguments, host, project),
            Task::Release(arguments) => release::plan::release_plan(arguments, host, project),
            Task::Publish(arguments) => {
                release::publish::publish_plan(arguments, host, project).map(Planned::from)
            }
            Task::Ci(arguments) => ci::ci_plan(arguments, host, project),
            other => anyhow::bail!("`{other:?}` has no plan"),
        }
    }
}

/// A step that somebody starts by hand is a plan of itself alone.
pub fn step_plan(step: &OwnStep) -> Plan {
    let mut plan = Plan::default();
    plan.add(Job::new(step.name()).own(step.clone()).always());
    plan
}
