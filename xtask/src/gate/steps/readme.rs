//! Commands that documents name are commands. Other programs see that README renders and that its
//! examples hold.

use camino::Utf8Path;
use clap::Parser;

use crate::{
    acting::files::{project_files, read_text},
    ground::cli::Cli,
};

const README: &str = "README.md";

/// Documents are those of the repository and of the helper.
fn is_document(path: &str) -> bool {
    let is_about_it = path.starts_with("docs/") || path.starts_with("xtask/");
    path.ends_with(".md") && (is_about_it || !path.contains('/'))
}

pub fn findings(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    for path in project_files(root)?.iter().filter(|path| is_document(path.as_str())) {
        let text = read_text(&root.join(path))?;
        let commands = commands(&text);
        if path == README && commands.is_empty() {
            findings.push("README.md names no command of `cargo xtask`".to_owned());
        }
        findings.extend(commands.iter().filter_map(|command| problem(path, command)));
    }
    Ok(findings)
}

fn problem(path: &Utf8Path, (line, command): &(usize, String)) -> Option<String> {
    let words = words(command);
    let error = Cli::try_parse_from(words.iter().skip(1)).err()?;
    // To show its help is what was asked for.
    let is_wrong = error.use_stderr();
    let what = error.to_string().lines().next().unwrap_or_default().to_owned();
    is_wrong.then(|| format!("{path} line {line}: `{command}`: {what}"))
}

/// `cargo xtask …` in code, with its line: in a span, which may go on in the next line, or as a
/// line of a block.
fn commands(text: &str) -> Vec<(usize, String)> {
    let command = |(at, _): (usize, &str)| {
        let (before, rest) = text.split_at(at);
        let before = before.trim_end_matches(['$', '>', ' ']);
        let end = match before.chars().next_back() {
            Some('`') => '`',
            None | Some('\n') => '\n',
            _ => return None,
        };
        let command = rest.split(end).next()?.split("  #").next()?.trim();
        Some((1 + before.matches('\n').count(), command.replace('\n', " ")))
    };
    text.match_indices("cargo xtask ").filter_map(command).collect()
}

/// As a shell would take it apart: quotes around whole words are all that documents use.
fn words(command: &str) -> Vec<&str> {
    let pieces = command.split('\'').enumerate();
    let words = pieces.map(|(at, piece)| match at % 2 {
        0 => piece.split_whitespace().collect(),
        _ => vec![piece],
    });
    words.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Vec<String> {
        commands(text).iter().filter_map(|command| problem(README.into(), command)).collect()
    }

    #[test]
    fn every_document_of_this_checkout_names_commands_that_there_are() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert_eq!(super::findings(root).unwrap(), [""; 0]);
    }

    #[test]
    fn commands_that_there_are_have_no_findings() {
        let readme = "# esig\n\n```console\n$ cargo xtask wheels     # all of them\n\
                      $ pip install esig\n```\n\nOr `cargo xtask wheels 'cp3*-win_amd64'\n--skip \
                      'cp36m-*'`, `cargo xtask doctor`.\n";
        assert_eq!(of_text(readme), [""; 0]);
        assert_eq!(commands(readme).len(), 3);
    }

    #[test]
    fn a_command_that_there_is_not_is_named_with_its_line() {
        let found = of_text("# esig\n\n`cargo xtask wheel`\n");
        assert_eq!(
            found,
            ["README.md line 3: `cargo xtask wheel`: error: unrecognized subcommand 'wheel'"]
        );
        let found = of_text("```\n$ cargo xtask sdist --outputs x\n```\n");
        assert!(found[0].starts_with("README.md line 2: "), "{found:?}");
    }
}
