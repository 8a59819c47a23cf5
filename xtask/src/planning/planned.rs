//! A plan, and what its report is going to say that is known beforehand.

use std::fmt;

use crate::ground::plan::Plan;

/// What is going to happen, and what is not and why.
#[derive(Debug, Default)]
pub struct Planned {
    pub plan: Plan,
    pub skipped: Vec<Skipped>,
    /// What is to be known before it begins.
    pub notes: Vec<String>,
    /// Options of the command, for a line that repeats it for what failed alone.
    pub options: Vec<String>,
    /// It only gets what the real plan depends on: afterwards the same command is planned anew.
    pub again: bool,
}

/// A wheel or a suite that was asked for and is not attempted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub name: String,
    /// In a line.
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
