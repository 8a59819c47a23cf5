//! `cargo xtask bench`: what building costs and how fast signatures are, measured.

mod build;
mod containers;
mod costs;
mod ours;
mod peer;
mod rounds;
mod speed;

use crate::{
    facts::{host::Host, project::Project},
    ground::cli::Bench,
};

pub fn bench(what: &Bench, host: &Host, project: &Project, json: bool) -> anyhow::Result<String> {
    match what {
        Bench::Build => build::build(host, project),
        Bench::Speed(arguments) => speed::speed(arguments, host, project),
        Bench::Recombine => speed::recombine(host, project),
        Bench::Containers(arguments) => {
            shown(&containers::containers(arguments, host, project)?, json)
        }
        Bench::Peer(arguments) => shown(&peer::peer(arguments, host, project)?, json),
    }
}

fn shown(costs: &costs::Costs, json: bool) -> anyhow::Result<String> {
    Ok(if json { serde_json::to_string_pretty(costs)? } else { costs.to_string() })
}
