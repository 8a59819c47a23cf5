//! What an audit found: sentences, each with how bad it is and what it is about.

use std::fmt;

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is wrong: it fails to install or to load somewhere, or no index takes it.
    Error,
    /// It works, and could be better: hardening, portability, cleanliness.
    Warning,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    /// Which of the audit's checks it is from, one word.
    pub check: &'static str,
    /// The file in the wheel that it is about, if it is about one.
    pub file: Option<String>,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{file}` {}", self.what),
            None => write!(f, "{}", self.what),
        }
    }
}

/// Findings while they are collected, each kept once.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// What a check says about the whole wheel.
    pub fn of(&mut self, check: &'static str) -> Place<'_> {
        Place { findings: self, check, file: None }
    }

    /// What a check says about a file.
    pub fn at(&mut self, check: &'static str, file: &str) -> Place<'_> {
        Place { findings: self, check, file: Some(file.to_owned()) }
    }

    /// A wheel that promises more is not forgiven anything.
    pub fn make_errors(&mut self) {
        self.0.iter_mut().for_each(|finding| finding.level = Level::Error);
    }

    /// Errors first, else in the order found.
    pub fn into_vec(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.level);
        self.0
    }
}

pub struct Place<'a> {
    findings: &'a mut Findings,
    check: &'static str,
    file: Option<String>,
}

impl Place<'_> {
    pub fn error(&mut self, what: impl Into<String>) {
        self.add(Level::Error, what.into());
    }

    pub fn warning(&mut self, what: impl Into<String>) {
        self.add(Level::Warning, what.into());
    }

    fn add(&mut self, level: Level, what: String) {
        let finding = Finding { level, check: self.check, file: self.file.clone(), what };
        if !self.findings.0.contains(&finding) {
            self.findings.0.push(finding);
        }
    }
}
