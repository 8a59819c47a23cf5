//! What the user of this crate adds to it: steps, what jobs mean, and who takes the steps.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::{self, Debug},
};

use camino::Utf8Path;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Command, Job, Limits};

/// The types that plans are made of besides those of this crate.
pub trait Vocabulary: Clone + Debug + Default + Send + Sync + 'static {
    /// How people start the program that runs the plans.
    const PROGRAM: &'static str;
    /// What that program does itself.
    type Step: OwnStep;
    /// What a job means to whoever made the plan.
    type Role: Role;
}

/// A step that the program takes itself. It prints as the line that does the same alone.
pub trait OwnStep: Clone + Debug + fmt::Display + Send + Sync {
    /// Whether a newer version of the program may do it differently, so that jobs which have this
    /// step are done again by it.
    fn depends_on_program(&self) -> bool;
}

/// What a job means; this goes into the journal.
pub trait Role: Clone + Debug + Default + Send + Sync + Serialize + DeserializeOwned {
    /// Whether the log of the job says how many tests passed. A suite that ran none has failed.
    fn has_counts(&self) -> bool;
}

/// Takes the steps of plans, and knows the programs that these start.
pub trait Actor<V: Vocabulary>: Sync {
    /// Takes a step, at the root of the workplace.
    fn take(&self, root: &Utf8Path, step: &V::Step) -> anyhow::Result<()>;

    /// Folders, from the root, where programs keep what they may use again in another run.
    fn caches(&self) -> &[&str] {
        &[]
    }

    /// What each program of a job may take.
    fn limits(&self, job: &Job<V>) -> Limits;

    /// The whole environment of a program of a job; a command's own variables have the last word.
    fn environment(&self, root: &Utf8Path, job: &Job<V>, command: &Command) -> Environment;

    /// What to ask where a command failed without saying why. What it answers, `explain` reads as
    /// if the command itself had said it last.
    fn question(&self, command: &Command, exit_code: Option<i32>) -> Option<Command>;

    /// Why a command failed, where that can be recognised from what it said.
    fn explain(
        &self,
        command: &Command,
        said: &str,
        exit_code: Option<i32>,
    ) -> Option<anyhow::Error>;

    /// What to do about a command that cannot be started.
    fn hint_for_unstartable(&self, command: &Command) -> String;
}

/// The names and values that a program finds in its environment: it inherits nothing.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// No result depends on these.
    pub passed: Vec<(OsString, OsString)>,
    /// These are a part of the fingerprint of every job that starts the program.
    pub decisive: Vec<(String, String)>,
}

impl Environment {
    /// All names and values; those of the command itself have the last word.
    pub(crate) fn with(&self, command: &Command) -> BTreeMap<OsString, OsString> {
        let texts = self.decisive.iter().chain(&command.environment);
        let texts = texts.map(|(name, value)| (name.into(), value.into()));
        let secrets = command.secrets.iter().map(|(name, value)| (name.into(), (&value.0).into()));
        self.passed.iter().cloned().chain(texts).chain(secrets).collect()
    }
}
