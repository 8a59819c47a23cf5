//! The findings of several wheels, as text and to be written as JSON.

use std::fmt;

use serde::Serialize;

use crate::finding::{Finding, Severity};

/// What the audits of several wheels found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    wheels: Vec<AuditedWheel>,
    errors: usize,
    warnings: usize,
}

#[derive(Clone, Debug, Serialize)]
struct AuditedWheel {
    wheel: String,
    findings: Vec<Finding>,
}

impl Report {
    /// Adds what was found in a wheel, under the path or name that readers know it by.
    pub fn add(&mut self, wheel: impl Into<String>, findings: Vec<Finding>) {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let errors = findings.iter().filter(is_error).count();
        self.errors += errors;
        self.warnings += findings.len() - errors;
        self.wheels.push(AuditedWheel { wheel: wheel.into(), findings });
    }

    /// The errors of all wheels, and with `strict` the warnings too, a line each.
    pub fn failures(&self, strict: bool) -> Vec<String> {
        let mut lines = Vec::new();
        for AuditedWheel { wheel, findings } in &self.wheels {
            let counts = |finding: &&Finding| strict || finding.severity == Severity::Error;
            lines.extend(findings.iter().filter(counts).map(|what| format!("{wheel}: {what}")));
        }
        lines
    }
}

/// Below each wheel what was found, once for all files of which it is true.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_shortened = false;
        for AuditedWheel { wheel, findings } in
            self.wheels.iter().filter(|w| !w.findings.is_empty())
        {
            writeln!(f, "{wheel}")?;
            let is_alike = |a: &Finding, b: &Finding| {
                (a.severity, a.check, &a.what, a.file.is_some())
                    == (b.severity, b.check, &b.what, b.file.is_some())
            };
            for (at, finding) in findings.iter().enumerate() {
                if findings[..at].iter().any(|other| is_alike(other, finding)) {
                    continue;
                }
                let level = if finding.severity == Severity::Error { "error" } else { "warning" };
                let others = findings[at + 1..].iter().filter(|other| is_alike(other, finding));
                match (&finding.file, others.count()) {
                    (Some(file), others @ 1..) => {
                        is_shortened = true;
                        let files = if others == 1 {
                            "1 other file"
                        } else {
                            &format!("{others} other files")
                        };
                        writeln!(f, "  {level}: `{file}` and {files}: {}", finding.what)?;
                    }
                    _ => writeln!(f, "  {level}: {finding}")?,
                }
            }
        }
        let several = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        let wheels = several(self.wheels.len(), "wheel");
        let (errors, warnings) = (several(self.errors, "error"), several(self.warnings, "warning"));
        let all = if is_shortened { " (`--json` names all files)" } else { "" };
        write!(f, "audited {wheels}: {errors}, {warnings}{all}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn report(severities: &[Severity]) -> Report {
        let mut report = Report::default();
        let finding = |severity: &Severity| Finding {
            severity: *severity,
            check: "names",
            file: Some("a.py".to_owned()),
            what: format!("is {severity:?}"),
        };
        report.add("p.whl", severities.iter().map(finding).collect());
        report
    }

    #[test]
    fn warnings_count_where_they_are_asked_to() {
        let both = report(&[Severity::Error, Severity::Warning]);
        assert_eq!(both.failures(false), ["p.whl: `a.py` is Error"]);
        assert_eq!(both.failures(true), ["p.whl: `a.py` is Error", "p.whl: `a.py` is Warning"]);
        assert_eq!(report(&[Severity::Warning]).failures(false), [""; 0]);
        assert_eq!(report(&[]).failures(true), [""; 0]);
    }

    #[test]
    fn what_is_true_of_many_files_is_said_once() {
        let mut report = Report::default();
        let finding = |file: Option<&str>, what: &str, severity| Finding {
            severity,
            check: "names",
            file: file.map(str::to_owned),
            what: what.to_owned(),
        };
        let findings = vec![
            finding(None, "it is odd", Severity::Error),
            finding(Some("a"), "is odd", Severity::Warning),
            finding(Some("b"), "is even", Severity::Warning),
            finding(Some("c"), "is odd", Severity::Warning),
            finding(Some("d"), "is odd", Severity::Warning),
            finding(Some("e"), "is even", Severity::Warning),
        ];
        report.add("dist/p.whl", findings);
        report.add("dist/good.whl", Vec::new());
        expect![[r#"
            dist/p.whl
              error: it is odd
              warning: `a` and 2 other files: is odd
              warning: `b` and 1 other file: is even
            audited 2 wheels: 1 error, 5 warnings (`--json` names all files)"#]]
        .assert_eq(&report.to_string());
    }

    #[test]
    fn what_was_found_is_told_as_text_and_as_json() {
        let report = report(&[Severity::Warning]);
        assert_eq!(
            report.to_string(),
            "p.whl\n  warning: `a.py` is Warning\naudited 1 wheel: 0 errors, 1 warning"
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
        .assert_eq(&serde_json::to_string_pretty(&report).unwrap());
    }
}
