//! Rules about several files: README names the wheels, workflows name commands, scripts are used.

use std::collections::BTreeSet;

use clap::Parser;

use super::{TextFile, Violation};
use crate::{
    facts::config::{self, Config},
    ground::{cli::Cli, matrix::Identifier},
};

const README: &str = "README.md";

/// Between these stands a table: in each row a target, then the interpreters that it is built for.
const MATRIX: [&str; 2] = ["<!-- matrix -->", "<!-- /matrix -->"];

pub fn readme_has_matrix(sources: &[TextFile]) -> Vec<Violation> {
    let text = |path| {
        let source = sources.iter().find(|source| source.path == path);
        source.map_or("", |source| source.text.as_str())
    };
    let Some((before, rest)) = text(README).split_once(MATRIX[0]) else { return Vec::new() };
    let line = 1 + before.matches('\n').count();
    let Some((table, _)) = rest.split_once(MATRIX[1]) else {
        let remedy = format!("write `{}` after the table", MATRIX[1]);
        return vec![Violation::new(README, line, "the matrix has no end", remedy)];
    };
    // A configuration that cannot be read is an error of every other command.
    let Ok(config) = Config::parse(text(config::FILE)) else { return Vec::new() };
    let configured: BTreeSet<String> =
        config.released().iter().map(Identifier::to_string).collect();
    let shown: BTreeSet<String> = table.lines().flat_map(identifiers_of_row).collect();
    let finding = |what: String, remedy: &str| Violation::new(README, line, what, remedy);
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

/// A step of a workflow is a line: one that the helper takes, or a script of the project.
pub fn workflows_run_what_there_is(sources: &[TextFile]) -> Vec<Violation> {
    let is_there = |path: &str| sources.iter().any(|source| source.path == path);
    let workflows = sources.iter().filter(|source| source.path.starts_with(".github/workflows/"));
    let mut findings = Vec::new();
    for TextFile { path, text } in workflows {
        for (at, line) in text.lines().enumerate() {
            let Some(step) = line.trim_start().trim_start_matches("- ").strip_prefix("run: ")
            else {
                continue;
            };
            if let Some(what) = problem(step.trim(), is_there) {
                let remedy = "let it be a `cargo xtask` line or a script of the project";
                findings.push(Violation::new(path, at + 1, what, remedy));
            }
        }
    }
    findings
}

fn problem(step: &str, is_there: impl Fn(&str) -> bool) -> Option<String> {
    // These hand their own words on.
    let step = step.replacen(".ci/run", "cargo xtask ci", 1);
    let step = step.replacen("build-scripts/run-helper.sh", "cargo xtask", 1);
    let mut lines = step.split("cargo xtask ").skip(1).peekable();
    if lines.peek().is_none() {
        return (!is_there(&step)).then(|| format!("`{step}` is not of the project"));
    }
    lines.find_map(|rest| {
        let line = rest.split([')', '>', '|', '&', ';']).next().unwrap_or_default().trim();
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let error = Cli::try_parse_from(std::iter::once("xtask").chain(words)).err()?.to_string();
        let error = error.lines().next().unwrap_or_default();
        Some(format!("`cargo xtask {line}` does not work: {error}"))
    })
}

/// A file that begins so is found by the name of its interpreter.
const TEST_REQUIREMENTS: &str = "build-scripts/requirements/test-cp";

/// Some other file names each script.
pub fn scripts_are_named(sources: &[TextFile]) -> Vec<Violation> {
    let is_named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        sources.iter().any(|other| other.path != path && other.text.contains(name))
    };
    let scripts = sources
        .iter()
        .map(|source| source.path.as_str())
        .filter(|path| path.starts_with("build-scripts/") && !path.starts_with(TEST_REQUIREMENTS));
    let unused = scripts.filter(|path| !is_named(path));
    unused
        .map(|path| Violation::new(path, 1, "nothing refers to it", "use it or delete it"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::source, *};

    #[track_caller]
    fn check(rule: fn(&[TextFile]) -> Vec<Violation>, sources: &[(&str, &str)], expected: &[&str]) {
        let sources: Vec<TextFile> =
            sources.iter().map(|(path, text)| source(path, text)).collect();
        let said: Vec<String> =
            rule(&sources).iter().map(|f| format!("{}: {}", f.path, f.what)).collect();
        assert_eq!(said, expected);
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
        check_table("<!-- matrix -->`cp38`", &["README.md: the matrix has no end"]);
        check_table(
            &row("`cp38` `cp37m`"),
            &[
                "README.md: the matrix lacks `cp311_abi3-manylinux_x86_64`",
                "README.md: the matrix has `cp37m-manylinux_x86_64`",
            ],
        );
    }

    #[track_caller]
    fn check_step(step: &str, expected: &[&str]) {
        let path = ".github/workflows/ci.yml";
        let expected: Vec<String> = expected.iter().map(|what| format!("{path}: {what}")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let workflow = format!("steps:\n  - run: {step}\n");
        let sources = [(path, workflow.as_str()), (".ci/run", ""), ("build-scripts/a.sh", "")];
        check(workflows_run_what_there_is, &sources, &expected);
    }

    #[test]
    fn a_step_is_a_line_that_the_helper_takes_or_a_script_that_is_there() {
        check_step("cargo xtask wheels --builder native --report \"$REPORT\"", &[]);
        check_step("echo \"shards=$(cargo xtask list --shards)\" >> \"$GITHUB_OUTPUT\"", &[]);
        check_step(".ci/run --report target/report", &[]);
        check_step("build-scripts/a.sh", &[]);
        check_step("build-scripts/run-helper.sh publish --repository pypi", &[]);
        check_step(".ci/walk", &["`.ci/walk` is not of the project"]);
        check_step("|", &["`|` is not of the project"]);
        let unknown = "`cargo xtask weels` does not work: error: unrecognized subcommand 'weels'";
        check_step("cargo xtask weels", &[unknown]);
        let second = "`cargo xtask list --all` does not work: error: unexpected argument '--all' \
            found";
        check_step("cargo xtask sdist && cargo xtask list --all", &[second]);
    }

    #[test]
    fn a_script_that_nobody_names_is_found() {
        let sources = [
            ("build-scripts/lock-requirements.sh", ""),
            ("build-scripts/requirements/old.txt", "old.txt"),
            ("README.md", "Run `build-scripts/lock-requirements.sh`."),
            ("build-scripts/requirements/test-cp38.txt", ""),
        ];
        let unused = "build-scripts/requirements/old.txt: nothing refers to it";
        check(scripts_are_named, &sources, &[unused]);
    }
}
