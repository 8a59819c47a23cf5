//! Every source file opens with a line that says what it owns.

use super::{Finding, Language, language};

pub fn says_what_it_owns(path: &str, text: &str) -> Vec<Finding> {
    let Some(markers) = language(path, text).map(markers).filter(|markers| !markers.is_empty())
    else {
        return Vec::new();
    };
    let is_generated = path.ends_with(".lock");
    let mut lines = text.lines().enumerate();
    let Some((at, line)) = lines.find(|(_, line)| !line.starts_with("#!")) else {
        return missing(path, 1, markers);
    };
    let said = markers.iter().find_map(|marker| line.strip_prefix(marker));
    let words = said.map_or(0, |said| said.split_whitespace().count());
    if is_generated || words >= 2 { Vec::new() } else { missing(path, at + 1, markers) }
}

fn missing(path: &str, line: usize, markers: &[&str]) -> Vec<Finding> {
    let remedy = format!("open it with `{} …` and a few words", markers[0]);
    vec![Finding::new(path, line, "the file does not say what it owns", remedy)]
}

fn markers(language: Language) -> &'static [&'static str] {
    match language {
        Language::Rust => &["//!"],
        Language::Cpp => &["//"],
        Language::Python => &["\"\"\"", "r\"\"\"", "#"],
        Language::Shell | Language::Hash => &["#"],
        Language::Markdown => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::check;

    const MISSING: &str = "the file does not say what it owns";

    #[test]
    fn a_purpose_in_the_first_line_is_enough() {
        check(says_what_it_owns, "a.rs", "//! What a plan is.\nuse x;\n", &[]);
        check(says_what_it_owns, "a.h", "// a.h: the shape of a tensor.\n#pragma once\n", &[]);
        check(says_what_it_owns, "a.py", "\"\"\"What it does.\"\"\"\n", &[]);
        check(says_what_it_owns, "a.sh", "#!/bin/sh\n# What it does.\n", &[]);
        check(says_what_it_owns, "README.md", "esig\n", &[]);
    }

    #[test]
    fn without_one_it_is_a_finding() {
        check(says_what_it_owns, "a.rs", "use x;\n", &[&format!("1: {MISSING}")]);
        check(says_what_it_owns, "a.rs", "// no doc comment\n", &[&format!("1: {MISSING}")]);
        check(says_what_it_owns, "a.py", "", &[&format!("1: {MISSING}")]);
        check(says_what_it_owns, "a.toml", "#\n", &[&format!("1: {MISSING}")]);
        check(says_what_it_owns, "a.sh", "#!/bin/sh\nset -e\n", &[&format!("2: {MISSING}")]);
    }
}
