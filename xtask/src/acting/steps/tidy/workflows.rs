//! The workflows of GitHub: what they use cannot change under us, and what they run there is.

use clap::Parser;

use super::{Finding, Source};
use crate::ground::cli::Cli;

const FOLDER: &str = ".github/workflows/";

/// What installs all that a machine lacks, then does all that must pass.
const DOOR: &str = ".ci/run";

/// By a commit, for a tag is what its owner, or a thief, says today.
pub fn pins_actions(path: &str, text: &str) -> Vec<Finding> {
    let finding = |(line, used): (usize, &str)| {
        let what = format!("`{used}` may be another action tomorrow");
        Finding::new(path, line, what, "name its commit, then its tag: `uses: a/b@… # v1.2.3`")
    };
    let loose = values(path, text, "uses:").into_iter().filter(|(_, used)| !is_pinned(used));
    loose.map(finding).collect()
}

fn is_pinned(used: &str) -> bool {
    let Some((commit, tag)) = used.split_once('@').and_then(|(_, rest)| rest.split_once(" # v"))
    else {
        return false;
    };
    let is_hash = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash && tag.starts_with(|c: char| c.is_ascii_digit())
}

/// A step is a line: of the helper, whose words it must take, or a script of the project.
pub fn run_what_there_is(sources: &[Source]) -> Vec<Finding> {
    let has = |path: &str| sources.iter().any(|source| source.path == path);
    let of_file = |source: &Source| {
        let steps = values(&source.path, &source.text, "run:").into_iter();
        let problems = steps.filter_map(|(line, step)| Some((line, problem(step, &has)?)));
        let remedy = "let it be a `cargo xtask` line or a script of the project";
        let finding = |(line, what)| Finding::new(&source.path, line, what, remedy);
        problems.map(finding).collect::<Vec<_>>()
    };
    sources.iter().flat_map(of_file).collect()
}

fn problem(step: &str, has: &impl Fn(&str) -> bool) -> Option<String> {
    // It hands its own words on.
    let step = &step.replacen(DOOR, "cargo xtask ci", usize::from(has(DOOR)));
    let mut lines = step.split("cargo xtask ").skip(1).peekable();
    if lines.peek().is_none() {
        return (!has(step)).then(|| format!("`{step}` is not of the project"));
    }
    lines.find_map(|rest| {
        let line = rest.split([')', '>', '|', '&', ';']).next().unwrap_or_default().trim();
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let error = Cli::try_parse_from(std::iter::once("xtask").chain(words)).err()?.to_string();
        let error = error.lines().next().unwrap_or_default();
        Some(format!("`cargo xtask {line}` does not work: {error}"))
    })
}

/// What stands behind a key in a workflow, with its line. A text of several lines is just its `|`.
fn values<'t>(path: &str, text: &'t str, key: &str) -> Vec<(usize, &'t str)> {
    let lines = text.lines().enumerate().filter(|_| path.starts_with(FOLDER));
    let value = |(at, line): (usize, &'t str)| {
        let line = line.trim_start().trim_start_matches("- ");
        Some((at + 1, line.strip_prefix(key)?.trim()))
    };
    // `run:` may also be a group of settings.
    lines.filter_map(value).filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::{check, source};

    #[test]
    fn an_action_is_named_by_its_commit_and_its_tag() {
        let commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
        let path = ".github/workflows/ci.yml";
        check(pins_actions, path, &format!("    - uses: a/b@{commit} # v7.0.1\n"), &[]);
        check(pins_actions, "other.yml", "uses: a/b@v7\n", &[]);
        for loose in ["a/b@v7", "a/b", &format!("a/b@{commit}"), "a/b@3d3c42e # v7.0.1"] {
            let text = format!("steps:\n    - uses: {loose}\n");
            let what = format!("2: `{loose}` may be another action tomorrow");
            check(pins_actions, path, &text, &[&what]);
        }
    }

    #[track_caller]
    fn check_runs(step: &str, expected: &[&str]) {
        let workflow = source(".github/workflows/ci.yml", &format!("steps:\n  - run: {step}\n"));
        let found = run_what_there_is(&[workflow, source(".ci/run", "")]);
        let said: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn a_step_is_a_line_that_the_helper_takes_or_a_script_that_is_there() {
        check_runs("cargo xtask wheels --builder native --report \"$REPORT\"", &[]);
        check_runs("echo \"shards=$(cargo xtask list --shards)\" >> \"$GITHUB_OUTPUT\"", &[]);
        check_runs(".ci/run --report target/report", &[]);
        check_runs(".ci/walk", &["`.ci/walk` is not of the project"]);
        check_runs("|", &["`|` is not of the project"]);
        let unknown = "`cargo xtask weels` does not work: error: unrecognized subcommand 'weels'";
        check_runs("cargo xtask weels", &[unknown]);
        let second = "`cargo xtask list --all` does not work: error: unexpected argument '--all' \
            found";
        check_runs("cargo xtask sdist && cargo xtask list --all", &[second]);
    }
}
