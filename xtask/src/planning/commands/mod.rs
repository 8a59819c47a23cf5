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

/// A task; the arguments of one that is about wheels are resolved.
pub struct ResolvedTask<'t> {
    task: &'t Task,
    pub request: Option<WheelsRequest>,
}

impl<'t> ResolvedTask<'t> {
    pub fn new(task: &'t Task, host: &Host, project: &Project) -> anyhow::Result<ResolvedTask<'t>> {
        let request = match task {
            Task::Wheels(arguments) | Task::Fetch(arguments) | Task::Doctor(arguments) => {
                Some(wheels::resolve(arguments, host, project)?)
            }
            _ => None,
        };
        Ok(ResolvedTask { task, request })
    }

    /// The images that it is about to use, where it uses any.
    pub fn images_wanted(&self, project: &Project) -> anyhow::Result<Option<WantedImages>> {
        if let Some(request) = &self.request {
            return Ok(request.images.clone());
        }
        match self.task {
            Task::Test(arguments) => Ok(test::images_wanted(&arguments.suites)),
            Task::Ci(arguments) => Ok(test::images_wanted(ci::suites(arguments))),
            Task::Images(arguments) => images::images_wanted(arguments, project).map(Some),
            Task::TestIn(arguments) => Ok(Some(test_in::images_wanted(arguments))),
            _ => Ok(None),
        }
    }

    /// What it is going to do.
    pub fn plan(&self, host: &Host, project: &Project) -> anyhow::Result<Planned> {
        if let Some(request) = &self.request {
            let planned = wheels::wheels_plan(request, host, project)?;
            let Task::Fetch(_) = self.task else { return Ok(planned) };
            let plan = planned.plan.only(|job| job.fetches);
            return Ok(Planned { plan, skipped: Vec::new(), ..planned });
        }
        match self.task {
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
