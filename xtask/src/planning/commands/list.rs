//! `cargo xtask list`: the wheels of the configuration, and what each is built with here.

use jobs::hinted;
use serde_json::{Value, json};

use crate::{
    facts::{config::as_github_matrix, host::Host, project::Project},
    ground::{
        cli::List,
        matrix::{Identifier, Selection, Selector},
    },
    planning::{testers::runners, toolchain::Headers},
};

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
    let mut matrix: Vec<Identifier> = project.config.matrix().collect();
    if let Some(idle) = selection.idle(&matrix) {
        let what = format!("`{}` matches no wheel", idle.0);
        return Err(hinted(what, "`cargo xtask list` without a selector names them all"));
    }
    matrix.retain(|id| selection.chooses(id));
    if json {
        let all: Vec<Value> = matrix.iter().map(|id| as_json(id, host)).collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let mut text = String::new();
    for identifier in &matrix {
        let built = match tested_in(identifier, host) {
            Err(reason) => format!("not here: {reason}"),
            Ok(titles) if titles.is_empty() => "audited, not run".to_owned(),
            Ok(titles) => format!("tested in {}", titles.join(", ")),
        };
        text.push_str(&format!("{identifier:32} {built}\n"));
    }
    for python in &host.duplicates {
        text.push_str(&format!("# {} is another {}\n", python.executable, python.title()));
    }
    for broken in &host.broken {
        text.push_str(&format!("# {} does not run: {}\n", broken.path, broken.reason));
    }
    Ok(text)
}

fn as_json(identifier: &Identifier, host: &Host) -> Value {
    let tested_in = tested_in(identifier, host);
    json!({
        "identifier": identifier.to_string(),
        "interpreter": identifier.interpreter.to_string(),
        "target": identifier.target.name,
        "reason": tested_in.as_ref().err(),
        "tested_in": tested_in.as_deref().unwrap_or_default(),
    })
}

/// The interpreters that a wheel is tested in here, or the reason why it cannot be built.
fn tested_in(identifier: &Identifier, host: &Host) -> Result<Vec<String>, String> {
    Headers::here(identifier, host)?;
    Ok(runners(identifier, host).into_iter().map(|runner| runner.title).collect())
}
