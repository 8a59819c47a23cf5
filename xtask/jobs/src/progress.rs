//! What is shown while a plan runs: lines on standard error; on a terminal also what runs now.

use std::{
    collections::HashMap,
    env,
    io::{self, IsTerminal},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use camino::Utf8Path;
use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::{Counts, Job, Vocabulary, finish_telling, log::last_lines, plain, tell};

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
/// A line that is longer is told in pieces.
const LINE_BYTES: usize = 64 << 10;

pub struct Progress {
    verbosity: Verbosity,
    terminal: Option<Terminal>,
    /// Whether lines between two marks are folded away, as GitHub shows them.
    has_groups: bool,
    /// Of each job, the beginning of a line that a program has not ended yet.
    partial: Mutex<HashMap<String, Vec<u8>>>,
}

/// One line per running job and one for the whole, below the lines that stay.
struct Terminal {
    bars: MultiProgress,
    whole: ProgressBar,
    running: Mutex<HashMap<String, ProgressBar>>,
}

impl Progress {
    pub fn new(verbosity: Verbosity, jobs: usize) -> Progress {
        // A dumb one, such as that of an editor, would show what moves the cursor.
        let is_dumb =
            env::var_os("TERM").map_or(cfg!(unix), |name| name.is_empty() || name == "dumb");
        let live = io::stderr().is_terminal() && !is_dumb && verbosity == Verbosity::Normal;
        let terminal = live.then(|| Terminal::new(jobs));
        let is_github = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let has_groups = is_github && verbosity == Verbosity::Normal;
        Progress { verbosity, terminal, has_groups, partial: Mutex::default() }
    }

    /// What it had made is not what it was.
    pub fn made_anew<V: Vocabulary>(&self, job: &Job<V>) {
        let text = format!("note: {}: what is here is not what was made; made anew", job.name);
        self.say(Verbosity::Quiet, &text);
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
        let text = if self.has_groups { group(&text, &last_lines(log, GROUP_LINES)) } else { text };
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
        let last = last_lines(&root.join(log), LAST_LINES);
        let text = format!("✗ {}: failed: {reason}\n{last}\n# the whole log: {log}", job.name);
        self.say(Verbosity::Quiet, &text);
        self.ended(&job.name);
    }

    /// A piece of a program's own output.
    pub fn output(&self, job_name: &str, bytes: &[u8]) {
        if self.verbosity != Verbosity::Verbose {
            return;
        }
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        let line = partial.entry(job_name.to_owned()).or_default();
        line.extend_from_slice(bytes);
        let whole = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let whole = if line.len() - whole > LINE_BYTES { line.len() } else { whole };
        let told: Vec<u8> = line.drain(..whole).collect();
        if let Some(told) = told.strip_suffix(b"\n").or((!told.is_empty()).then_some(&told)) {
            tell(&String::from_utf8_lossy(told));
        }
    }

    pub fn interrupted(&self) {
        self.say(Verbosity::Quiet, "# interrupted: what runs now ends; once more ends all at once");
    }

    /// What runs at this moment, for those who see no more than lines.
    pub fn alive(&self, running: &[(&str, Duration)]) {
        if self.terminal.is_none() {
            let one = |(name, time): &(&str, Duration)| format!("{name} ({} s)", time.as_secs());
            let all = running.iter().map(one).collect::<Vec<_>>().join(", ");
            self.say(Verbosity::Normal, &format!("# still at work: {all}"));
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
        match &self.terminal {
            // A terminal that is gone is told nothing.
            Some(terminal) => drop(terminal.bars.println(plain(text))),
            None => tell(text),
        }
    }

    /// It no longer runs.
    pub fn ended(&self, job_name: &str) {
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
        finish_telling();
        let screen = Box::new(Forgiving(Term::stderr()));
        let target = ProgressDrawTarget::term_like_with_hz(screen, 10);
        let bars = MultiProgress::with_draw_target(target);
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
        self.running().insert(job_name.to_owned(), bar);
    }

    fn end(&self, job_name: &str) {
        if let Some(bar) = self.running().remove(job_name) {
            bar.finish_and_clear();
        }
        self.whole.inc(1);
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, ProgressBar>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A terminal that may be gone at any moment: what cannot be drawn is not drawn.
#[derive(Debug)]
struct Forgiving(Term);

macro_rules! forgiving {
    ($($name:ident($($argument:ident: $kind:ty)?);)*) => {
        $(fn $name(&self $(, $argument: $kind)?) -> io::Result<()> {
            let _ = self.0.$name($($argument)?);
            Ok(())
        })*
    };
}

impl TermLike for Forgiving {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    forgiving! {
        move_cursor_up(lines: usize);
        move_cursor_down(lines: usize);
        move_cursor_right(columns: usize);
        move_cursor_left(columns: usize);
        write_line(text: &str);
        write_str(text: &str);
        clear_line();
        flush();
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
