//! The files that `--report` asks for, and what a runner of GitHub shows of a run.

use std::{env, fs::OpenOptions, io::Write};

use anyhow::Context;
use camino::Utf8Path;

use super::{Report, html::as_html, markdown::as_markdown};
use crate::acting::files;

/// GitHub names a file to each step, and shows the Markdown that the step adds to it.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

pub fn write_report(root: &Utf8Path, folder: &Utf8Path, report: &Report) -> anyhow::Result<()> {
    let markdown = as_markdown(report);
    let contents = [
        ("report.html", as_html(report)),
        ("report.md", markdown.clone()),
        ("report.json", report.as_json() + "\n"),
    ];
    for (name, content) in contents {
        files::write_whole(root, &root.join(folder).join(name), content.as_bytes())?;
    }
    let Some(summary) = env::var_os(SUMMARY).filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    let added = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&summary)
        .and_then(|mut file| file.write_all(markdown.as_bytes()));
    added.with_context(|| format!("cannot write `{}`, as ${SUMMARY} asks", summary.display()))
}
