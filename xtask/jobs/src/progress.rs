//! What is shown while a plan runs: lines on standard error; on a terminal also what runs now.

use std::{
    collections::HashMap,
    fs,
    io::{IsTerminal, Write},
    sync::Mutex,
    time::Duration,
};

use camino::Utf8Path;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{Counts, Job, Vocabulary, files::tell};

/// How much is told on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// The tests of this program: what they have fail must not look like a failure of theirs.
    #[cfg(test)]
    Silent,
    /// What failed.
    Quiet,
    /// Also each job, its lines, and how it ended.
    Normal,
    /// Also what programs say, and what is up to date.
    Verbose,
}

/// How much of a failed job's log is shown.
const LAST_LINES: usize = 15;

pub struct Progress {
    verbosity: Verbosity,
    terminal: Option<Terminal>,
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
        Progress { verbosity, terminal, turn: Mutex::new(()) }
    }

    pub fn started<V: Vocabulary>(&self, job: &Job<V>) {
        if let Some(terminal) = &self.terminal {
            terminal.start(&job.name);
        }
        let lines = job.lines().join("\n");
        self.say(Verbosity::Normal, &format!("# {}\n{lines}", job.name));
    }

    pub fn up_to_date<V: Vocabulary>(&self, job: &Job<V>) {
        self.say(Verbosity::Verbose, &format!("# {}: up to date", job.name));
        self.ended(&job.name);
    }

    pub fn done<V: Vocabulary>(&self, job: &Job<V>, wall: Duration, counts: Option<Counts>) {
        let counts = counts.map(|counts| format!(", {counts}")).unwrap_or_default();
        let text = format!("# {}: {:.1} s{counts}", job.name, wall.as_secs_f64());
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
        let log_text = fs::read(root.join(log)).unwrap_or_default();
        let log_text = String::from_utf8_lossy(&log_text);
        let lines: Vec<&str> = log_text.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        let text = format!("# {}: failed: {reason}\n{last}\n# the whole log: {log}", job.name);
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
            Some(terminal) => terminal.bars.suspend(|| tell(text)),
            None => tell(text),
        }
    }

    fn ended(&self, job_name: &str) {
        if let Some(terminal) = &self.terminal {
            terminal.end(job_name);
        }
    }
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
