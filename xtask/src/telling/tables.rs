//! The tables of a report, as HTML and Markdown show them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Report,
    job_rows::{JobEnd, JobRow},
    promises::{PromiseRow, PromiseStatus},
    wheels::{WheelRow, WheelStatus},
};

pub struct Table {
    pub caption: &'static str,
    pub head: Vec<String>,
    /// The first cell of each names its row.
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Default)]
pub struct Cell {
    pub text: String,
    pub tone: Option<Tone>,
}

/// How good the news is. The words say it too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Partly,
    Bad,
    Absent,
}

impl Tone {
    /// In the style sheet.
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
            JobEnd::NotRun => Tone::Absent,
        }
    }

    fn of_wheel(status: &WheelStatus) -> Tone {
        match status {
            WheelStatus::Tested { .. } => Tone::Good,
            WheelStatus::AuditedNotRun => Tone::Partly,
            WheelStatus::Failed { .. } => Tone::Bad,
            WheelStatus::Skipped { .. } => Tone::Absent,
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
    fn new(caption: &'static str, head: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Table {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Table { caption, head, rows: rows.collect() }
    }
}

fn plain(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), tone: None }
}

fn toned(text: String, tone: Tone) -> Cell {
    Cell { text, tone: Some(tone) }
}

/// Those that have rows.
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
        vec![plain(row.check), plain(row.promise), result]
    };
    let head = ["check", "promise", "result"];
    Table::new("Promises of a release", &head, rows.iter().map(row))
}

/// A row for each target, a column for each interpreter, oldest first.
fn wheels(rows: &[WheelRow]) -> Table {
    let found: BTreeMap<_, &WheelStatus> =
        rows.iter().filter_map(|row| Some((row.target_and_interpreter()?, &row.status))).collect();
    let targets: BTreeSet<&str> = found.keys().map(|(target, _)| *target).collect();
    let columns: BTreeSet<_> = found.keys().map(|(_, interpreter)| *interpreter).collect();
    let cell = |status: &&WheelStatus| toned(status.brief(), Tone::of_wheel(status));
    let row = |target: &str| {
        let cells = columns.iter().map(|column| found.get(&(target, *column)).map(cell));
        [plain(target)].into_iter().chain(cells.map(Option::unwrap_or_default)).collect()
    };
    let names = columns.iter().map(|(_, _, name)| *name);
    let head: Vec<&str> = ["target"].into_iter().chain(names).collect();
    Table::new("Wheels, by target and interpreter", &head, targets.into_iter().map(row))
}

/// What the timeline shows, to read: also for whoever cannot see it, and with the jobs not run.
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

/// Text as it stands, in elements and in quoted attributes of HTML.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
