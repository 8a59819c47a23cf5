//! The report as a page that needs nothing else: no script, no font, no file beside it.

use super::{
    Report, costs,
    tables::{self, Cell, Table, escaped},
    timeline,
};

const STYLE: &str = include_str!("report.css");

pub fn as_html(report: &Report) -> String {
    let verdict = report.verdict();
    let tables: String = tables::of_report(report).iter().map(table).collect();
    let costs: String = costs::tables(report).iter().map(table).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>esig: {verdict}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>esig: {verdict}</h1>\n<p>{}</p>\n{}{tables}{}{costs}{}</main>\n</body>\n</html>\n",
        escaped(&report.summary()),
        problems(report),
        timeline::section(report),
        table(&tables::jobs(&report.jobs)),
    )
}

/// Says what failed, with its log, and what builds it again.
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

fn table(table: &Table) -> String {
    let column = |name: &String| format!("<th scope=\"col\">{}</th>", escaped(name));
    let head: String = table.head.iter().map(column).collect();
    let rows = table.rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row)));
    let rows: String = rows.collect();
    let notes = table.notes.iter().map(|note| format!("<li>{}</li>\n", escaped(note)));
    let notes: String = notes.collect();
    let notes =
        if notes.is_empty() { notes } else { format!("<ul class=\"notes\">\n{notes}</ul>\n") };
    format!(
        "<div class=\"wide\" tabindex=\"0\">\n<table>\n<caption>{}</caption>\n\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n{notes}",
        table.caption
    )
}

fn cells(row: &[Cell]) -> String {
    let cell = |(at, cell): (usize, &Cell)| {
        let text = escaped(&cell.text);
        match cell.tone {
            _ if at == 0 => format!("<th scope=\"row\">{text}</th>"),
            Some(tone) if cell.title.is_empty() => {
                format!("<td class=\"{}\">{text}</td>", tone.class())
            }
            Some(tone) => {
                let (class, title) = (tone.class(), escaped(&cell.title));
                format!("<td class=\"sign {class}\" title=\"{title}\">{text}</td>")
            }
            None => format!("<td>{text}</td>"),
        }
    };
    row.iter().enumerate().map(cell).collect()
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
            "✓ 1 tested · ○ 1 audited, not run · ✗ 1 failed · – 1 skipped",
            "✓ in 3.8.1, 3.9.1: cp38-manylinux_x86_64",
            "– no CPython 3.5 was found: cp35m-manylinux_x86_64",
            "3 passed, 0 failed, 1 skipped",
            "test cp38-win32",
            "up to date",
            "not run",
            "✗ test cp38-win32",
            "worker 2",
        ] {
            assert!(texts.contains(&text), "{text}\n{page}");
        }
        assert!(
            page.contains("title=\"cp38-win32: failed test cp38-win32: `wine` ended &lt;badly")
        );
        assert!(page.contains("title=\"sdist: done, 0.0–2.0 s\" style=\"left:0%;width:10%\""));
        assert!(page.contains("@media (prefers-color-scheme: dark)"));
    }
}
