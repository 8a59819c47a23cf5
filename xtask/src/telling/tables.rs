//! The tables of a report, as HTML and Markdown show them.

use super::{
    Report,
    job_rows::{JobEnd, JobRow},
    promises::{PromiseRow, PromiseStatus},
    wheels::{self, WheelRow},
};
use crate::ground::grid::{Entry, Sign};

pub struct Table {
    pub caption: &'static str,
    pub head: Vec<String>,
    /// The first cell of each names its row.
    pub rows: Vec<Vec<Cell>>,
    /// What its signs mean, and what is to be said of them.
    pub notes: Vec<String>,
}

#[derive(Default)]
pub struct Cell {
    pub text: String,
    pub tone: Option<Tone>,
    /// What does not fit into the cell: pages show it beside the pointer.
    pub title: String,
}

/// How good or bad a result is, for its colour; the text of the cell says it too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Partly,
    Bad,
    Absent,
}

impl Tone {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Partly => "partly",
            Tone::Bad => "bad",
            Tone::Absent => "none",
        }
    }

    pub fn of_job(end: JobEnd) -> Tone {
        match end {
            JobEnd::Done => Tone::Good,
            JobEnd::UpToDate => Tone::Partly,
            JobEnd::Failed => Tone::Bad,
            JobEnd::NotRun | JobEnd::Interrupted => Tone::Absent,
        }
    }

    fn of_wheel(sign: Sign) -> Tone {
        match sign {
            Sign::Tested => Tone::Good,
            Sign::Executed | Sign::Audited => Tone::Partly,
            Sign::Failed => Tone::Bad,
            Sign::NotReached | Sign::Skipped => Tone::Absent,
        }
    }

    fn of_promise(status: &PromiseStatus) -> Tone {
        match status {
            PromiseStatus::Kept => Tone::Good,
            PromiseStatus::Broken { .. } => Tone::Bad,
            PromiseStatus::NotReached | PromiseStatus::NotChecked => Tone::Absent,
        }
    }
}

impl Table {
    pub fn new(
        caption: &'static str,
        head: &[&str],
        rows: impl Iterator<Item = Vec<Cell>>,
    ) -> Table {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Table { caption, head, rows: rows.collect(), notes: Vec::new() }
    }
}

pub fn plain(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), ..Cell::default() }
}

fn toned(text: String, tone: Tone) -> Cell {
    Cell { text, tone: Some(tone), ..Cell::default() }
}

/// The tables of a report that have rows.
pub fn of_report(report: &Report) -> Vec<Table> {
    let suites = report.suites().into_iter();
    let suites = suites.map(|(name, result)| vec![plain(name), plain(result)]);
    let all = [
        promises(&report.promises),
        wheels(&report.wheels),
        Table::new("Suites of tests", &["suite", "result"], suites),
    ];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn promises(rows: &[PromiseRow]) -> Table {
    let row = |row: &PromiseRow| {
        let result = toned(row.brief(), Tone::of_promise(&row.status));
        vec![plain(&row.check), plain(&row.promise), result]
    };
    let head = ["check", "promise", "result"];
    Table::new("Promises of a release", &head, rows.iter().map(row))
}

/// A row for each target, a column for each interpreter, oldest first.
fn wheels(rows: &[WheelRow]) -> Table {
    let grid = wheels::grid(rows);
    let names = grid.interpreters();
    let cell = |Entry { identifier, sign, note }: &Entry| {
        let (mark, meaning) = sign.mark_and_meaning();
        let title = format!("{identifier}: {meaning} {note}").trim_end().to_owned();
        Cell { text: mark.to_owned(), tone: Some(Tone::of_wheel(*sign)), title }
    };
    let row = |target: &str| {
        let cells = names.iter().map(|name| grid.at(target, name).map(cell).unwrap_or_default());
        [plain(target)].into_iter().chain(cells).collect()
    };
    let head: Vec<&str> = ["target"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let targets = grid.targets().into_iter();
    let table = Table::new("Wheels, by target and interpreter", &head, targets.map(row));
    Table { notes: [vec![grid.legend()], grid.notes()].concat(), ..table }
}

/// Says what the timeline shows, for those who cannot see it, and which jobs were not run.
pub fn jobs(jobs: &[JobRow]) -> Table {
    let mut jobs: Vec<&JobRow> = jobs.iter().collect();
    let start = |job: &JobRow| job.span.map_or(f64::INFINITY, |span| span.start_s);
    jobs.sort_by(|a, b| start(a).total_cmp(&start(b)));
    let row = |job: &JobRow| {
        let [worker, start, duration] = job.span.map_or([const { String::new() }; 3], |span| {
            let seconds = |seconds: f64| format!("{seconds:.1} s");
            let duration = seconds(span.end_s - span.start_s);
            [span.worker.to_string(), seconds(span.start_s), duration]
        });
        let tests = job.counts.map(|counts| counts.to_string()).unwrap_or_default();
        let cells = [job.state.sign_and_label().1.to_owned(), worker, start, duration, tests];
        [job.name.clone()].into_iter().chain(cells).map(plain).collect()
    };
    let head = ["job", "state", "worker", "start", "duration", "tests"];
    Table::new("Every job, by its start", &head, jobs.into_iter().map(row))
}

/// Writes text so that HTML shows it as it is, in elements and in quoted attributes.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
