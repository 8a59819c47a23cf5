//! How long a function may be. In formatted code its end is as far in as its beginning, which says
//! enough without a parser for each language.

use super::{Finding, Language, language};

const LINES_MAX: usize = 70;

pub fn lengths(path: &str, text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let functions = match language(path, text) {
        Some(Language::Rust) => rust(&lines),
        Some(Language::Cpp) => cpp(&lines),
        Some(Language::Python) => python(&lines),
        _ => return Vec::new(),
    };
    let too_long = functions.into_iter().filter(|function| function.lines > LINES_MAX);
    let finding = |Function { at, lines }| {
        let what = format!("a function of {lines} lines");
        let remedy = format!("give its parts names of their own, {LINES_MAX} are the most");
        Finding::new(path, at + 1, what, remedy)
    };
    too_long.map(finding).collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    /// Where it begins, counted from 0.
    at: usize,
    lines: usize,
}

fn rust(lines: &[&str]) -> Vec<Function> {
    const BEFORE: &[&str] = &["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
    let begins = |line: &str| {
        line.split_whitespace().find(|word| !BEFORE.contains(word)).is_some_and(|word| word == "fn")
    };
    let starts = (0..lines.len()).filter(|at| begins(lines[*at]));
    starts.filter_map(|at| until_brace(lines, at, at)).collect()
}

/// What has parentheses before its brace and is no other statement.
fn cpp(lines: &[&str]) -> Vec<Function> {
    const OTHERS: &[&str] = &[
        "}",
        "if",
        "for",
        "while",
        "switch",
        "else",
        "do",
        "try",
        "catch",
        "namespace",
        "class",
        "struct",
        "enum",
        "union",
        "extern",
        "return",
        "//",
    ];
    let mut functions = Vec::new();
    for (opens, line) in lines.iter().enumerate().filter(|(_, line)| line.ends_with('{')) {
        // What is further in belongs to a statement that begins above.
        let above = (0..=opens).rev();
        let at = above
            .take_while(|at| !lines[*at].trim().is_empty())
            .find(|at| {
                indent(lines[*at]) < indent(line) || *at == opens && !continues(lines, opens)
            })
            .unwrap_or(opens);
        let statement = lines[at..=opens].join(" ");
        let first = statement.trim_start().split([' ', '(']).next().unwrap_or_default();
        if statement.contains('(') && !statement.contains("](") && !OTHERS.contains(&first) {
            functions.extend(until_brace(lines, at, opens));
        }
    }
    functions
}

/// Whether a line goes on with the statement of the line before it.
fn continues(lines: &[&str], at: usize) -> bool {
    at > 0 && lines[at - 1].trim_end().ends_with([',', '('])
}

/// To the brace that closes what begins at a line and opens at that or a later one.
fn until_brace(lines: &[&str], at: usize, opens: usize) -> Option<Function> {
    let closing = format!("{}}}", " ".repeat(indent(lines[at])));
    if opens == at && (lines[at].ends_with('}') || lines[at].ends_with(';')) {
        return None;
    }
    let length = lines[at + 1..].iter().position(|line| line.starts_with(&closing))?;
    Some(Function { at, lines: length + 2 })
}

fn python(lines: &[&str]) -> Vec<Function> {
    let begins = |line: &str| {
        let line = line.trim_start();
        line.starts_with("def ") || line.starts_with("async def ")
    };
    let starts = (0..lines.len()).filter(|at| begins(lines[*at]));
    starts.map(|at| Function { at, lines: python_length(&lines[at..]) }).collect()
}

/// To the last line that is further in than the first, or closes its parentheses.
fn python_length(lines: &[&str]) -> usize {
    let outer = indent(lines[0]);
    let is_within = |line: &str| {
        line.trim().is_empty() || indent(line) > outer || line.trim_start().starts_with(')')
    };
    let body = lines[1..].iter().take_while(|line| is_within(line)).count();
    let blank = lines[..=body].iter().rev().take_while(|line| line.trim().is_empty()).count();
    1 + body - blank
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::steps::tidy::tests::check;

    fn found(functions: fn(&[&str]) -> Vec<Function>, text: &str) -> Vec<(usize, usize)> {
        let lines: Vec<&str> = text.lines().collect();
        functions(&lines).into_iter().map(|function| (function.at, function.lines)).collect()
    }

    #[test]
    fn a_function_of_70_lines_is_the_longest() {
        let function = |body: usize| format!("pub fn f() {{\n{}}}\n", "    g();\n".repeat(body));
        check(lengths, "a.rs", &function(68), &[]);
        check(lengths, "a.rs", &function(69), &["1: a function of 71 lines"]);
        check(
            lengths,
            "a.cpp",
            &function(69).replace("pub fn", "void"),
            &["1: a function of 71 lines"],
        );
        check(
            lengths,
            "a.py",
            &format!("def f():\n{}", "    g()\n".repeat(70)),
            &["1: a function of 71 lines"],
        );
        check(lengths, "a.toml", &function(69), &[]);
    }

    #[test]
    fn functions_of_rust_end_at_their_brace() {
        let text = "impl A {\n    pub fn a(\n        b: B,\n    ) -> C\n    where\n\
                    \x20       B: D,\n    {\n        {\n        }\n    }\n\n\
                    \x20   fn short() {}\n    fn none();\n}\n";
        assert_eq!(found(rust, text), [(1, 9)]);
        assert_eq!(found(rust, "unsafe fn a() {\n    b\n}\nfn c() {\n}\n"), [(0, 3), (3, 2)]);
        assert_eq!(found(rust, "let x = fn_of(1) {\n}\n"), []);
    }

    #[test]
    fn functions_of_cpp_are_told_from_other_braces() {
        let text = "namespace a {\n\nstatus f(int b,\n         int c) {\n\
                    \x20   if (b) {\n        g();\n    }\n    for (;;) {\n    }\n\
                    \x20   h([&](int i) {\n        i;\n    });\n}\n\n\
                    struct s {\n    int get() const {\n        return 1;\n    }\n};\n\n}\n";
        assert_eq!(found(cpp, text), [(2, 11), (15, 3)]);
    }

    #[test]
    fn functions_of_python_end_with_their_last_line() {
        let text = "def a(\n    b,\n):\n    c()\n\n    d()\n\n\nclass E:\n    def f(self):\n\
                    \x20       pass\n\n    x = 1\n";
        assert_eq!(found(python, text), [(0, 6), (9, 2)]);
    }
}
