//! Asking git: the repository of one folder, whatever the environment and the user's settings say.

use std::io;

use anyhow::{Context, anyhow, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use crate::facts::{
    environment, failures,
    programs::{self, Answer},
};

/// git in one folder, which is the top of its repository's working tree.
pub struct Git {
    folder: Utf8PathBuf,
}

/// Settings of the user that would change an answer, or what is done besides what was asked for.
const NEUTRAL: &[&str] = &[
    "advice.detachedHead=false",
    "color.ui=false",
    "column.ui=never",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.quotePath=false",
    "core.untrackedCache=false",
    "log.showSignature=false",
    "status.branch=false",
    "status.showStash=false",
    "submodule.recurse=false",
];

impl Git {
    pub fn at(folder: impl Into<Utf8PathBuf>) -> Git {
        Git { folder: folder.into() }
    }

    pub fn of_checkout(root: &Utf8Path) -> anyhow::Result<Git> {
        let what = format!("`{root}` is no git checkout, and this needs one");
        let hint =
            "`git clone` the project; an archive of it that a website made has no submodules";
        ensure!(root.join(".git").exists(), hinted(what, hint));
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

    /// The names of all tags here, or of those at a commit.
    pub fn tags(&self, at: Option<&str>) -> anyhow::Result<Vec<String>> {
        let at = at.map(|commit| ["--points-at", commit]);
        let format = ["for-each-ref", "--format=%(refname:lstrip=2)"];
        let words = [&format[..], at.as_ref().map_or(&[], |at| at), &["refs/tags"]].concat();
        self.lines(&words)
    }

    /// The names of the tags that a remote of the user's own choice has.
    pub fn remote_tags(&self, remote: &str) -> anyhow::Result<Vec<String>> {
        let words = ["ls-remote", "--quiet", "--tags", "--refs", "--", remote];
        let listed = answer_of(&words, self.run_from(&words, "", "1")?)?;
        let name = |line: &str| line.split_once("refs/tags/").map(|(_, name)| name.to_owned());
        Ok(listed.lines().filter_map(name).collect())
    }

    /// A file of git's own for this working tree.
    pub fn path(&self, name: &str) -> anyhow::Result<Utf8PathBuf> {
        Ok(self.folder.join(self.read(&["rev-parse", "--git-path", name])?))
    }

    /// Runs git; an error means that it could not be started. It takes only addresses from which it
    /// takes submodules: others would fail for whoever clones next.
    fn run(&self, words: &[&str], input: &str) -> anyhow::Result<Answer> {
        self.run_from(words, input, "0")
    }

    /// Runs git, with addresses that come `from_user` (`1`), or from a file of the project (`0`).
    fn run_from(&self, words: &[&str], input: &str, from_user: &str) -> anyhow::Result<Answer> {
        let settings = NEUTRAL.iter().flat_map(|setting| ["-c", setting]);
        let words: Vec<&str> = settings.chain(words.iter().copied()).collect();
        // If something is wrong with this repository, one that it lies in is not asked instead.
        let above = self.folder.parent().unwrap_or(&self.folder).as_str();
        let variables = [("GIT_PROTOCOL_FROM_USER", from_user), ("GIT_CEILING_DIRECTORIES", above)];
        let command = environment::command_with("git", &words, &variables);
        let command = command.dir(&self.folder).stdin_bytes(input);
        programs::ask(command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                hinted("there is no `git` on PATH", "install it: `apt-get install git`")
            }
            _ => anyhow!("`git` gives no answer: {error}"),
        })
    }
}

/// What git answered, without the end of its last line.
fn answer_of(words: &[&str], answer: Answer) -> anyhow::Result<String> {
    if let Some(why) = failures::explain("git", words, &answer.stderr, answer.status.code()) {
        return Err(why.into());
    }
    let command = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    ensure!(answer.status.success(), "`git {command}`: {}", answer.reason());
    Ok(answer.stdout.strip_suffix('\n').unwrap_or(&answer.stdout).to_owned())
}
