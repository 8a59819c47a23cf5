//! The findings of several wheels, as text and as JSON, and whether they are good enough.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::finding::{Finding, Level};

#[derive(Debug, Serialize)]
pub struct Report {
    wheels: Vec<Audited>,
    errors: usize,
    warnings: usize,
    #[serde(skip)]
    strict: bool,
}

#[derive(Debug, Serialize)]
struct Audited {
    wheel: Utf8PathBuf,
    findings: Vec<Finding>,
}

impl Report {
    /// With `strict`, warnings count as errors do.
    pub fn new(strict: bool) -> Report {
        Report { wheels: Vec::new(), errors: 0, warnings: 0, strict }
    }

    pub fn add(&mut self, wheel: &Utf8Path, findings: Vec<Finding>) {
        let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
        self.errors += errors;
        self.warnings += findings.len() - errors;
        self.wheels.push(Audited { wheel: wheel.to_owned(), findings });
    }

    /// An error with all that is not good enough, one line each.
    pub fn verdict(&self) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        for Audited { wheel, findings } in &self.wheels {
            let counts = |finding: &&Finding| self.strict || finding.level == Level::Error;
            lines.extend(findings.iter().filter(counts).map(|what| format!("{wheel}: {what}")));
        }
        if lines.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(lines.join("\n"))) }
    }

    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("findings are plain data")
    }
}

/// What the verdict leaves out: warnings, and how many were looked at if there is no error.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for Audited { wheel, findings } in &self.wheels {
            for finding in findings.iter().filter(|finding| finding.level == Level::Warning) {
                writeln!(f, "warning: {wheel}: {finding}")?;
            }
        }
        if self.errors == 0 {
            let (count, warnings) = (self.wheels.len(), self.warnings);
            write!(f, "audited {count}: no errors, {warnings} warnings")?;
        }
        Ok(())
    }
}
