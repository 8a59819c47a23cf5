//! What is shown while a plan runs: lines on standard error; on a terminal also what runs now.

use std::{
    collections::HashMap,
    env,
    io::{IsTerminal, Write},
    sync::Mutex,
    time::Duration,
};

use camino::Utf8Path;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    Counts, Job, Vocabulary,
    files::{last_of, tell},
};

/// How much is told on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// The tests of this program: what they have fail must not look like a failure of theirs.
    #[cfg(test)]
    Silent,
    /// What failed.
    Quiet,
    /// Also how each job ended.
    Normal,
    /// Also the lines of jobs, what programs say, and what is up to date.
    Verbose,
}

/// How much of a failed job's log is shown.
const LAST_LINES: usize = 15;

/// How much of each job's log is shown in a group that GitHub folds away.
const GROUP_LINES: usize = 200;

pub struct Progress {
    verbosity: Verbosity,
    terminal: Option<Terminal>,
    /// Whether lines between two marks are folded away, as GitHub shows them.
    has_groups: bool,
    /// Lines of different jobs never mix.
    turn: Mutex<()>,
}

/// One line per running job and one for the whole, below the lines that stay.
struct Terminal {
    bars: MultiProgress,
    whole: ProgressBar,
    running: Mutex<HashMap<String, ProgressBar>>,
}

impl Progress {
    pub fn new(verbosity: Verbosity, jobs: usize) -> Progress {
        let live = std::io::stderr().is_terminal() && verbosity == Verbosity::Normal;
        let terminal = live.then(|| Terminal::new(jobs));
        let is_github = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let has_groups = is_github && verbosity == Verbosity::Normal;
        Progress { verbosity, terminal, has_groups, turn: Mutex::new(()) }
    }

    pub fn started<V: Vocabulary>(&self, job: &Job<V>) {
        if let Some(terminal) = &self.terminal {
            terminal.start(&job.name);
        }
        let lines = job.lines().join("\n");
        self.say(Verbosity::Verbose, &format!("# {}\n{lines}", job.name));
    }

    pub fn up_to_date<V: Vocabulary>(&self, job: &Job<V>) {
        self.say(Verbosity::Verbose, &format!("= {}: up to date", job.name));
        self.ended(&job.name);
    }

    /// `log` is a path that is read for its end.
    pub fn done<V: Vocabulary>(
        &self,
        job: &Job<V>,
        wall: Duration,
        counts: Option<Counts>,
        log: &Utf8Path,
    ) {
        let counts = counts.map(|counts| format!(", {counts}")).unwrap_or_default();
        let text = format!("✓ {}: {:.1} s{counts}", job.name, wall.as_secs_f64());
        let text = if self.has_groups { group(&text, &last_of(log, GROUP_LINES)) } else { text };
        self.say(Verbosity::Normal, &text);
        self.ended(&job.name);
    }

    pub fn failed<V: Vocabulary>(
        &self,
        job: &Job<V>,
        reason: &str,
        root: &Utf8Path,
        log: &Utf8Path,
    ) {
        let last = last_of(&root.join(log), LAST_LINES);
        let text = format!("✗ {}: failed: {reason}\n{last}\n# the whole log: {log}", job.name);
        self.say(Verbosity::Quiet, &text);
        self.ended(&job.name);
    }

    /// A piece of a program's own output.
    pub fn output(&self, bytes: &[u8]) {
        if self.verbosity == Verbosity::Verbose {
            let _turn = self.turn.lock();
            let _ = std::io::stderr().write_all(bytes);
        }
    }

    pub fn finish(&self) {
        if let Some(terminal) = &self.terminal {
            terminal.whole.finish_and_clear();
        }
    }

    fn say(&self, from: Verbosity, text: &str) {
        if self.verbosity < from {
            return;
        }
        let _turn = self.turn.lock();
        match &self.terminal {
            // A terminal that is gone is told nothing.
            Some(terminal) => drop(terminal.bars.println(text)),
            None => tell(text),
        }
    }

    fn ended(&self, job_name: &str) {
        if let Some(terminal) = &self.terminal {
            terminal.end(job_name);
        }
    }
}

/// Lines that GitHub folds away below a title. It takes none of them for a command of its own.
fn group(title: &str, lines: &str) -> String {
    let is_command = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    let line = |line| {
        if is_command(&line) {
            format!("| {}\n", line.replace("##[", "## ["))
        } else {
            format!("{line}\n")
        }
    };
    let lines: String = lines.lines().map(line).collect();
    format!("::group::{title}\n{lines}::endgroup::")
}

impl Terminal {
    fn new(jobs: usize) -> Terminal {
        let bars = MultiProgress::new();
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} jobs, {elapsed}");
        let whole = bars.add(ProgressBar::new(jobs as u64));
        whole.set_style(style.expect("the template is valid"));
        Terminal { bars, whole, running: Mutex::new(HashMap::new()) }
    }

    fn start(&self, job_name: &str) {
        let style = ProgressStyle::with_template("  {msg} {elapsed}");
        let bar = self.bars.insert_before(&self.whole, ProgressBar::new_spinner());
        bar.set_style(style.expect("the template is valid"));
        bar.set_message(job_name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        self.running.lock().expect("no worker panicked").insert(job_name.to_owned(), bar);
    }

    fn end(&self, job_name: &str) {
        if let Some(bar) = self.running.lock().expect("no worker panicked").remove(job_name) {
            bar.finish_and_clear();
        }
        self.whole.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_in_a_group_commands_nothing() {
        let said = "$ cc a.c\n ::set-env name=X::y\n##[error]no\n";
        let shown = "::group::✓ a\n$ cc a.c\n|  ::set-env name=X::y\n| ## [error]no\n::endgroup::";
        assert_eq!(group("✓ a", said), shown);
    }
}
