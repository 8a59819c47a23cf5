//! The jobs of a run as bars over time, a lane for each worker.

use std::collections::BTreeSet;

use super::{
    Report,
    job_rows::{JobEnd, JobRow, Seconds},
    tables::{Tone, escaped},
};

/// Seconds between two marks of the axis; the first that needs at most [`MARKS_MAX`] is taken.
const STEPS_S: &[f64] =
    &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
const MARKS_MAX: f64 = 10.0;

/// How wide the timeline can be made, in widths of the page: with the arrow keys, or a finger.
const ZOOMS: [u32; 6] = [1, 2, 4, 8, 16, 32];

pub fn section(report: &Report) -> String {
    let bars: Vec<(&JobRow, Seconds)> =
        report.jobs.iter().filter_map(|job| Some((job, job.span?))).collect();
    let whole_s = bars.iter().map(|(_, span)| span.end_s).fold(report.wall_s, f64::max);
    let lanes: BTreeSet<Lane> = bars.iter().map(|(job, span)| Lane::of(job, *span)).collect();
    if lanes.is_empty() || whole_s <= 0.0 {
        return String::new();
    }
    let (count, workers) = (bars.len(), lanes.len());
    let lanes: String = lanes.iter().map(|lane| lane.shown(&bars, whole_s)).collect();
    let label = format!(
        "{count} jobs by {workers} workers in {whole_s:.1} s; the table of every job says the same"
    );
    format!(
        "<h2 id=\"timeline\">Timeline</h2>\n<p class=\"legend\">{}</p>\n{}\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"timeline\">\n\
         <div class=\"timeline\" role=\"img\" aria-label=\"{label}\">\n{}{lanes}</div>\n</div>\n",
        legend(report),
        zoom(),
        axis(whole_s),
    )
}

/// A group of buttons of which one is pressed; the style sheet widens the timeline on account of
/// it.
fn zoom() -> String {
    let button = |zoom: &u32| {
        let checked = if *zoom == 1 { " checked=\"\"" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"zoom\" value=\"{zoom}\"{checked}/> {zoom}×</label>\n"
        )
    };
    let buttons: String = ZOOMS.iter().map(button).collect();
    format!("<fieldset class=\"zoom\">\n<legend>Zoom</legend>\n{buttons}</fieldset>\n")
}

/// Explains the states that some job is in.
fn legend(report: &Report) -> String {
    let is_there = |state: &JobEnd| report.jobs.iter().any(|job| job.state == *state);
    let entry = |state: JobEnd| {
        let (class, (sign, label)) = (Tone::of_job(state).class(), state.sign_and_label());
        format!("<span class=\"{class}\">{sign} {label}</span>")
    };
    JobEnd::ALL.into_iter().filter(is_there).map(entry).collect::<Vec<_>>().join(" ")
}

fn axis(whole_s: f64) -> String {
    let fits = |step: &&f64| whole_s / **step <= MARKS_MAX;
    let step = STEPS_S.iter().find(fits).copied().unwrap_or(whole_s / MARKS_MAX);
    // A mark at the very end would have no room.
    let count = (whole_s * 0.97 / step).floor() as usize;
    let mark = |at: usize| {
        let second = at as f64 * step;
        let left = percent(second, whole_s);
        let shown = if step < 1.0 { format!("{second:.1}") } else { format!("{second:.0}") };
        format!("<span style=\"left:{left}%\">{shown} s</span>")
    };
    let marks: String = (0..=count).map(mark).collect();
    format!("<div class=\"axis\">{marks}</div>\n")
}

/// A worker of a machine.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Lane<'j> {
    machine: Option<&'j str>,
    worker: usize,
}

impl<'j> Lane<'j> {
    fn of(job: &'j JobRow, span: Seconds) -> Lane<'j> {
        Lane { machine: job.machine.as_deref(), worker: span.worker }
    }

    fn shown(&self, bars: &[(&JobRow, Seconds)], whole_s: f64) -> String {
        let own = bars.iter().filter(|(job, span)| Lane::of(job, *span) == *self);
        let bars: String = own.map(|(job, span)| bar(job, *span, whole_s)).collect();
        let machine = self.machine.map(|machine| format!("{} ", escaped(machine)));
        let (machine, worker) = (machine.unwrap_or_default(), self.worker);
        format!("<div class=\"lane\">\n<b>{machine}worker {worker}</b>\n{bars}</div>\n")
    }
}

fn bar(job: &JobRow, Seconds { start_s, end_s, .. }: Seconds, whole_s: f64) -> String {
    let JobRow { name, state, .. } = job;
    let (left, width) = (percent(start_s, whole_s), percent(end_s - start_s, whole_s));
    let name = escaped(name);
    let (class, (sign, label)) = (Tone::of_job(*state).class(), state.sign_and_label());
    format!(
        "<span class=\"{class}\" title=\"{name}: {label}, {start_s:.1}–{end_s:.1} s\" \
         style=\"left:{left}%;width:{width}%\">{sign} {name}</span>\n"
    )
}

/// Rounds to a thousandth, for short numbers in the page.
fn percent(part: f64, whole: f64) -> f64 {
    (part / whole * 100_000.0).round() / 1000.0
}
