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

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn report(strict: bool, levels: &[Level]) -> Report {
        let mut report = Report::new(strict);
        let finding = |level: &Level| Finding {
            level: *level,
            check: "names",
            file: Some("a.py".to_owned()),
            what: format!("is {level:?}"),
        };
        report.add(Utf8Path::new("p.whl"), levels.iter().map(finding).collect());
        report
    }

    fn verdict(strict: bool, levels: &[Level]) -> Option<String> {
        report(strict, levels).verdict().err().map(|error| error.to_string())
    }

    #[test]
    fn warnings_count_where_they_are_asked_to() {
        let both = [Level::Error, Level::Warning];
        assert_eq!(verdict(false, &both).unwrap(), "p.whl: `a.py` is Error");
        assert_eq!(
            verdict(true, &both).unwrap(),
            "p.whl: `a.py` is Error\np.whl: `a.py` is Warning"
        );
        assert_eq!(verdict(false, &[Level::Warning]), None);
        assert_eq!(verdict(true, &[]), None);
    }

    #[test]
    fn what_is_no_error_is_told_as_text_and_all_as_json() {
        let report = report(false, &[Level::Warning]);
        assert_eq!(
            report.to_string(),
            "warning: p.whl: `a.py` is Warning\naudited 1: no errors, 1 warnings"
        );
        expect![[r#"
            {
              "wheels": [
                {
                  "wheel": "p.whl",
                  "findings": [
                    {
                      "level": "warning",
                      "check": "names",
                      "file": "a.py",
                      "what": "is Warning"
                    }
                  ]
                }
              ],
              "errors": 0,
              "warnings": 1
            }"#]]
        .assert_eq(&report.as_json());
    }
}
