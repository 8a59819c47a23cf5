//! The acting layer: carrying plans out, the only code that starts programs and changes files.

mod cache;
mod environment;
pub mod files;
pub mod git;
pub mod steps;

use std::collections::BTreeSet;

use anyhow::ensure;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{Journal, Options, Outcome, Standing, Workplace, hinted};

use crate::{
    facts::{self, config::Limits, failures, project::Project},
    ground::{
        cli::{OwnStep, PROGRAM, Wrapper},
        listed,
        paths::STATE,
        plan::{Command, Esig, Job, Plan, Role, Step},
    },
};
use cache::Cache;
pub use environment::with_environment;
use files::workplace;

/// Carries a plan out.
pub fn run(project: &Project, plan: &Plan, options: &Options) -> anyhow::Result<Outcome> {
    run_then(project, plan, options, true, Ok)
}

/// Carries a plan out, and writes down what came of it before another run may begin. It waits for
/// one that is at work in this checkout, or fails.
pub fn run_then<T>(
    project: &Project,
    plan: &Plan,
    options: &Options,
    wait: bool,
    write_down: impl FnOnce(Outcome) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let root = &project.root;
    for folder in outputs(plan) {
        files::check_output(root, folder, "--output")?;
    }
    let workplace = workplace(root);
    let lock = workplace.lock(PROGRAM, wait)?;
    for folder in outputs(plan) {
        files::sweep_output(root, folder)?;
    }
    let helper = Helper(&project.config.limits, Some(project));
    let outcome = jobs::run(plan, &workplace, options, &helper, &lock);
    if let Some(cache) = Cache::named(root) {
        if plan.jobs().iter().any(|job| job.fetches) {
            cache.collect(root);
        }
        cache.trim();
    }
    write_down(outcome?)
}

/// Carries out a plan that starts this program again, which has the usual workplace for itself.
pub fn run_apart(
    root: &Utf8Path,
    state: &str,
    plan: &Plan,
    options: &Options,
) -> anyhow::Result<Outcome> {
    let workplace = Workplace::new(root, state);
    let lock = workplace.lock(PROGRAM, true)?;
    jobs::run(plan, &workplace, options, &Helper(&Limits::default(), None), &lock)
}

/// Where a plan puts what it is carried out for.
pub fn outputs(plan: &Plan) -> BTreeSet<&Utf8Path> {
    plan.jobs().iter().flat_map(promoted).map(|(_, folder)| folder).collect()
}

/// The files that a job promotes, each with the folder where it goes.
fn promoted(job: &Job) -> impl Iterator<Item = (&Utf8Path, &Utf8Path)> {
    job.steps.iter().filter_map(|step| match step {
        Step::Own(OwnStep::Promote { file, folder }) => Some((file.as_path(), folder.as_path())),
        _ => None,
    })
}

/// Fails if something that a run has promoted is not there at its end: somebody else cleared away.
pub fn check_promoted(root: &Utf8Path, plan: &Plan, outcome: &Outcome) -> anyhow::Result<()> {
    let ended = plan.jobs().iter().zip(&outcome.jobs);
    let good = ended.filter(|(_, result)| result.end.is_good()).flat_map(|(job, _)| promoted(job));
    let length = |path: &Utf8Path| root.join(path).metadata().ok().map(|about| about.len());
    let is_gone = |(file, folder): &(&Utf8Path, &Utf8Path)| {
        let made = length(&folder.join(file.file_name().unwrap_or_default()));
        made.is_none() || length(file).is_some_and(|length| Some(length) != made)
    };
    let gone = good.filter(is_gone).map(|(file, _)| file.to_string()).collect::<Vec<_>>();
    let what = format!("somebody removed or changed meanwhile what was made of {}", listed(&gone));
    ensure!(gone.is_empty(), hinted(what, "leave it alone, and repeat the command"));
    Ok(())
}

/// How much of a plan is done already.
pub fn standing(root: &Utf8Path, plan: &Plan) -> Standing {
    jobs::standing(&workplace(root), plan, &Helper(&Limits::default(), None))
}

/// Makes the next run do these jobs again even if nothing has changed.
pub fn forget(plan: &Plan, root: &Utf8Path, which: impl Fn(&Job) -> bool) -> anyhow::Result<()> {
    let workplace = workplace(root);
    let journal = Journal::of(&workplace);
    plan.jobs().iter().filter(|job| which(job)).try_for_each(|job| journal.forget(job))
}

/// Where the log of a job is, from the root of a checkout.
pub fn log_path(job_name: &str) -> Utf8PathBuf {
    workplace(Utf8Path::new("")).log_path(job_name)
}

/// The words of the step that measures what a program costs.
pub fn measure_words() -> Vec<String> {
    vec!["measure".to_owned()]
}

/// Starts the program that a wrapper is for, and gives its exit code.
pub fn wrap(wrapper: &Wrapper) -> anyhow::Result<i32> {
    match wrapper {
        Wrapper::WithEnvironment { file, words } => with_environment(file, words),
        Wrapper::Measure { record, words } => jobs::measure(record, words),
    }
}

/// Where programs keep what they need for a moment: below target/, where it is swept away.
const TEMPORARY: [&str; 3] = ["TMPDIR", "TEMP", "TMP"];

/// Takes the steps of this program, and explains why other programs fail.
struct Helper<'a>(&'a Limits, Option<&'a Project>);

impl jobs::Actor<Esig> for Helper<'_> {
    fn take(&self, root: &Utf8Path, step: &OwnStep) -> anyhow::Result<()> {
        steps::take(root, step)?;
        // From here on, all is made of what was staged, in the way that was planned.
        let staged = matches!(step, OwnStep::Stage { .. }).then_some(self.1).flatten();
        staged.map_or(Ok(()), Project::check_unchanged)
    }

    fn caches(&self) -> &[&str] {
        &["target/xtask/zig-cache"]
    }

    fn limits(&self, job: &Job) -> jobs::Limits {
        self.0.of(job)
    }

    fn environment(&self, root: &Utf8Path, job: &Job, command: &Command) -> jobs::Environment {
        let mut environment = facts::environment::of(root, &command.program, &command.arguments);
        if let Some(cache) = Cache::named(root) {
            cache.add_to(&mut environment);
        }
        // Suites try what happens outside of a checkout.
        if job.role != Role::Suite {
            let temporary = workplace(root).temporary();
            let variables = TEMPORARY.map(|name| (name.into(), temporary.clone().into()));
            environment.passed.extend(variables);
        }
        environment
    }

    fn question(&self, command: &Command, exit_code: Option<i32>) -> Option<Command> {
        failures::question(command, exit_code)
    }

    fn explain(
        &self,
        command: &Command,
        said: &str,
        exit_code: Option<i32>,
    ) -> Option<anyhow::Error> {
        let Command { program, arguments, .. } = command;
        failures::explain(program, arguments, said, exit_code).map(Into::into)
    }

    fn hint_for_unstartable(&self, command: &Command) -> String {
        let hint = if command.program.contains(STATE) {
            "`cargo xtask clean --all` has the tools installed anew"
        } else {
            "it was there, or was to be there, when the plan was made: repeat the command"
        };
        hint.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This project, in a folder without files.
    fn empty_project() -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        (folder, Project { root, ..Project::probe().unwrap() })
    }

    #[test]
    fn what_was_made_and_is_gone_at_the_end_is_no_success() {
        let (_folder, project) = empty_project();
        let root = &project.root;
        files::write(&root.join("target/a.whl"), "a wheel").unwrap();
        let mut plan = Plan::default();
        let step = OwnStep::Promote { file: "target/a.whl".into(), folder: "out".into() };
        plan.add(Job::new("promote").own(step).output("out/a.whl"));
        let look = |outcome: Outcome| {
            check_promoted(root, &plan, &outcome)?;
            files::remove(&root.join("out"))?;
            Ok(check_promoted(root, &plan, &outcome).unwrap_err().to_string())
        };
        let said = run_then(&project, &plan, &Options::default(), true, look).unwrap();
        assert!(said.ends_with("what was made of target/a.whl"), "{said}");
    }

    #[test]
    fn nobody_else_begins_before_it_is_written_down_what_came_of_a_run() {
        let (_folder, project) = empty_project();
        let root = &project.root;
        let is_free = || workplace(root).lock(PROGRAM, false).is_ok();
        let write_down = |_| Ok(is_free());
        let was_free =
            run_then(&project, &Plan::default(), &Options::default(), true, write_down).unwrap();
        assert!(!was_free && is_free());
    }
}
