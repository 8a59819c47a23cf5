//! What a file shows by itself: its purpose, its length, whose machine it names, how a script ends.

use super::{TextFile, Violation};

const LINES_MAX: usize = 400;

/// The helper decides, and a script does.
const SCRIPT_LINES_MAX: usize = 60;

pub fn findings(source: &TextFile) -> Vec<Violation> {
    let TextFile { path, text } = source;
    let comments = comments(path, text);
    let is_shell = text.starts_with("#!") && text.lines().next().is_some_and(|l| l.ends_with("sh"));
    let mut findings = private_paths(source);
    if !comments.is_empty() {
        findings.extend(purpose(source, comments));
        let max = if is_shell { SCRIPT_LINES_MAX } else { LINES_MAX };
        let lines = text.lines().count();
        if lines > max {
            let remedy = format!("divide it by what its parts own, {max} are the most");
            findings.push(Violation::new(path, lines, format!("a file of {lines} lines"), remedy));
        }
    }
    if is_shell && !text.lines().any(|line| line.starts_with("set -eu")) {
        let remedy = "write `set -eu`, in bash `set -euo pipefail`, below its purpose";
        findings.push(Violation::new(path, 1, "the script goes on after a failure", remedy));
    }
    findings
}

/// How comments begin in a source file; other files are prose, data or generated.
fn comments(path: &str, text: &str) -> &'static [&'static str] {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit('.').next().unwrap_or(name) {
        "rs" => &["//!"],
        "cpp" | "h" => &["//"],
        "py" | "pyi" => &["\"\"\"", "r\"\"\"", "#"],
        "sh" | "toml" | "yml" | "yaml" | "cmake" | "cfg" | "Dockerfile" => &["#"],
        _ if name == "CMakeLists.txt" || text.starts_with("#!") => &["#"],
        _ => &[],
    }
}

/// The first line says what the file owns, in two words at least.
fn purpose(source: &TextFile, comments: &[&str]) -> Option<Violation> {
    let mut lines = source.text.lines().enumerate();
    let (at, line) = lines.find(|(_, line)| !line.starts_with("#!")).unwrap_or_default();
    let comment = comments.iter().find_map(|begin| line.strip_prefix(begin));
    let remedy = format!("open it with `{} …` and a few words", comments[0]);
    let is_missing = comment.unwrap_or_default().split_whitespace().count() < 2;
    let what = "the file does not say what it owns";
    is_missing.then(|| Violation::new(&source.path, at + 1, what, remedy))
}

/// How a path of somebody's own begins. In two pieces, so that this file has none.
const HOMES: &[(&str, &str)] =
    &[("/ho", "me/"), ("/Us", "ers/"), (r"C:\Us", r"ers\"), ("/ro", "ot/")];

/// In examples and fixtures there is a user of this name.
const NOBODY: &str = "dev";

fn private_paths(source: &TextFile) -> Vec<Violation> {
    let mut findings = Vec::new();
    for (first, second) in HOMES {
        let home = format!("{first}{second}");
        for (at, _) in source.text.match_indices(&home) {
            let (before, after) = (&source.text[..at], &source.text[at + home.len()..]);
            let is_within = before.ends_with(|c: char| c.is_alphanumeric() || "._}".contains(c));
            if !is_within && after.split(['/', '\\', '\n']).next() != Some(NOBODY) {
                let line = 1 + before.matches('\n').count();
                let remedy = format!("make it relative; in an example the user is `{NOBODY}`");
                let what = format!("a path below `{home}`");
                findings.push(Violation::new(&source.path, line, what, remedy));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::tests::source, *};

    #[track_caller]
    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = findings(&source(path, text));
        let said: Vec<String> = found.iter().map(|f| format!("{}: {}", f.line, f.what)).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn a_purpose_in_the_first_line_is_enough() {
        check("a.rs", "//! What a plan is.\nuse x;\n", &[]);
        check("a.h", "// a.h: the shape of a tensor.\n#pragma once\n", &[]);
        check("a.py", "\"\"\"What it does.\"\"\"\n", &[]);
        check("a.sh", "#!/bin/sh\n# What it does.\nset -eu\n", &[]);
        check("libalgebra/CMakeLists.txt", "# How it is built.\n", &[]);
        for other in ["README.md", "Cargo.lock", "LICENSE", "a.json"] {
            check(other, "esig\n", &[]);
        }
    }

    #[test]
    fn without_a_purpose_it_is_a_finding() {
        let missing = "the file does not say what it owns";
        check("a.rs", "use x;\n", &[&format!("1: {missing}")]);
        check("a.rs", "// no doc comment\n", &[&format!("1: {missing}")]);
        check("a.py", "", &[&format!("1: {missing}")]);
        check("a.toml", "#\n", &[&format!("1: {missing}")]);
        check(".ci/run", "#!/bin/sh\nset -eu\n", &[&format!("2: {missing}")]);
    }

    #[test]
    fn a_file_of_400_lines_is_the_longest_and_a_script_of_60() {
        let rust = |lines: usize| format!("//! What it owns.\n{}", "\n".repeat(lines - 1));
        check("a.rs", &rust(400), &[]);
        check("a.rs", &rust(401), &["401: a file of 401 lines"]);
        check("a.md", &rust(401), &[]);
        let long = format!("#!/bin/sh\n# Its purpose.\nset -eu\n{}", "true\n".repeat(58));
        check(".ci/run", &long, &["61: a file of 61 lines"]);
    }

    #[test]
    fn a_shell_script_stops_at_a_failure() {
        check("a.sh", "#!/usr/bin/env bash\n# Its purpose.\nset -euo pipefail\n", &[]);
        let found = "1: the script goes on after a failure";
        check("a.sh", "#!/bin/bash\n# Its purpose.\nset -e\n", &[found]);
    }

    #[test]
    fn a_path_of_somebody_is_found_and_one_of_nobody_is_not() {
        let home = ["/ho", "me/"].concat();
        check("a.json", &format!("\"{home}dev/.pyenv\""), &[]);
        check("a.md", &format!("x\nsee {home}ada"), &[&format!("2: a path below `{home}`")]);
        check("a.txt", "src/root/x and $HOME/x and ~/x", &[]);
    }
}
