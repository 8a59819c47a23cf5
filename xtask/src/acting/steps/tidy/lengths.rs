//! How long a file may be: one idea.

use super::{Finding, Language, language};

const FILE_LINES_MAX: usize = 400;

pub fn of_files(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let is_prose = language(path, text).is_none_or(|it| it == Language::Markdown);
    if is_prose || lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    let remedy = format!("divide it by what its parts own, {FILE_LINES_MAX} are the most");
    vec![Finding::new(path, lines, format!("a file of {lines} lines"), remedy)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::check;

    #[test]
    fn a_file_of_400_lines_is_the_longest() {
        check(of_files, "a.rs", &"\n".repeat(400), &[]);
        check(of_files, "a.rs", &"\n".repeat(401), &["401: a file of 401 lines"]);
        check(of_files, "a.md", &"\n".repeat(401), &[]);
    }
}
