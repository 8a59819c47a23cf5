//! `cargo xtask doctor`: what the plan of `wheels` needs, what of it is here, how to get the rest.

mod builders;
mod checkout;
mod diagnosis;
mod downloads;
mod interpreters;
mod programs;
mod questions;
mod remedies;
mod room;
mod testers;

use diagnosis::{Availability, Prerequisite, good, missing};

use crate::{
    doctor::examination::Examination,
    facts::{host::Host, project::Project},
    ground::matrix::Identifier,
    planning::{commands::wheels::WheelsRequest, planned::Planned},
};
pub use diagnosis::Diagnosis;
pub use questions::questions;

/// What is examined: a plan, or why there is none, and all that is known of where it would run.
pub struct ExaminedBuild<'a> {
    pub request: &'a WheelsRequest,
    pub host: &'a Host,
    pub project: &'a Project,
    pub plan: anyhow::Result<Planned>,
    pub examination: Examination,
}

pub fn diagnosis(build: ExaminedBuild) -> Diagnosis {
    let findings = findings(&build);
    let missing =
        findings.iter().filter(|finding| finding.availability == Availability::Missing).count();
    let notes = build.planned().map_or(&[][..], |planned| &planned.notes).to_vec();
    let verdict = verdict(&build, missing);
    let examination = build.examination;
    Diagnosis { can_run: missing == 0, notes, verdict, findings, examination }
}

fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let sections = [
        ("checkout", checkout::findings(build)),
        ("Python", interpreters::findings(build)),
        ("builders", builders::findings(build)),
        ("tests", testers::findings(build)),
        ("programs", programs::findings(build)),
        ("downloads", downloads::findings(build)),
        ("room", room::findings(build)),
    ];
    let named = |(section, findings): (&'static str, Vec<Prerequisite>)| {
        findings.into_iter().map(move |finding| Prerequisite { section, ..finding })
    };
    let mut findings: Vec<Prerequisite> = sections.into_iter().flat_map(named).collect();
    let error = no_plan(build).filter(|error| findings.iter().all(|f| f.found != error.found));
    findings.extend(error);
    findings
}

/// Why there is no plan.
fn no_plan(build: &ExaminedBuild) -> Option<Prerequisite> {
    let error = build.plan.as_ref().err()?;
    let what = format!("{error:#}");
    let found = what.lines().next().unwrap_or_default();
    let finding = Prerequisite { section: "plan", ..missing("wheels", found) };
    Some(Prerequisite { hint: jobs::hint_of(error).map(str::to_owned), ..finding })
}

fn verdict(build: &ExaminedBuild, missing: usize) -> String {
    let planned = match build.planned() {
        Some(planned) if missing == 0 => planned,
        _ => return "this build cannot run here: see what is marked with ✗".to_owned(),
    };
    if planned.again {
        return "this build can run here as far as can be told before its images are fetched"
            .into();
    }
    let (built, asked) = build.counts(planned);
    format!("this build can run here, and makes {built} of the {asked} wheels asked for")
}

impl ExaminedBuild<'_> {
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
    fn version_finding(&self, name: &str) -> Prerequisite {
        let found = match (self.examination.versions.get(name), self.host.programs.get(name)) {
            (Some(version), Some(path)) => format!("{version}, {path}"),
            (None, Some(path)) => path.to_string(),
            (_, None) => "part of the system".to_owned(),
        };
        good(name, found)
    }
}
