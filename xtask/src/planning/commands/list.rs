//! `cargo xtask list`: the wheels of the configuration, and what each is built with here.

use jobs::hinted;
use serde::Serialize;

use crate::{
    facts::{config::as_github_matrix, host::Host, project::Project},
    ground::{
        cli::List,
        matrix::{Identifier, Selection, Selector},
    },
    planning::{testers::runners, toolchain::Headers},
};

#[derive(Serialize)]
struct Line {
    identifier: String,
    interpreter: String,
    target: &'static str,
    /// Why it cannot be built here; none if it can.
    reason: Option<String>,
    /// Interpreters that it is tested in here.
    tested_in: Vec<String>,
}

pub fn list(
    arguments: &List,
    host: &Host,
    project: &Project,
    json: bool,
) -> anyhow::Result<String> {
    if arguments.shards {
        return as_github_matrix(&project.config.shards);
    }
    let selectors = arguments.selectors.iter().cloned().map(Selector).collect();
    let selection = Selection { build: selectors, skip: Vec::new() };
    let matrix: Vec<Identifier> = project.config.matrix().collect();
    if let Some(idle) = selection.idle(&matrix) {
        let what = format!("`{}` matches no wheel", idle.0);
        return Err(hinted(what, "`cargo xtask list` without a selector names them all"));
    }
    let line = |identifier| line(identifier, host);
    let lines: Vec<Line> = matrix.iter().filter(|id| selection.chooses(id)).map(line).collect();
    if json {
        return Ok(serde_json::to_string_pretty(&lines)? + "\n");
    }
    let mut text = String::new();
    for line in &lines {
        let built = match &line.reason {
            Some(reason) => format!("not here: {reason}"),
            None if line.tested_in.is_empty() => "audited, not run".to_owned(),
            None => format!("tested in {}", line.tested_in.join(", ")),
        };
        text.push_str(&format!("{:32} {built}\n", line.identifier));
    }
    for python in &host.duplicates {
        text.push_str(&format!("# {} is another {}\n", python.executable, python.title()));
    }
    for broken in &host.broken {
        text.push_str(&format!("# {} does not run: {}\n", broken.path, broken.reason));
    }
    Ok(text)
}

fn line(identifier: &Identifier, host: &Host) -> Line {
    let reason = Headers::here(identifier, host).err();
    let tested = if reason.is_none() { runners(identifier, host) } else { Vec::new() };
    Line {
        identifier: identifier.to_string(),
        interpreter: identifier.interpreter.to_string(),
        target: identifier.target.name,
        tested_in: tested.into_iter().map(|runner| runner.title).collect(),
        reason,
    }
}
