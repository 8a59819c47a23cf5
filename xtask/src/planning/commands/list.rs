//! `cargo xtask list`: the wheels of the configuration, and what each is built with here.

use serde_json::{Value, json};

use crate::{
    facts::{config::as_github_matrix, host::Host, project::Project},
    ground::{
        cli::{Global, List},
        grid::{Entry, Grid, Sign},
        matrix::{Identifier, Selection, Selector},
    },
    planning::{testers::runners, toolchain::Headers},
};

pub fn list(
    arguments: &List,
    host: &Host,
    project: &Project,
    global: &Global,
) -> anyhow::Result<String> {
    if arguments.shards {
        return as_github_matrix(&project.config.shards);
    }
    let selectors = arguments.selectors.iter().cloned().map(Selector).collect();
    let selection = Selection { build: selectors, skip: Vec::new() };
    let mut matrix: Vec<Identifier> = project.config.matrix().collect();
    selection.check(&matrix)?;
    matrix.retain(|id| selection.chooses(id));
    if global.json {
        let all: Vec<Value> = matrix.iter().map(|id| as_json(id, host)).collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let entries: Vec<Entry> = matrix.iter().map(|id| entry(id, host)).collect();
    let mut text = if global.long {
        let line = |Entry { identifier, sign, note }: &Entry| {
            let meaning = sign.mark_and_meaning().1;
            let colon = if *sign == Sign::Skipped { ":" } else { "" };
            format!("{:32} {}\n", identifier, format!("{meaning}{colon} {note}").trim_end())
        };
        entries.iter().map(line).collect()
    } else {
        Grid::new(entries).to_string()
    };
    for python in &host.duplicates {
        text.push_str(&format!("# {} is another {}\n", python.executable, python.title()));
    }
    for broken in &host.broken {
        text.push_str(&format!("# {} does not run: {}\n", broken.path, broken.reason));
    }
    Ok(text)
}

fn entry(identifier: &Identifier, host: &Host) -> Entry {
    let (sign, note) = match tested_in(identifier, host) {
        Err(reason) => (Sign::Skipped, reason),
        Ok(titles) if titles.is_empty() => (Sign::Audited, String::new()),
        Ok(titles) => (Sign::of_passed(&titles), format!("in {}", titles.join(", "))),
    };
    Entry { identifier: *identifier, sign, note }
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
