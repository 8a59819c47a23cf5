//! Having git do something, and its failures in a line.

use std::{io, process::Output};

use anyhow::{Context, anyhow};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use xshell::{Shell, cmd};

use crate::facts::failures;

/// git in one folder.
pub struct Git {
    folder: Utf8PathBuf,
}

/// Variables that would have git work on another repository than the folder's; hooks have them.
const ELSEWHERE: &[&str] = &[
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

impl Git {
    pub fn at(folder: impl Into<Utf8PathBuf>) -> Git {
        Git { folder: folder.into() }
    }

    pub fn of_checkout(root: &Utf8Path) -> anyhow::Result<Git> {
        if root.join(".git").exists() {
            return Ok(Git::at(root));
        }
        Err(hinted(
            format!("`{root}` is no git checkout, and this needs one"),
            "`git clone` the project; an archive of it that a website made has no submodules",
        ))
    }

    /// What it answers, without the last line's end.
    pub fn read(&self, words: &[&str]) -> anyhow::Result<String> {
        self.read_with(words, "")
    }

    pub fn read_with(&self, words: &[&str], input: &str) -> anyhow::Result<String> {
        answer_of(words, self.output(words, input)?)
    }

    /// What it answers; none if it says no.
    pub fn ask(&self, words: &[&str]) -> Option<String> {
        self.read(words).ok()
    }

    /// Asks a remote; a failure begins with what was `tried`.
    pub fn fetch(&self, words: &[&str], tried: &str) -> anyhow::Result<String> {
        let output = self.output(words, "")?;
        let said = String::from_utf8_lossy(&output.stderr);
        match failures::explain("git", words, &said, output.status.code()) {
            Some(explanation) => Err(explanation.of(tried)),
            None => answer_of(words, output).with_context(|| tried.to_owned()),
        }
    }

    /// A file of git's own for this working tree.
    pub fn path(&self, name: &str) -> anyhow::Result<Utf8PathBuf> {
        Ok(self.folder.join(self.read(&["rev-parse", "--git-path", name])?))
    }

    fn output(&self, words: &[&str], input: &str) -> anyhow::Result<Output> {
        let shell = Shell::new()?;
        shell.change_dir(&self.folder);
        let mut command = cmd!(shell, "git {words...}")
            .env("LC_ALL", "C")
            // A build must not wait for somebody to type a password.
            .env("GIT_TERMINAL_PROMPT", "0")
            // Only addresses from which git takes submodules: others would fail for the next one.
            .env("GIT_PROTOCOL_FROM_USER", "0")
            .stdin(input);
        for variable in ELSEWHERE {
            command = command.env_remove(variable);
        }
        command.quiet().ignore_status().output().map_err(|error| {
            hinted(format!("cannot start `git`: {error}"), "install it: `apt-get install git`")
        })
    }
}

fn answer_of(words: &[&str], output: Output) -> anyhow::Result<String> {
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // What comes after the first such line follows from it.
        let reason = said.lines().find(|line| line.starts_with("fatal: "));
        let reason = reason.or(said.lines().last()).unwrap_or("it does not say why");
        let command = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        return Err(anyhow!("`git {command}`: {}", reason.trim_start_matches("fatal: ")));
    }
    let mut answer = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    if answer.ends_with('\n') {
        answer.pop();
    }
    Ok(answer)
}
