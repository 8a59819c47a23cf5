//! Scripts: their names, their strictness, and that somebody uses them.

use super::{Finding, Language, Source, language};

const LINES_MAX: usize = 60;

/// What scripts are named with; a new verb is welcome here if none of these fits.
const VERBS: &[&str] = &[
    "build",
    "check",
    "compare",
    "fetch",
    "find",
    "install",
    "list",
    "lock",
    "make",
    "measure",
    "prepare",
    "print",
    "provision",
    "record",
    "run",
    "start",
    "test",
    "update",
    "write",
];

/// Found by a name that is put together: whose beginning it has, and who does it.
const FAMILIES: &[&str] = &["build-scripts/requirements/test-cp"];

pub fn is_named_verb_noun(path: &str, text: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    // The one door of the continuous integration is just that.
    if !is_script(path, text) || path == ".ci/run" {
        return Vec::new();
    }
    let mut words = stem.split('-');
    let has_verb = words.next().is_some_and(|verb| VERBS.contains(&verb));
    let is_plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    if has_verb && words.clone().next().is_some() && words.all(is_plain) {
        return Vec::new();
    }
    let remedy = format!("name it with one of {} and a noun, `-` between", VERBS.join(", "));
    vec![Finding::new(path, 1, format!("`{name}` does not say what it does to what"), remedy)]
}

pub fn is_strict_and_short(path: &str, text: &str) -> Vec<Finding> {
    if language(path, text) != Some(Language::Shell) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let is_bash = text.lines().next().is_some_and(|line| line.ends_with("bash"));
    let strictness = if is_bash { "set -euo pipefail" } else { "set -eu" };
    if !text.lines().any(|line| line == strictness) {
        let remedy = format!("write `{strictness}` below its purpose");
        findings.push(Finding::new(path, 1, "the script goes on after a failure", remedy));
    }
    let lines = text.lines().count();
    if lines >= LINES_MAX {
        let what = format!("a script of {lines} lines");
        let remedy = format!("let xtask decide and the script do, in less than {LINES_MAX}");
        findings.push(Finding::new(path, lines, what, remedy));
    }
    findings
}

/// By name, in some other file.
pub fn are_referenced(sources: &[Source]) -> Vec<Finding> {
    let is_wanted = |source: &&Source| {
        let path = source.path.as_str();
        is_script(path, &source.text) || path.starts_with("build-scripts/requirements/")
    };
    let is_referenced = |source: &&Source| {
        let path = source.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        let names = |other: &&Source| other.path != path && other.text.contains(name);
        FAMILIES.iter().any(|family| path.starts_with(family)) || sources.iter().any(|o| names(&o))
    };
    let finding = |source: &Source| {
        Finding::new(&source.path, 1, "nothing refers to it", "use it or delete it")
    };
    sources.iter().filter(is_wanted).filter(|s| !is_referenced(s)).map(finding).collect()
}

fn is_script(path: &str, text: &str) -> bool {
    let in_folder = path.starts_with("build-scripts/") || path.starts_with(".ci/");
    let kinds = [Some(Language::Shell), Some(Language::Python)];
    in_folder && kinds.contains(&language(path, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::{check, source};

    #[test]
    fn a_script_is_named_with_a_verb_and_a_noun() {
        check(is_named_verb_noun, "build-scripts/check-platform-tag.py", "", &[]);
        check(is_named_verb_noun, ".ci/run", "#!/bin/bash\n", &[]);
        check(is_named_verb_noun, "esig/tosig.py", "", &[]);
        check(
            is_named_verb_noun,
            "build-scripts/tags.py",
            "",
            &["1: `tags.py` does not say what it does to what"],
        );
        check(
            is_named_verb_noun,
            "build-scripts/platform-check.sh",
            "",
            &["1: `platform-check.sh` does not say what it does to what"],
        );
    }

    #[test]
    fn a_shell_script_stops_at_a_failure_and_is_short() {
        let strict = "#!/usr/bin/env bash\n# Purpose.\nset -euo pipefail\n";
        check(is_strict_and_short, "a.sh", strict, &[]);
        check(is_strict_and_short, "a.sh", "#!/bin/sh\n# Purpose.\nset -eu\n", &[]);
        check(is_strict_and_short, "a.py", "", &[]);
        check(
            is_strict_and_short,
            "a.sh",
            "#!/bin/bash\nset -e\n",
            &["1: the script goes on after a failure"],
        );
        let long = format!("{strict}{}", "true\n".repeat(57));
        check(is_strict_and_short, ".ci/run", &long, &["60: a script of 60 lines"]);
    }

    #[test]
    fn a_script_that_nobody_names_is_found() {
        let used = source("build-scripts/lock-requirements.sh", "");
        let unused = source("build-scripts/requirements/old.txt", "old.txt");
        let user = source("README.md", "Run `build-scripts/lock-requirements.sh`.");
        let family = source("build-scripts/requirements/test-cp38.txt", "");
        let found = are_referenced(&[used, unused, user, family]);
        let paths: Vec<&str> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["build-scripts/requirements/old.txt"]);
    }
}
