//! `cargo xtask tidy`: the rules that no other tool checks.

mod documents;
mod files;
mod layers;

use std::{fmt, fs};

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};

use crate::acting::files::project_files;

/// What is against a rule, where, and the way out.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    what: String,
    remedy: String,
}

/// A text file of the project; its path is relative to the root and uses `/`.
struct TextFile {
    path: String,
    text: String,
}

/// Fails with all findings at once.
pub fn tidy(root: &Utf8Path) -> anyhow::Result<()> {
    // The project's files that are text and still there.
    let read = |path: Utf8PathBuf| {
        let text = fs::read_to_string(root.join(&path)).ok()?;
        Some(TextFile { path: path.into_string(), text })
    };
    let sources: Vec<TextFile> = project_files(root)?.into_iter().filter_map(read).collect();
    let mut findings: Vec<Violation> = sources.iter().flat_map(files::findings).collect();
    findings.extend(layers::findings(&sources));
    findings.extend(documents::readme_has_matrix(&sources));
    findings.extend(documents::workflows_run_what_there_is(&sources));
    findings.extend(documents::scripts_are_named(&sources));
    if findings.is_empty() {
        return Ok(());
    }
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    let lines: Vec<String> = findings.iter().map(Violation::to_string).collect();
    bail!("{} findings\n{}", lines.len(), lines.join("\n"))
}

impl Violation {
    /// `line` counts from 1.
    fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Violation {
        Violation { path: path.to_owned(), line, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Violation { path, line, what, remedy } = self;
        write!(f, "{path}:{line}: {what}; {remedy}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn source(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_finding_is_a_line_with_its_place_and_the_way_out() {
        let finding = Violation::new("a/b.rs", 3, "a line of 120 columns", "break it before 100");
        assert_eq!(finding.to_string(), "a/b.rs:3: a line of 120 columns; break it before 100");
    }
}
