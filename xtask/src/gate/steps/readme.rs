//! The commands that README names are commands. (That it renders and its examples hold, other
//! programs say.)

use camino::Utf8Path;
use clap::Parser;

use crate::{acting::steps::read, ground::cli::Cli};

pub fn verify(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    Ok(findings(&String::from_utf8(read(&root.join("README.md"))?)?))
}

fn findings(readme: &str) -> Vec<String> {
    let commands = commands(readme);
    if commands.is_empty() {
        return vec!["README names no command of `cargo xtask`".to_owned()];
    }
    let wrong = commands.iter().filter_map(|(line, command)| {
        let words = words(command);
        let error = Cli::try_parse_from(words.iter().skip(1)).err()?;
        // To show its help is what was asked for.
        let is_wrong = error.use_stderr();
        let what = error.to_string().lines().next().unwrap_or_default().to_owned();
        is_wrong.then(|| format!("README line {line}: `{command}`: {what}"))
    });
    wrong.collect()
}

/// `cargo xtask …` in code, with its line; within text it may go on in the next one.
fn commands(readme: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut line = 1;
    for (at, piece) in readme.split("```").enumerate() {
        let is_block = at % 2 == 1;
        let mark = if is_block { '\n' } else { '`' };
        for (odd, part) in piece.split(mark).enumerate() {
            let command = part.trim_start_matches(['$', '>', ' ']);
            let command = command.split("  #").next().unwrap_or_default().trim();
            if (is_block || odd % 2 == 1) && command.starts_with("cargo xtask ") {
                found.push((line, command.replace('\n', " ")));
            }
            line += part.matches('\n').count() + usize::from(is_block);
        }
        // What is split at has no line of its own at the end of a block.
        line -= usize::from(is_block);
    }
    found
}

/// As a shell would take it apart: quotes are all that README uses.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in command.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one from the beginning").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_there_are_have_no_findings() {
        let readme = "# esig\n\n```console\n$ cargo xtask wheels     # all of them\n\
                      $ pip install esig\n```\n\nOr `cargo xtask wheels 'cp3*-win_amd64'\n--skip \
                      'cp36m-*'`, `cargo xtask doctor`.\n";
        assert_eq!(findings(readme), [""; 0]);
        assert_eq!(commands(readme).len(), 3);
    }

    #[test]
    fn a_command_that_there_is_not_is_named_with_its_line() {
        let found = findings("# esig\n\n`cargo xtask wheel`\n");
        assert_eq!(
            found,
            ["README line 3: `cargo xtask wheel`: error: unrecognized subcommand 'wheel'"]
        );
        let found = findings("```\n$ cargo xtask sdist --outputs x\n```\n");
        assert!(found[0].starts_with("README line 2: "), "{found:?}");
        assert_eq!(findings("# esig\n").len(), 1);
    }
}
