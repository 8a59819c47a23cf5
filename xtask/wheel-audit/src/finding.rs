//! Findings of an audit: sentences, each with a severity and what it is about.

use std::fmt;

use serde::Serialize;

/// How bad a finding is; errors sort before warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The wheel fails to install or to load somewhere, or no index takes it.
    Error,
    /// The wheel works, and could be better: hardening, portability, cleanliness.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// One sentence about a wheel or about a file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    #[serde(rename = "level")]
    pub severity: Severity,
    /// The check that found it, one word.
    pub check: &'static str,
    /// The file in the wheel that it is about; none if it is about the whole wheel.
    pub file: Option<String>,
    /// What is wrong, without the name of the file.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{file}` {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// Findings while they are collected, each kept once.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Lets a check speak about the whole wheel.
    pub fn about_wheel(&mut self, check: &'static str) -> Subject<'_> {
        Subject { findings: self, check, file: None }
    }

    /// Lets a check speak about a file.
    pub fn about_file(&mut self, check: &'static str, file: &str) -> Subject<'_> {
        Subject { findings: self, check, file: Some(file.to_owned()) }
    }

    /// Turns all warnings so far into errors.
    pub fn make_errors(&mut self) {
        self.0.iter_mut().for_each(|finding| finding.severity = Severity::Error);
    }

    /// The findings, errors first, else in the order in which they were found.
    pub fn into_vec(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }
}

/// What a check speaks about: the whole wheel or one of its files.
#[derive(Debug)]
pub struct Subject<'a> {
    findings: &'a mut Findings,
    check: &'static str,
    file: Option<String>,
}

impl Subject<'_> {
    /// Adds an error.
    pub fn error(&mut self, what: impl Into<String>) {
        self.add(Severity::Error, what.into());
    }

    /// Adds a warning.
    pub fn warning(&mut self, what: impl Into<String>) {
        self.add(Severity::Warning, what.into());
    }

    fn add(&mut self, severity: Severity, what: String) {
        let finding = Finding { severity, check: self.check, file: self.file.clone(), what };
        if !self.findings.0.contains(&finding) {
            self.findings.0.push(finding);
        }
    }
}
