//! `cargo xtask doctor`: what the plan of `wheels` needs, what of it is here, how to get the rest.

mod builders;
mod checkout;
mod downloads;
mod finding;
mod interpreters;
mod programs;
mod questions;
mod remedies;
mod room;
mod testers;

use finding::{Finding, State};

use crate::{
    doctor::examination::Examination,
    facts::{host::Host, project::Project},
    ground::matrix::Identifier,
    planning::{commands::wheels::WheelsRequest, planned::Planned},
};
pub use finding::Diagnosis;
pub use questions::questions;

/// What is examined: a plan, or why there is none, and all that is known of where it would run.
pub struct Case<'a> {
    pub request: &'a WheelsRequest,
    pub host: &'a Host,
    pub project: &'a Project,
    pub plan: anyhow::Result<Planned>,
    pub examination: Examination,
}

pub fn diagnosis(case: Case) -> Diagnosis {
    let findings = findings(&case);
    let missing = findings.iter().filter(|finding| finding.state == State::Missing).count();
    let notes = case.planned().map_or(&[][..], |planned| &planned.notes).to_vec();
    let verdict = verdict(&case, missing);
    let examination = case.examination;
    Diagnosis { can_run: missing == 0, notes, verdict, findings, examination }
}

fn findings(case: &Case) -> Vec<Finding> {
    let sections = [
        ("checkout", checkout::findings(case)),
        ("Python", interpreters::findings(case)),
        ("builders", builders::findings(case)),
        ("tests", testers::findings(case)),
        ("programs", programs::findings(case)),
        ("downloads", downloads::findings(case)),
        ("room", room::findings(case)),
    ];
    let named = |(section, findings): (&'static str, Vec<Finding>)| {
        findings.into_iter().map(move |finding| Finding { section, ..finding })
    };
    let mut findings: Vec<Finding> = sections.into_iter().flat_map(named).collect();
    let error = no_plan(case).filter(|error| findings.iter().all(|f| f.found != error.found));
    findings.extend(error);
    findings
}

/// Why there is no plan.
fn no_plan(case: &Case) -> Option<Finding> {
    let error = case.plan.as_ref().err()?;
    let what = format!("{error:#}");
    let found = what.lines().next().unwrap_or_default();
    let finding = Finding { section: "plan", ..Finding::missing("wheels", found) };
    Some(Finding { hint: jobs::hint_of(error).map(str::to_owned), ..finding })
}

fn verdict(case: &Case, missing: usize) -> String {
    let planned = match case.planned() {
        Some(planned) if missing == 0 => planned,
        _ => return "this build cannot run here: see what is marked with ✗".to_owned(),
    };
    if planned.again {
        return "this build can run here as far as can be told before its images are fetched"
            .into();
    }
    let (built, asked) = case.counts(planned);
    format!("this build can run here, and makes {built} of the {asked} wheels asked for")
}

impl Case<'_> {
    pub fn planned(&self) -> Option<&Planned> {
        self.plan.as_ref().ok()
    }

    /// How many wheels the plan makes, and how many were asked for, of those that there can be.
    fn counts(&self, planned: &Planned) -> (usize, usize) {
        let identifiers = &self.request.identifiers;
        let can_be = |id: &&Identifier| id.target.refuses(id.interpreter).is_none();
        let asked = identifiers.iter().filter(can_be).count();
        (identifiers.len() - planned.skipped.len(), asked)
    }

    /// A program that is on PATH, and the version that it says it has.
    fn version_finding(&self, name: &str) -> Finding {
        let found = match (self.examination.versions.get(name), self.host.programs.get(name)) {
            (Some(version), Some(path)) => format!("{version}, {path}"),
            (None, Some(path)) => path.to_string(),
            (_, None) => "part of the system".to_owned(),
        };
        Finding::good(name, found)
    }
}
