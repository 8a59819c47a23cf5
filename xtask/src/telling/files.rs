//! The files that `--report` asks for, reading them again, and what a runner of GitHub shows.

use std::{env, fs::OpenOptions, io::Write};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{files_below, hinted};

use super::{Report, evidence, html::as_html, markdown::as_markdown};
use crate::acting::files;

/// GitHub names a file to each step, and shows the Markdown that the step adds to it.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

pub fn write_report(root: &Utf8Path, folder: &Utf8Path, report: &Report) -> anyhow::Result<()> {
    let markdown = as_markdown(report);
    let contents = [
        ("report.html", as_html(report)),
        ("report.md", markdown.clone()),
        (JSON, report.as_json() + "\n"),
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

/// The file of a report that programs read.
const JSON: &str = "report.json";

/// Each report of these files and folders, with the name of its machine: that of the folder.
pub fn read_reports(
    here: &Utf8Path,
    paths: &[Utf8PathBuf],
) -> anyhow::Result<Vec<(String, Report)>> {
    let mut reports = Vec::new();
    for path in paths {
        let path = here.join(path);
        let files = if path.is_dir() { files_below(&path)? } else { vec![path.clone()] };
        let is_given = |file: &&Utf8PathBuf| **file == path || file.file_name() == Some(JSON);
        let found: Vec<&Utf8PathBuf> = files.iter().filter(is_given).collect();
        if found.is_empty() {
            let hint = "give the folder that was named with `--report`";
            return Err(hinted(format!("there is no {JSON} in `{path}`"), hint));
        }
        for file in found {
            let folder = if path.is_dir() { Some(path.as_path()) } else { file.parent() };
            let machine = folder.and_then(Utf8Path::file_name).unwrap_or("here").to_owned();
            let report = serde_json::from_slice(&files::read(file)?)
                .with_context(|| format!("`{file}` is no report"))?;
            reports.push((machine, report));
        }
    }
    Ok(reports)
}

/// Replaces what docs/evidence.md says of the last run.
pub fn write_evidence(root: &Utf8Path, report: &Report) -> anyhow::Result<()> {
    let path = root.join("docs/evidence.md");
    let new = evidence::renewed(&files::read_text(&path)?, report)
        .with_context(|| format!("in `{path}`"))?;
    files::write_whole(root, &path, new.as_bytes())
}
