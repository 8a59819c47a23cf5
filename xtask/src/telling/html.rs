//! The report as a page that needs nothing else: no script, no font, no file beside it.

use super::{
    Report,
    job_rows::JobRow,
    matrix::{self, Matrix},
    promises, timeline,
    wheels::Status,
};

const STYLE: &str = include_str!("report.css");

pub fn as_html(report: &Report) -> String {
    let verdict = report.verdict();
    let matrix = matrix::of_rows(&report.wheels);
    let parts = [
        promises(&report.promises),
        wheels(&matrix),
        suites(report),
        problems(report),
        timeline::section(report),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>esig: {verdict}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>esig: {verdict}</h1>\n<p>{}</p>\n{}{}</main>\n</body>\n</html>\n",
        escaped(&report.summary()),
        parts.concat(),
        jobs(&report.jobs),
    )
}

fn promises(promises: &[promises::Kept]) -> String {
    if promises.is_empty() {
        return String::new();
    }
    let row = |row: &promises::Kept| {
        let class = match row.status {
            promises::Status::Kept => "good",
            promises::Status::Broken { .. } => "bad",
            promises::Status::NotReached | promises::Status::NotChecked => "none",
        };
        let [check, promise, result] = [row.check, row.promise, &row.brief()].map(escaped);
        format!(
            "<tr><th scope=\"row\">{check}</th><td>{promise}</td>\
             <td class=\"{class}\">{result}</td></tr>\n"
        )
    };
    table("Promises of a release", &["check", "promise", "result"], promises.iter().map(row))
}

fn wheels(matrix: &Matrix) -> String {
    if matrix.lines.is_empty() {
        return String::new();
    }
    let rows = matrix.lines.iter().map(|line| {
        let cells: String = line.cells.iter().map(|status| cell(*status)).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escaped(line.target))
    });
    let head = [vec!["target"], matrix.interpreters.clone()].concat();
    table("Wheels, by target and interpreter", &head, rows)
}

fn cell(status: Option<&Status>) -> String {
    let Some(status) = status else { return "<td></td>".to_owned() };
    let class = match status {
        Status::Tested { .. } => "good",
        Status::AuditedNotRun => "partly",
        Status::Failed { .. } => "bad",
        Status::Skipped { .. } => "none",
    };
    format!("<td class=\"{class}\">{}</td>", escaped(&status.brief()))
}

fn suites(report: &Report) -> String {
    let suites = report.suites();
    if suites.is_empty() {
        return String::new();
    }
    let row = |(name, result): &(String, String)| {
        let (name, result) = (escaped(name), escaped(result));
        format!("<tr><th scope=\"row\">{name}</th><td>{result}</td></tr>\n")
    };
    table("Suites of tests", &["suite", "result"], suites.iter().map(row))
}

/// What failed, with its log, and what builds it again.
fn problems(report: &Report) -> String {
    let items = report.failed.iter().map(|line| format!("<li>{}</li>\n", escaped(line)));
    let items: String = items.collect();
    let mut text = String::new();
    if !items.is_empty() {
        text.push_str(&format!("<h2>Failed</h2>\n<ul>\n{items}</ul>\n"));
    }
    if let Some(again) = &report.again {
        let again = escaped(again);
        text.push_str(&format!("<p>Again, what failed alone: <code>{again}</code></p>\n"));
    }
    text
}

/// What the timeline shows, to read: also for whoever cannot see it, and with the jobs not run.
fn jobs(jobs: &[JobRow]) -> String {
    let mut jobs: Vec<&JobRow> = jobs.iter().collect();
    let start = |job: &JobRow| job.span.map_or(f64::INFINITY, |span| span.start_s);
    jobs.sort_by(|a, b| start(a).total_cmp(&start(b)));
    let row = |job: &&JobRow| {
        let span = job.span.map(|span| {
            [
                span.worker.to_string(),
                format!("{:.1} s", span.start_s),
                format!("{:.1} s", span.end_s - span.start_s),
            ]
        });
        let tests = job.counts.map(|counts| counts.to_string()).unwrap_or_default();
        let cells =
            [vec![job.state.label().to_owned()], span.unwrap_or_default().into(), vec![tests]];
        let cells = cells.concat();
        let cells: String =
            cells.iter().map(|text| format!("<td>{}</td>", escaped(text))).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escaped(&job.name))
    };
    let head = ["job", "state", "worker", "start", "duration", "tests"];
    table("Every job, by its start", &head, jobs.iter().map(row))
}

fn table(caption: &str, head: &[&str], rows: impl Iterator<Item = String>) -> String {
    let column = |name: &&str| format!("<th scope=\"col\">{}</th>", escaped(name));
    let head: String = head.iter().map(column).collect();
    let rows: String = rows.collect();
    format!(
        "<div class=\"wide\">\n<table>\n<caption>{caption}</caption>\n\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

/// `text` as it stands, in text and in quoted attributes.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};

    /// Every element is closed, in order; gives the text between tags, a piece each.
    #[track_caller]
    fn well_formed(page: &str) -> Vec<&str> {
        let body = page.strip_prefix("<!doctype html>").expect("it says what it is");
        let mut open = Vec::new();
        let mut texts = Vec::new();
        let mut pieces = body.split('<');
        texts.extend(pieces.next());
        for piece in pieces {
            let (tag, text) = piece.split_once('>').expect("a tag ends");
            assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "</{name}> closes another element");
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or_default());
            }
            texts.push(text);
        }
        assert!(open.is_empty(), "{open:?} are not closed");
        texts
    }

    #[test]
    fn every_page_is_well_formed_and_needs_nothing_from_elsewhere() {
        for report in [report_of_everything(), report_of_a_suite(), report_of_a_gate()] {
            let page = as_html(&report);
            well_formed(&page);
            for foreign in ["<script", "<link", "<img", "http:", "https:", "url(", "@import"] {
                assert!(!page.contains(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn the_page_of_a_gate_shows_each_promise_kept_or_broken() {
        let page = as_html(&report_of_a_gate());
        assert!(page.contains("is what is committed</td><td class=\"good\">kept</td>"), "{page}");
        assert!(
            page.contains("<td class=\"bad\">BROKEN: `a` ended badly (and 1 more); to do: "),
            "{page}"
        );
    }

    #[test]
    fn the_page_shows_each_wheel_job_and_suite_with_its_state_in_words() {
        let page = as_html(&report_of_everything());
        let texts = well_formed(&page);
        for text in [
            "esig: failed",
            "manylinux_x86_64",
            "tested in 3.8.1, 3.9.1",
            "audited, not run",
            "failed: test cp38-win32: `wine` ended &lt;badly&gt;",
            "skipped: no CPython 3.5 was found",
            "3 passed, 0 failed, 1 skipped",
            "test cp38-win32",
            "up to date",
            "not run",
            "✗ test cp38-win32",
            "worker 2",
        ] {
            assert!(texts.contains(&text), "{text}\n{page}");
        }
        assert!(page.contains("title=\"sdist: done, 0.0–2.0 s\" style=\"left:0%;width:10%\""));
        assert!(page.contains("@media (prefers-color-scheme: dark)"));
    }
}
