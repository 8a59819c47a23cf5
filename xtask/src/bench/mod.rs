//! `cargo xtask bench`: what building costs and how fast signatures are, measured.

mod build;
mod containers;
mod costs;
mod ours;
mod peer;
mod rounds;
mod speed;

use anyhow::ensure;
use jobs::{Options, Outcome, hinted};

use crate::{
    acting,
    facts::{host::Host, project::Project},
    ground::{cli::Bench, plan::Plan},
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

/// Carries out a plan that is measured, or that what is measured depends on.
fn carry_out(plan: &Plan, options: &Options, project: &Project) -> anyhow::Result<Outcome> {
    let outcome = acting::run(project, plan, options)?;
    ensure!(outcome.is_good(), hinted("it was not measured", "the lines above say why"));
    Ok(outcome)
}
