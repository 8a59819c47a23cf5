//! The plans of this helper: those of the crate `jobs`, with our steps and what our jobs mean.

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::cli::{self, OwnStep, Wrapper};
use crate::gate::promises::Promise;
pub use jobs::{Command, Counts, JobId, Material, slug};

pub type Plan = jobs::Plan<Esig>;
pub type Job = jobs::Job<Esig>;
pub type Step = jobs::Step<Esig>;

/// What plans are made of here besides programs to start.
#[derive(Clone, Debug, Default)]
pub struct Esig;

impl jobs::Vocabulary for Esig {
    const PROGRAM: &'static str = cli::PROGRAM;
    type Step = OwnStep;
    type Role = Role;
}

impl jobs::OwnStep for OwnStep {
    /// An empty folder is an empty folder, whatever this program has become.
    fn depends_on_program(&self) -> bool {
        !matches!(self, OwnStep::Empty { .. })
    }
}

/// What a job means to the report at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Needed by other jobs, nothing by itself.
    #[default]
    Preparation,
    /// The wheel's self-test in one interpreter.
    Testing { identifier: String, release: String },
    /// The last job of a wheel: after it, the wheel is in the wheelhouse.
    Finishing { identifier: String },
    /// A suite of tests that says how many passed.
    Suite,
    /// A check of what a release promises.
    Promise(Promise),
}

impl jobs::Role for Role {
    fn has_counts(&self) -> bool {
        matches!(self, Role::Suite | Role::Testing { .. })
    }
}

/// Has a command run in the environment that a step has written to a file.
pub fn in_environment(command: Command, file: &Utf8Path) -> Command {
    let words = Wrapper::WithEnvironment { file: file.to_owned(), words: Vec::new() }.words();
    command.launched_by(jobs::Launcher { program: cli::PROGRAM, words })
}
