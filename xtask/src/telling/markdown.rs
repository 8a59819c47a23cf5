//! The report as Markdown, as GitHub shows it below a step.

use super::{
    Report,
    tables::{self, Cell, Table, Tone},
};

pub fn as_markdown(report: &Report) -> String {
    let mut text = format!("## esig: {}\n\n{}\n", report.verdict(), report.summary());
    text.extend(tables::of_report(report).iter().map(table));
    if !report.failed.is_empty() {
        text.push_str("\nFailed:\n\n");
        text.extend(report.failed.iter().map(|line| format!("- {}\n", escaped(line))));
    }
    if let Some(again) = &report.again {
        text.push_str(&format!("\nAgain, what failed alone: `{again}`\n"));
    }
    text.push('\n');
    text
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(table.head.len()));
    let rows = table.rows.iter().map(|row| line(row.iter().map(cell).collect()));
    let notes = table.notes.iter().map(|note| format!("- {}\n", escaped(note)));
    let notes: String = notes.collect();
    let notes = if notes.is_empty() { notes } else { format!("\n{notes}") };
    format!("\n{}{rule}{}{notes}", line(table.head.clone()), rows.collect::<String>())
}

fn cell(cell: &Cell) -> String {
    let text = escaped(&cell.text);
    if cell.tone == Some(Tone::Bad) { format!("**{text}**") } else { text }
}

/// Writes text on one line, so that Markdown shows it as it is.
fn escaped(text: &str) -> String {
    let text = text.replace('\n', " ").replace('<', "&lt;");
    ['\\', '|', '*', '['].iter().fold(text, |text, c| text.replace(*c, &format!("\\{c}")))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};
    use expect_test::expect;

    #[test]
    fn a_failed_run_shows_the_matrix_the_suites_and_the_way_to_go_on() {
        expect![[r#"
            ## esig: failed

            wheels: ✓ 1 tested · ○ 1 audited, not run · ✗ 1 failed · – 1 skipped; tests: 9 passed, 1 failed, 4 skipped; 20.0 s, 12.5 s of processor time

            | target | cp35m | cp38 | cp311_abi3 |
            |---|---|---|---|
            | manylinux_x86_64 | – | ✓ |  |
            | win32 |  | **✗** | ○ |

            - ✓ 1 tested · ○ 1 audited, not run · ✗ 1 failed · – 1 skipped
            - ✓ in 3.8.1, 3.9.1: cp38-manylinux_x86_64
            - ✗ test cp38-win32: `wine` ended &lt;badly>, see target/xtask/logs/test-cp38-win32.log: cp38-win32
            - – no CPython 3.5 was found: cp35m-manylinux_x86_64

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
            "| readme | README renders, and its examples and commands work | **BROKEN: `a` ended \
             badly (and 1 more); to do: correct README.md, then build again: the archives hold \
             it** |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row}\n{text}");
        }
    }

    #[test]
    fn what_markdown_would_take_for_its_own_is_escaped() {
        assert_eq!(escaped("a | b\n<i> *c*"), r"a \| b &lt;i> \*c\*");
    }
}
