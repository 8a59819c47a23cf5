//! Asking git, with its failures in a line.

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use crate::{
    facts::{
        failures,
        programs::{self, Answer},
    },
    libalgebra::rules::require,
};

/// git in one folder.
pub struct Git {
    folder: Utf8PathBuf,
}

/// Variables that would have git work on another repository than that of the folder; git sets them
/// for hooks.
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
        require(
            root.join(".git").exists(),
            format!("`{root}` is no git checkout, and this needs one"),
            "`git clone` the project; an archive of it that a website made has no submodules",
        )?;
        Ok(Git::at(root))
    }

    /// What it answers, without the end of the last line.
    pub fn read(&self, words: &[&str]) -> anyhow::Result<String> {
        self.read_with(words, "")
    }

    pub fn read_with(&self, words: &[&str], input: &str) -> anyhow::Result<String> {
        answer_of(words, self.run(words, input)?)
    }

    /// The lines that it answers.
    pub fn lines(&self, words: &[&str]) -> anyhow::Result<Vec<String>> {
        Ok(self.read(words)?.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// The commit or tree that a name stands for; none if there is none of that name.
    pub fn object(&self, name: &str) -> Option<String> {
        self.ask(&["rev-parse", "--verify", "--quiet", name])
    }

    /// What it answers; none if it fails.
    pub fn ask(&self, words: &[&str]) -> Option<String> {
        self.read(words).ok()
    }

    /// Asks a remote; a failure begins with what was `tried`.
    pub fn fetch(&self, words: &[&str], tried: &str) -> anyhow::Result<String> {
        let answer = self.run(words, "")?;
        match failures::explain("git", words, &answer.stderr, answer.status.code()) {
            Some(explanation) => Err(explanation.of(tried)),
            None => answer_of(words, answer).with_context(|| tried.to_owned()),
        }
    }

    /// A file of git's own for this working tree.
    pub fn path(&self, name: &str) -> anyhow::Result<Utf8PathBuf> {
        Ok(self.folder.join(self.read(&["rev-parse", "--git-path", name])?))
    }

    /// Runs git; an error means that it could not be started.
    fn run(&self, words: &[&str], input: &str) -> anyhow::Result<Answer> {
        let command = duct::cmd("git", words)
            .dir(&self.folder)
            .stdin_bytes(input)
            .env("LC_ALL", "C")
            // A build must not wait for somebody to type a password.
            .env("GIT_TERMINAL_PROMPT", "0")
            // Only addresses from which git takes submodules: others would fail for the next one.
            .env("GIT_PROTOCOL_FROM_USER", "0");
        let command = ELSEWHERE.iter().fold(command, |command, name| command.env_remove(name));
        programs::ask(command).map_err(|error| {
            hinted(format!("cannot start `git`: {error}"), "install it: `apt-get install git`")
        })
    }
}

/// What git answered, without the end of its last line.
fn answer_of(words: &[&str], answer: Answer) -> anyhow::Result<String> {
    let command = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    ensure!(answer.status.success(), "`git {command}`: {}", answer.reason());
    Ok(answer.stdout.strip_suffix('\n').unwrap_or(&answer.stdout).to_owned())
}
