//! How long a file may be, and a line of it.

use super::{Finding, Language, language};

const FILE_LINES_MAX: usize = 400;
const LINE_COLUMNS_MAX: usize = 100;

pub fn of_files(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let is_prose = language(path, text).is_none_or(|it| it == Language::Markdown);
    if is_prose || lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    let remedy = format!("divide it by what its parts own, {FILE_LINES_MAX} are the most");
    vec![Finding::new(path, lines, format!("a file of {lines} lines"), remedy)]
}

/// But for tables and addresses in Markdown, and for what a snapshot shows of an output.
pub fn of_lines(path: &str, text: &str) -> Vec<Finding> {
    let Some(language) = language(path, text) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut in_snapshot = false;
    for (at, line) in text.lines().enumerate() {
        in_snapshot = match language {
            Language::Rust if in_snapshot => !line.trim_start().starts_with("\"#"),
            Language::Rust => line.trim_end().ends_with("r#\""),
            _ => false,
        };
        let is_unbreakable = language == Language::Markdown
            && (line.starts_with('|') || !line.trim_start_matches(['-', ' ']).contains(' '));
        let columns = line.chars().count();
        if columns > LINE_COLUMNS_MAX && !in_snapshot && !is_unbreakable {
            let what = format!("a line of {columns} columns");
            let remedy = format!("break it, {LINE_COLUMNS_MAX} are the most");
            findings.push(Finding::new(path, at + 1, what, remedy));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::steps::tidy::tests::check;

    #[test]
    fn a_file_of_400_lines_is_the_longest() {
        check(of_files, "a.rs", &"x\n".repeat(400), &[]);
        check(of_files, "a.rs", &"x\n".repeat(401), &["401: a file of 401 lines"]);
        check(of_files, "data.json", &"x\n".repeat(401), &[]);
    }

    #[test]
    fn a_line_of_100_columns_is_the_longest() {
        check(of_lines, "a.py", &"é".repeat(100), &[]);
        check(of_lines, "a.py", &format!("\n{}", "é".repeat(101)), &["2: a line of 101 columns"]);
        check(of_lines, "LICENSE", &"x".repeat(101), &[]);
    }

    #[test]
    fn tables_addresses_and_snapshots_are_as_wide_as_they_are() {
        let wide = "x".repeat(101);
        check(of_lines, "README.md", &format!("| {wide} y |\n- {wide}\n"), &[]);
        check(of_lines, "README.md", &format!("see {wide}"), &["1: a line of 105 columns"]);
        check(of_lines, "a.rs", &format!("expect![[r#\"\n{wide}\n\"#]];\n"), &[]);
        check(of_lines, "a.rs", &format!("r#\"\n\"#\n{wide}"), &["3: a line of 101 columns"]);
    }
}
