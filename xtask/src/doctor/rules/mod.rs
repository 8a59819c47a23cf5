//! `cargo xtask doctor`: what the plan of `wheels` needs, what of it is here, how to get the rest.

mod builders;
mod checkout;
mod diagnosis;
mod downloads;
mod examined_build;
mod interpreters;
mod programs;
mod questions;
mod remedies;
mod room;
mod testers;

use diagnosis::{Availability, Prerequisite, missing};

pub use diagnosis::Diagnosis;
pub use examined_build::ExaminedBuild;
pub use questions::questions;

/// Examines a build, and says whether it can run here.
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
