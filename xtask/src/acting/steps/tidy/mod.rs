//! `cargo xtask tidy`: the rules that no other tool checks, one file per kind.

mod documents;
mod layers;
mod lengths;
mod places;
mod purposes;
mod scripts;
mod workflows;

use std::fmt;

use anyhow::bail;
use camino::Utf8Path;

use super::stage::project_files;

/// What is against a rule, where, and the way out.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    what: String,
    remedy: String,
}

/// A text file of the project; its path is relative to the root and uses `/`.
struct Source {
    path: String,
    text: String,
}

/// What one file shows by itself.
type Rule = fn(path: &str, text: &str) -> Vec<Finding>;

const RULES: &[Rule] = &[
    purposes::says_what_it_owns,
    lengths::of_files,
    scripts::is_named_verb_noun,
    scripts::is_strict_and_short,
    places::of_a_machine,
    workflows::pins_actions,
];

/// What only several files together show.
type RuleOfAll = fn(&[Source]) -> Vec<Finding>;

const RULES_OF_ALL: &[RuleOfAll] = &[
    layers::are_kept,
    scripts::are_referenced,
    documents::changelog_has_the_version,
    documents::readme_has_matrix,
    workflows::run_what_there_is,
];

/// All findings at once.
pub fn tidy(root: &Utf8Path) -> anyhow::Result<()> {
    let mut findings = findings(&sources(root)?);
    if findings.is_empty() {
        return Ok(());
    }
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    bail!("{} findings\n{}", lines.len(), lines.join("\n"))
}

fn findings(sources: &[Source]) -> Vec<Finding> {
    let of_one = sources.iter().flat_map(|source| {
        RULES.iter().flat_map(|rule| rule(&source.path, &source.text)).collect::<Vec<_>>()
    });
    of_one.chain(RULES_OF_ALL.iter().flat_map(|rule| rule(sources))).collect()
}

/// The project's files that are text and still there.
fn sources(root: &Utf8Path) -> anyhow::Result<Vec<Source>> {
    let read = |path: camino::Utf8PathBuf| {
        let bytes = std::fs::read(root.join(&path)).ok()?;
        Some(Source { path: path.into_string(), text: String::from_utf8(bytes).ok()? })
    };
    Ok(project_files(root)?.into_iter().filter_map(read).collect())
}

impl Finding {
    /// `line` counts from 1.
    fn new(path: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Finding { path, line, what, remedy } = self;
        write!(f, "{path}:{line}: {what}; {remedy}")
    }
}

/// What kind of text a file is, as far as the rules differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Rust,
    Cpp,
    Python,
    Shell,
    /// Configuration: TOML, YAML, CMake, Dockerfiles.
    Hash,
    Markdown,
}

fn language(path: &str, text: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match (ending, name) {
        ("rs", _) => Some(Language::Rust),
        ("cpp" | "h", _) => Some(Language::Cpp),
        ("py" | "pyi", _) => Some(Language::Python),
        ("sh", _) => Some(Language::Shell),
        ("md", _) => Some(Language::Markdown),
        ("toml" | "yml" | "yaml" | "cmake", _) | (_, "CMakeLists.txt" | "setup.cfg") => {
            Some(Language::Hash)
        }
        _ if name.starts_with("Dockerfile") => Some(Language::Hash),
        _ if text.starts_with("#!") && text.lines().next()?.ends_with("sh") => {
            Some(Language::Shell)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rule says about a text, a line each.
    #[track_caller]
    pub fn check(rule: Rule, path: &str, text: &str, expected: &[&str]) {
        let said: Vec<String> = rule(path, text)
            .iter()
            .map(|finding| format!("{}: {}", finding.line, finding.what))
            .collect();
        assert_eq!(said, expected);
    }

    pub fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_finding_is_a_line_with_its_place_and_the_way_out() {
        let finding = Finding::new("a/b.rs", 3, "a line of 120 columns", "break it before 100");
        assert_eq!(finding.to_string(), "a/b.rs:3: a line of 120 columns; break it before 100");
    }

    #[test]
    fn languages_are_told_by_name_or_first_line() {
        assert_eq!(language("esig/tosig.pyi", ""), Some(Language::Python));
        assert_eq!(language("libalgebra/CMakeLists.txt", ""), Some(Language::Hash));
        assert_eq!(language(".ci/run", "#!/usr/bin/env bash\n"), Some(Language::Shell));
        assert_eq!(language("LICENSE", "MIT"), None);
    }
}
