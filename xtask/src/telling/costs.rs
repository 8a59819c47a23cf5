//! What the jobs of a run cost: by stage and target, the longest chain of them, the slowest, and
//! how busy the processors were while compiling.

use std::{
    collections::{BTreeMap, HashMap},
    iter,
};

use super::{
    Report,
    job_rows::{JobRow, Seconds},
    tables::{Table, plain},
};
use crate::ground::matrix::Target;

/// The stages of a build, with the first words of the names of their jobs; what is left prepares.
const STAGES: &[(&str, &[&str])] = &[
    ("compile", &["core", "binding"]),
    ("package", &["stage", "sdist", "unpack", "assemble", "promote", "checksums"]),
    ("audit", &["audit", "auditwheel", "delocate", "abi3audit", "delvewheel"]),
    ("test", &["test", "reference"]),
];
const PREPARATION: &str = "prepare";

/// How many of the slowest jobs are shown.
const SLOWEST: usize = 10;

fn stage(job: &JobRow) -> &'static str {
    let first = job.name.split(' ').next().unwrap_or_default();
    let found = STAGES.iter().find(|(_, words)| words.contains(&first));
    found.map_or(PREPARATION, |(stage, _)| stage)
}

fn target(job: &JobRow) -> &str {
    let mut words = job.name.split([' ', '-']);
    words.find(|word| Target::named(word).is_some()).unwrap_or("all")
}

fn seconds_of(job: &JobRow) -> Option<f64> {
    job.span.map(|Seconds { start_s, end_s, .. }| end_s - start_s)
}

/// The tables of costs that have rows.
pub fn tables(report: &Report) -> Vec<Table> {
    let tables = [by_stage_and_target(report), critical_path(report), slowest(report)];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// A row for each target, a column for each stage; processor time, where that was measured.
fn by_stage_and_target(report: &Report) -> Table {
    let is_measured = report.jobs.iter().any(|job| job.cpu_s.is_some());
    let stages: Vec<&str> =
        [PREPARATION].into_iter().chain(STAGES.iter().map(|(stage, _)| *stage)).collect();
    let mut sums: BTreeMap<&str, HashMap<&str, f64>> = BTreeMap::new();
    for job in report.jobs.iter().filter(|job| job.span.is_some()) {
        let cost = if is_measured { job.cpu_s } else { seconds_of(job) };
        for column in [stage(job), "sum"] {
            for row in [target(job), "sum"] {
                *sums.entry(row).or_default().entry(column).or_default() += cost.unwrap_or(0.0);
            }
        }
    }
    let columns: Vec<&str> = stages.into_iter().chain(["sum"]).collect();
    let sum = sums.remove_entry("sum");
    let rows = sums.into_iter().chain(sum).map(|(target, of)| {
        let cell = |column: &&str| of.get(column).map_or(String::new(), |s| format!("{s:.1}"));
        [target.to_owned()].into_iter().chain(columns.iter().map(cell)).map(plain).collect()
    });
    let head: Vec<&str> = ["target"].into_iter().chain(columns.iter().copied()).collect();
    let caption = if is_measured {
        "Processor time by target and stage, in seconds"
    } else {
        "Time of jobs by target and stage, in seconds"
    };
    let mut table = Table::new(caption, &head, rows);
    table.notes.extend(busy(report));
    table
}

/// How busy workers and processors were from the first job that compiled to the last one.
fn busy(report: &Report) -> Option<String> {
    let compiling = report.jobs.iter().filter(|job| stage(job) == "compile");
    let spans: Vec<Seconds> = compiling.filter_map(|job| job.span).collect();
    let start = spans.iter().map(|span| span.start_s).fold(f64::INFINITY, f64::min);
    let end = spans.iter().map(|span| span.end_s).fold(0.0, f64::max);
    if end <= start {
        return None;
    }
    let (mut worked, mut computed) = (0.0, None);
    for job in &report.jobs {
        let Some(span) = job.span else { continue };
        let within = (f64::min(span.end_s, end) - f64::max(span.start_s, start)).max(0.0);
        worked += within;
        if let Some(cpu) = job.cpu_s {
            let share = within / (span.end_s - span.start_s).max(1e-9);
            computed = Some(computed.unwrap_or(0.0) + share * cpu);
        }
    }
    let of_all = |s: f64| s / (end - start) / report.workers as f64 * 100.0;
    let computed = computed.map(|s| format!(", processors {:.0} %", of_all(s)));
    let (computed, seconds) = (computed.unwrap_or_default(), end - start);
    Some(format!("while compiling, {seconds:.1} s: workers busy {:.0} %{computed}", of_all(worked)))
}

/// The chain of jobs, each needing the one before it, that takes longest.
fn critical_path(report: &Report) -> Table {
    let jobs = &report.jobs;
    let key = |at: usize| (jobs[at].name.as_str(), jobs[at].machine.as_deref());
    let places: HashMap<_, usize> = (0..jobs.len()).map(|at| (key(at), at)).collect();
    let places = &places;
    let needs = |at: usize| {
        let machine = jobs[at].machine.as_deref();
        jobs[at].needs.iter().filter_map(move |need| places.get(&(need.as_str(), machine)).copied())
    };
    // The longest way up to the end of each; jobs stand after those that they need.
    let mut ways = vec![0.0; jobs.len()];
    for at in 0..jobs.len() {
        let before = needs(at).map(|need| ways[need]).fold(0.0, f64::max);
        ways[at] = before + seconds_of(&jobs[at]).unwrap_or(0.0);
    }
    let longest = |a: &usize, b: &usize| ways[*a].total_cmp(&ways[*b]);
    let last = (0..jobs.len()).max_by(longest);
    let mut chain: Vec<usize> = iter::successors(last, |at| needs(*at).max_by(longest)).collect();
    chain.reverse();
    let mut table = of_jobs("The longest chain of jobs", chain.iter().map(|at| &jobs[*at]));
    if let Some(last) = last {
        let (chain_s, wall_s) = (ways[last], report.wall_s);
        table
            .notes
            .push(format!("{chain_s:.1} s of {wall_s:.1} s: no number of workers is faster"));
    }
    table
}

fn slowest(report: &Report) -> Table {
    let mut jobs: Vec<&JobRow> = report.jobs.iter().collect();
    let seconds = |job: &JobRow| seconds_of(job).unwrap_or(0.0);
    jobs.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)));
    of_jobs("The slowest jobs", jobs.into_iter().take(SLOWEST))
}

/// A row for each job that took some time.
fn of_jobs<'j>(caption: &'static str, jobs: impl Iterator<Item = &'j JobRow>) -> Table {
    let row = |job: &JobRow| {
        let seconds = seconds_of(job).filter(|seconds| *seconds >= 0.05)?;
        let cpu = job.cpu_s.map_or(String::new(), |cpu| format!("{cpu:.1} s"));
        Some([job.title(), format!("{seconds:.1} s"), cpu].map(plain).into_iter().collect())
    };
    Table::new(caption, &["job", "duration", "processor time"], jobs.filter_map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    /// Two workers; `core` and the test of another wheel run side by side.
    fn report() -> Report {
        let job = |name: &str, needs: &[&str], worker, start_s, end_s, cpu_s| {
            let needs: Vec<String> = needs.iter().map(|need| (*need).to_owned()).collect();
            let span = Some(Seconds { worker, start_s, end_s });
            JobRow { needs, span, cpu_s: Some(cpu_s), ..JobRow::named(name) }
        };
        let jobs = vec![
            job("sdist", &[], 1, 0.0, 2.0, 1.5),
            job("core win32", &["sdist"], 1, 2.0, 6.0, 3.9),
            job("test cp38-manylinux_x86_64 in 3.8", &["sdist"], 2, 2.0, 5.0, 2.0),
            job("binding cp38-win32", &["core win32"], 1, 6.0, 8.0, 2.0),
            job("binding cp39-win32", &["core win32"], 2, 6.0, 7.0, 1.0),
        ];
        Report { jobs, workers: 2, wall_s: 8.0, ..Report::default() }
    }

    fn text(table: &Table) -> String {
        use super::super::tables::Cell;
        let line = |cells: &Vec<Cell>| {
            cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" | ")
        };
        let rows = table.rows.iter().map(line);
        [table.head.join(" | ")]
            .into_iter()
            .chain(rows)
            .chain(table.notes.clone())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn costs_add_up_by_target_and_stage() {
        expect![[r#"
            target | prepare | compile | package | audit | test | sum
            all |  |  | 1.5 |  |  | 1.5
            manylinux_x86_64 |  |  |  |  | 2.0 | 2.0
            win32 |  | 6.9 |  |  |  | 6.9
            sum |  | 6.9 | 1.5 |  | 2.0 | 10.4
            while compiling, 6.0 s: workers busy 83 %, processors 74 %"#]]
        .assert_eq(&text(&by_stage_and_target(&report())));
    }

    #[test]
    fn the_longest_chain_is_that_of_jobs_that_need_each_other() {
        expect![[r#"
            job | duration | processor time
            sdist | 2.0 s | 1.5 s
            core win32 | 4.0 s | 3.9 s
            binding cp38-win32 | 2.0 s | 2.0 s
            8.0 s of 8.0 s: no number of workers is faster"#]]
        .assert_eq(&text(&critical_path(&report())));
    }

    #[test]
    fn a_run_of_nothing_has_no_such_tables() {
        assert!(tables(&Report::default()).is_empty());
    }
}
