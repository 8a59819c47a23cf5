//! A report of the audits of several wheels, as text or to be serialised.

use std::fmt;

use serde::Serialize;

use crate::finding::{Finding, Severity};

/// The findings of several wheels; `Display` is a text for people, `Serialize` has all details.
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

    /// Whether the text names one file where the same is true of several.
    pub fn is_shortened(&self) -> bool {
        self.wheels.iter().any(|wheel| grouped(&wheel.findings).iter().any(|(_, count)| *count > 1))
    }

    /// One line for each error, and with `strict` for each warning.
    pub fn failures(&self, strict: bool) -> Vec<String> {
        let mut lines = Vec::new();
        for AuditedWheel { wheel, findings } in &self.wheels {
            let counts = |finding: &&Finding| strict || finding.severity == Severity::Error;
            lines.extend(findings.iter().filter(counts).map(|what| format!("{wheel}: {what}")));
        }
        lines
    }
}

/// Lists below each wheel its findings; one that is true of several files names the first of them.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for AuditedWheel { wheel, findings } in
            self.wheels.iter().filter(|w| !w.findings.is_empty())
        {
            writeln!(f, "{wheel}")?;
            for (finding, count) in grouped(findings) {
                let severity = finding.severity;
                match (&finding.file, count - 1) {
                    (Some(file), others @ 1..) => {
                        let others = counted(others, "other file");
                        writeln!(f, "  {severity}: `{file}` and {others}: {}", finding.what)?;
                    }
                    _ => writeln!(f, "  {severity}: {finding}")?,
                }
            }
        }
        let wheels = counted(self.wheels.len(), "wheel");
        let (errors, warnings) = (counted(self.errors, "error"), counted(self.warnings, "warning"));
        write!(f, "audited {wheels}: {errors}, {warnings}")
    }
}

/// Groups findings that differ in their files alone: the first of each group and its size.
fn grouped(findings: &[Finding]) -> Vec<(&Finding, usize)> {
    let mut groups: Vec<(&Finding, usize)> = Vec::new();
    for finding in findings {
        let is_alike = |other: &Finding| {
            (other.severity, other.check, &other.what, other.file.is_some())
                == (finding.severity, finding.check, &finding.what, finding.file.is_some())
        };
        match groups.iter_mut().find(|(first, _)| is_alike(first)) {
            Some((_, count)) => *count += 1,
            None => groups.push((finding, 1)),
        }
    }
    groups
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
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
            audited 2 wheels: 1 error, 5 warnings"#]]
        .assert_eq(&report.to_string());
        assert!(report.is_shortened());
    }

    #[test]
    fn what_was_found_is_told_as_text_and_as_json() {
        let report = report(&[Severity::Warning]);
        assert_eq!(
            report.to_string(),
            "p.whl\n  warning: `a.py` is Warning\naudited 1 wheel: 0 errors, 1 warning"
        );
        assert!(!report.is_shortened());
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
