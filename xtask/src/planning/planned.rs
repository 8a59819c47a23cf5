//! A plan, and what is known beforehand of its report.

use std::fmt;

use crate::ground::plan::Plan;

/// What is going to happen; what is not, and why.
#[derive(Debug, Default)]
pub struct Planned {
    pub plan: Plan,
    pub skipped: Vec<Skipped>,
    /// What was asked for and cannot be: with it, the command fails whatever it makes.
    pub missing: Vec<String>,
    /// Lines that are told before it begins.
    pub notes: Vec<String>,
    /// Options of the command, for the line that repeats it for what failed.
    pub options: Vec<String>,
    /// The plan only fetches what the real one depends on: after it, the same command is planned
    /// anew.
    pub again: bool,
}

/// A wheel or a suite that was asked for and is not attempted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub name: String,
    /// Why, in one line.
    pub reason: String,
}

impl From<Plan> for Planned {
    fn from(plan: Plan) -> Planned {
        Planned { plan, ..Planned::default() }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: skipped: {}", self.name, self.reason)
    }
}

impl Skipped {
    pub fn new(name: impl Into<String>, reason: impl fmt::Display) -> Skipped {
        Skipped { name: name.into(), reason: reason.to_string().replace('\n', "; ") }
    }
}
