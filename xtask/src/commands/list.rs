//! `cargo xtask list`: the wheels of the configuration, and what each is built with here.

use serde::Serialize;

use crate::{
    cli::List,
    commands::wheels::{builder_of, matrix},
    errors::hinted,
    host::Host,
    matrix::{Selection, Selector, Target},
    project::Project,
};

#[derive(Serialize)]
struct Line {
    identifier: String,
    interpreter: String,
    target: &'static str,
    /// The release of the interpreter that it is built with here.
    builds_with: Option<String>,
    /// Why it is not built here.
    reason: Option<String>,
    /// Releases that it is tested in here.
    tested_in: Vec<String>,
}

pub fn list(
    arguments: &List,
    host: &Host,
    project: &Project,
    json: bool,
) -> anyhow::Result<String> {
    let selectors = arguments.selectors.iter().cloned().map(Selector).collect();
    let selection = Selection { build: selectors, skip: Vec::new() };
    let matrix = matrix(project);
    if let Some(idle) = selection.idle(&matrix) {
        let what = format!("`{}` matches no wheel", idle.0);
        return Err(hinted(what, "`cargo xtask list` without a selector names them all"));
    }
    let here = Target::of_host(host.platform, host.architecture);
    let line = |identifier| line(identifier, here, host);
    let lines: Vec<Line> = matrix.iter().filter(|id| selection.chooses(id)).map(line).collect();
    if json {
        return Ok(serde_json::to_string_pretty(&lines)? + "\n");
    }
    let mut text = String::new();
    for line in &lines {
        let built = match (&line.builds_with, &line.reason) {
            (Some(_), _) => format!("tested in {}", line.tested_in.join(", ")),
            (None, reason) => format!("not here: {}", reason.as_deref().unwrap_or_default()),
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

fn line(
    identifier: &crate::matrix::Identifier,
    here: Option<&'static Target>,
    host: &Host,
) -> Line {
    let builder = match here {
        Some(target) => builder_of(identifier, target, host),
        None => Err("no wheel is built for this machine".to_owned()),
    };
    let tested = host.served_by(identifier.interpreter).map(|python| python.release.clone());
    Line {
        identifier: identifier.to_string(),
        interpreter: identifier.interpreter.to_string(),
        target: identifier.target.name,
        tested_in: if builder.is_ok() { tested.collect() } else { Vec::new() },
        builds_with: builder.as_ref().ok().map(|python| python.release.clone()),
        reason: builder.err(),
    }
}
