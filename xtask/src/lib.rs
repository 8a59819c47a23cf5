//! The build helper of esig: what the program `xtask` does, as a library, so that planners are
//! tested in process.
//!
//! Five layers, each using only those before it: `ground` (vocabulary), `facts` (what is here),
//! `planning` (what is going to happen), `acting` (making it happen), `telling` (what came of it).
//! The features `gate`, `doctor`, `libalgebra` and `release` have files of several layers each.

pub mod acting;
mod answer;
mod audit;
mod bench;
pub mod doctor;
pub mod facts;
pub mod gate;
pub mod ground;
pub mod libalgebra;
pub mod planning;
pub mod release;
mod run;
pub mod telling;
mod wheel;

use std::process::ExitCode;

use clap::Parser;
use ground::cli::{Cli, Invocation};

/// The whole program: reads the command line, does what it says, and tells of a failure.
pub fn main() -> ExitCode {
    let Cli { command, global } = Cli::parse();
    let done = match &command {
        Invocation::Task(task) => run::task(task, &global),
        Invocation::Step(step) => run::step(step, &global),
        Invocation::Wrapper(wrapper) => run::wrapper(wrapper),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {}", jobs::shown(&error));
        ExitCode::FAILURE
    })
}
