//! The report as Markdown, as GitHub shows it below a step.

use super::{Report, matrix, wheels::Status};

pub fn as_markdown(report: &Report) -> String {
    let mut text = format!("## esig: {}\n\n{}\n", report.verdict(), report.summary());
    if !report.promises.is_empty() {
        let rows = report.promises.iter();
        let rows = rows.map(|row| vec![plain(row.check), plain(row.promise), plain(&row.brief())]);
        text.push_str(&table(&owned(&["check", "promise", "result"]), rows));
    }
    let matrix = matrix::of_rows(&report.wheels);
    if !matrix.lines.is_empty() {
        let head = [vec!["target".to_owned()], owned(&matrix.interpreters)].concat();
        let rows = matrix.lines.iter().map(|line| {
            let cells = line.cells.iter().map(|status| status.map(cell).unwrap_or_default());
            [vec![line.target.to_owned()], cells.collect()].concat()
        });
        text.push_str(&table(&head, rows));
    }
    let suites = report.suites();
    if !suites.is_empty() {
        let rows = suites.iter().map(|(name, result)| vec![plain(name), plain(result)]);
        text.push_str(&table(&owned(&["suite", "result"]), rows));
    }
    let failed: Vec<String> =
        report.failed.iter().map(|line| format!("- {}\n", plain(line))).collect();
    if !failed.is_empty() {
        text.push_str(&format!("\nFailed:\n\n{}", failed.concat()));
    }
    if let Some(again) = &report.again {
        text.push_str(&format!("\nAgain, what failed alone: `{again}`\n"));
    }
    text.push('\n');
    text
}

fn cell(status: &Status) -> String {
    let text = plain(&status.brief());
    if let Status::Failed { .. } = status { format!("**{text}**") } else { text }
}

fn table(head: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    let rows: String = rows.map(|cells| line(&cells)).collect();
    format!("\n{}{rule}{rows}", line(head))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// On one line, with nothing that Markdown would take for its own.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '\n' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '|' | '*' | '[' | '\\' => plain.extend(['\\', c]),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};
    use expect_test::expect;

    #[test]
    fn a_failed_run_shows_the_matrix_the_suites_and_the_way_to_go_on() {
        expect![[r#"
            ## esig: failed

            wheels: 1 tested · 1 audited, not run · 1 failed · 1 skipped; tests: 9 passed, 1 failed, 4 skipped; 20.0 s, 12.5 s of processor time

            | target | cp35m | cp38 | cp311_abi3 |
            |---|---|---|---|
            | manylinux_x86_64 | skipped: no CPython 3.5 was found | tested in 3.8.1, 3.9.1 |  |
            | win32 |  | **failed: test cp38-win32: `wine` ended &lt;badly>** | audited, not run |

            | suite | result |
            |---|---|
            | test rust | 3 passed, 0 failed, 1 skipped |
            | docker | skipped: `debootstrap` is not on PATH |

            Failed:

            - test cp38-win32: see target/xtask/logs/test-cp38-win32.log

            Again, what failed alone: `cargo xtask wheels cp38-win32`

        "#]].assert_eq(&as_markdown(&report_of_everything()));
    }

    #[test]
    fn a_run_without_wheels_has_no_matrix() {
        expect![[r#"
            ## esig: done

            tests: 3 passed, 0 failed, 1 skipped; 20.0 s, 12.5 s of processor time

            | suite | result |
            |---|---|
            | test rust | 3 passed, 0 failed, 1 skipped |

        "#]]
        .assert_eq(&as_markdown(&report_of_a_suite()));
    }

    #[test]
    fn a_gate_shows_each_promise_kept_or_broken() {
        let text = as_markdown(&report_of_a_gate());
        for row in [
            "| clean-tree | what is in the working tree is what is committed | kept |",
            "| readme | README renders, and its examples and commands work | BROKEN: `a` ended \
             badly (and 1 more); to do: correct README.md, then build again: the archives hold \
             it |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row}\n{text}");
        }
    }

    #[test]
    fn what_markdown_would_take_for_its_own_is_escaped() {
        assert_eq!(plain("a | b\n<i> *c*"), r"a \| b &lt;i> \*c\*");
    }
}
