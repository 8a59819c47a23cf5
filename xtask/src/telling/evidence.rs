//! The part of docs/evidence.md that a run writes: which wheels were executed, and in what.

use anyhow::Context;

use super::{Report, wheels};
use crate::ground::grid::{Entry, Sign};

const BEGIN: &str = "<!-- Written by `cargo xtask report evidence DIR`. -->\n";
const END: &str = "<!-- The end of what is written. -->\n";

/// The document with this run in the place of an earlier one.
pub fn renewed(document: &str, report: &Report) -> anyhow::Result<String> {
    let place = || {
        let (before, rest) = document.split_once(BEGIN)?;
        Some((before, rest.split_once(END)?.1))
    };
    let (before, after) = place()
        .with_context(|| format!("the lines `{}` to `{}` are missing", BEGIN.trim(), END.trim()))?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table(report)))
}

/// A row for each target.
fn table(report: &Report) -> String {
    let grid = wheels::grid(&report.wheels);
    let names = grid.interpreters();
    let mut text = format!(
        "\nesig {}: {}.\n\n| target | executed, and in what | audited alone |\n|---|---|---|\n",
        report.version,
        grid.legend()
    );
    for target in grid.targets() {
        let of = |signs: &[Sign], cell: fn(&str, &Entry) -> String| {
            let found = names.iter().filter_map(|name| Some((name, grid.at(target, name)?)));
            let found = found.filter(|(_, entry)| signs.contains(&entry.sign));
            found.map(|(name, entry)| cell(name, entry)).collect::<Vec<_>>()
        };
        let executed = [Sign::Tested, Sign::Executed];
        let executed = of(&executed, |name, entry| format!("`{name}` {}", entry.note)).join("; ");
        let audited = of(&[Sign::Audited], |name, _| format!("`{name}`")).join(", ");
        if !executed.is_empty() || !audited.is_empty() {
            text += &format!("| {target} | {executed} | {audited} |\n");
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::{super::tests::report_of_everything, *};
    use expect_test::expect;

    #[test]
    fn a_run_replaces_what_an_earlier_one_wrote() {
        let document = format!("# Evidence\n\n{BEGIN}old\n{END}\n## More\n");
        let once = renewed(&document, &report_of_everything()).unwrap();
        assert_eq!(renewed(&once, &report_of_everything()).unwrap(), once);
        expect![[r#"
            # Evidence

            <!-- Written by `cargo xtask report evidence DIR`. -->

            esig 1.2.3: ✓ 1 tested · ○ 1 audited, not run · ✗ 1 failed · – 1 skipped.

            | target | executed, and in what | audited alone |
            |---|---|---|
            | manylinux_x86_64 | `cp38` in 3.8.1, 3.9.1 |  |
            | win32 |  | `cp311_abi3` |

            <!-- The end of what is written. -->

            ## More
        "#]]
        .assert_eq(&once);
    }

    #[test]
    fn a_document_without_the_place_is_left_alone() {
        let error = renewed("# Evidence\n", &report_of_everything()).unwrap_err();
        assert!(error.to_string().contains("are missing"), "{error}");
    }
}
