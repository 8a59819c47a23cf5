//! What the documents must have in common with the code: the version, the matrix of wheels.

use std::collections::BTreeSet;

use super::{Finding, Source};
use crate::{
    facts::config::{self, Config},
    ground::matrix::Identifier,
};

const CHANGELOG: &str = "CHANGELOG.md";
const README: &str = "README.md";
const UNRELEASED: &str = "## [Unreleased]";

/// Its newest section is of what comes, or of the version.
pub fn changelog_has_the_version(sources: &[Source]) -> Vec<Finding> {
    let Some(version) = text(sources, "esig/_version.py").and_then(version) else {
        return Vec::new();
    };
    let changelog = text(sources, CHANGELOG).unwrap_or_default();
    let newest = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    if newest == UNRELEASED || newest.starts_with(&format!("## [{version}] - ")) {
        return Vec::new();
    }
    let what = format!("no section for version {version}");
    vec![Finding::new(CHANGELOG, 1, what, format!("begin one with `{UNRELEASED}`"))]
}

fn version(module: &str) -> Option<&str> {
    let line = module.lines().find_map(|line| line.strip_prefix("__version__ = "))?;
    Some(line.trim().trim_matches('"'))
}

/// Between these stands a table: in each row a target, then the interpreters that it is built for.
const MATRIX: [&str; 2] = ["<!-- matrix -->", "<!-- /matrix -->"];

pub fn readme_has_matrix(sources: &[Source]) -> Vec<Finding> {
    let readme = text(sources, README).unwrap_or_default();
    let Some((before, rest)) = readme.split_once(MATRIX[0]) else { return Vec::new() };
    let line = 1 + before.matches('\n').count();
    let Some((table, _)) = rest.split_once(MATRIX[1]) else {
        let remedy = format!("write `{}` after the table", MATRIX[1]);
        return vec![Finding::new(README, line, "the matrix has no end", remedy)];
    };
    let config = text(sources, config::FILE).and_then(|text| Config::parse(text).ok());
    // What is wrong with the configuration, every other command says.
    let Some(config) = config else { return Vec::new() };
    let configured: BTreeSet<String> = config.wheels().iter().map(Identifier::to_string).collect();
    let shown: BTreeSet<String> = table.lines().flat_map(identifiers_of_row).collect();
    let finding = |what: String, remedy: &str| Finding::new(README, line, what, remedy);
    let missing = configured.difference(&shown);
    let missing = missing.map(|name| finding(format!("the matrix lacks `{name}`"), "add it"));
    let extra = shown.difference(&configured);
    let extra = extra.map(|name| finding(format!("the matrix has `{name}`"), "nothing builds it"));
    missing.chain(extra).collect()
}

fn identifiers_of_row(row: &str) -> Vec<String> {
    let mut names = row.split('`').skip(1).step_by(2);
    let Some(target) = names.next() else { return Vec::new() };
    names.map(|interpreter| format!("{interpreter}-{target}")).collect()
}

fn text<'a>(sources: &'a [Source], path: &str) -> Option<&'a str> {
    sources.iter().find(|source| source.path == path).map(|source| source.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::source;

    #[track_caller]
    fn check(rule: fn(&[Source]) -> Vec<Finding>, sources: &[(&str, &str)], expected: &[&str]) {
        let sources: Vec<Source> = sources.iter().map(|(path, text)| source(path, text)).collect();
        let said: Vec<String> = rule(&sources).iter().map(|f| f.what.clone()).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn the_changelog_has_a_section_for_the_version() {
        let module = ("esig/_version.py", "__version__ = \"1.2.0\"\n");
        let changelog = |text| [module, (CHANGELOG, text)];
        check(changelog_has_the_version, &changelog("## [Unreleased]\n"), &[]);
        check(changelog_has_the_version, &changelog("## [1.2.0] - 2026-11-22\n"), &[]);
        let missing = ["no section for version 1.2.0"];
        check(changelog_has_the_version, &changelog("## [1.2.0rc1] - 2026-11-22\n"), &missing);
        check(changelog_has_the_version, &[module], &missing);
    }

    #[test]
    fn the_matrix_of_the_readme_is_that_of_the_configuration() {
        let configuration = "interpreters = ['cp38', 'cp311-abi3']\n\
                         targets = ['manylinux_x86_64']\n[policies]\n\
                         manylinux = 'manylinux_2_17'\nmusllinux = 'musllinux_1_2'\n\
                         macosx_arm64 = 'macosx_11_0'\nmacosx_x86_64 = 'macosx_10_13'\n";
        let check_table = |readme: &str, expected: &[&str]| {
            check(readme_has_matrix, &[(config::FILE, configuration), (README, readme)], expected);
        };
        let row = |interpreters: &str| {
            format!(
                "# esig\n<!-- matrix -->\n| target |\n|--|\n| `manylinux_x86_64` | \
                     {interpreters} |\n<!-- /matrix -->\n"
            )
        };
        check_table("# esig\n", &[]);
        check_table(&row("`cp38` `cp311_abi3`"), &[]);
        check_table("<!-- matrix -->`cp38`", &["the matrix has no end"]);
        check_table(
            &row("`cp38` `cp37m`"),
            &[
                "the matrix lacks `cp311_abi3-manylinux_x86_64`",
                "the matrix has `cp37m-manylinux_x86_64`",
            ],
        );
    }
}
