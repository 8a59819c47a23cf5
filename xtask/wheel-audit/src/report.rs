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

    /// An error if something is not good enough, for who has read the report.
    pub fn short_verdict(&self) -> anyhow::Result<()> {
        let warnings = if self.strict { self.warnings } else { 0 };
        anyhow::ensure!(
            self.errors + warnings == 0,
            "not every wheel keeps what its name and metadata promise"
        );
        Ok(())
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

/// Below each wheel what was found, once for all files of which it is true.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut is_shortened = false;
        for Audited { wheel, findings } in self.wheels.iter().filter(|w| !w.findings.is_empty()) {
            writeln!(f, "{wheel}")?;
            let is_alike = |a: &Finding, b: &Finding| {
                (a.level, a.check, &a.what, a.file.is_some())
                    == (b.level, b.check, &b.what, b.file.is_some())
            };
            for (at, finding) in findings.iter().enumerate() {
                if findings[..at].iter().any(|other| is_alike(other, finding)) {
                    continue;
                }
                let level = if finding.level == Level::Error { "error" } else { "warning" };
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
    fn what_is_true_of_many_files_is_said_once() {
        let mut report = Report::new(false);
        let finding = |file: Option<&str>, what: &str, level| Finding {
            level,
            check: "names",
            file: file.map(str::to_owned),
            what: what.to_owned(),
        };
        let findings = vec![
            finding(None, "it is odd", Level::Error),
            finding(Some("a"), "is odd", Level::Warning),
            finding(Some("b"), "is even", Level::Warning),
            finding(Some("c"), "is odd", Level::Warning),
            finding(Some("d"), "is odd", Level::Warning),
            finding(Some("e"), "is even", Level::Warning),
        ];
        report.add(Utf8Path::new("dist/p.whl"), findings);
        report.add(Utf8Path::new("dist/good.whl"), Vec::new());
        expect![[r#"
            dist/p.whl
              error: it is odd
              warning: `a` and 2 other files: is odd
              warning: `b` and 1 other file: is even
            audited 2 wheels: 1 error, 5 warnings (`--json` names all files)"#]]
        .assert_eq(&report.to_string());
        assert!(report.short_verdict().is_err());
    }

    #[test]
    fn what_was_found_is_told_as_text_and_as_json() {
        let report = report(false, &[Level::Warning]);
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
        .assert_eq(&report.as_json());
    }
}
