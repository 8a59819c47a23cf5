//! Builds in containers of a real engine. They need root and the images of tests/docker.

#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "tests start programs and look at files"
)]

#[path = "../support/mod.rs"]
mod support;

mod building;
mod doctor;
mod failing;
mod gate;
mod own_engine;

use std::process::Command;

/// The program that talks to engines.
fn docker(arguments: &[&str]) -> Command {
    let mut docker = Command::new("docker");
    docker.args(arguments);
    docker
}
