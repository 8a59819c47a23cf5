//! `cargo xtask bench`: what building costs, measured.

mod build;
mod containers;
mod costs;

use crate::{
    facts::{host::Host, project::Project},
    ground::cli::Bench,
};

pub fn bench(what: &Bench, host: &Host, project: &Project, json: bool) -> anyhow::Result<String> {
    match what {
        Bench::Build => build::build(host, project),
        Bench::Containers(arguments) => {
            let costs = containers::containers(arguments, host, project)?;
            Ok(if json { serde_json::to_string_pretty(&costs)? } else { costs.to_string() })
        }
    }
}
