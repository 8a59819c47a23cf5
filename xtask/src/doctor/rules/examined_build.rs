//! The build that doctor examines: what is asked for, its plan, and what is known of the machine.

use super::diagnosis::{Prerequisite, good};
use crate::{
    doctor::examination::Examination,
    facts::{host::Host, project::Project},
    ground::matrix::Identifier,
    planning::{commands::wheels::WheelsRequest, planned::Planned},
};

/// What is examined: a plan, or why there is none, and all that is known of where it would run.
pub struct ExaminedBuild<'a> {
    pub request: &'a WheelsRequest,
    pub host: &'a Host,
    pub project: &'a Project,
    pub plan: anyhow::Result<Planned>,
    pub examination: Examination,
}

impl ExaminedBuild<'_> {
    /// The plan, if there is one.
    pub fn planned(&self) -> Option<&Planned> {
        self.plan.as_ref().ok()
    }

    /// How many wheels the plan makes, and how many were asked for, of those that there can be.
    pub fn counts(&self, planned: &Planned) -> (usize, usize) {
        let identifiers = &self.request.identifiers;
        let can_be = |id: &&Identifier| id.target.refuses(id.interpreter).is_none();
        let asked = identifiers.iter().filter(can_be).count();
        (identifiers.len() - planned.skipped.len(), asked)
    }

    /// A program that is on PATH, and the version that it says it has.
    pub fn version_finding(&self, name: &str) -> Prerequisite {
        let found = match (self.examination.versions.get(name), self.host.programs.get(name)) {
            (Some(version), Some(path)) => format!("{version}, {path}"),
            (None, Some(path)) => path.to_string(),
            (_, None) => "part of the system".to_owned(),
        };
        good(name, found)
    }
}
