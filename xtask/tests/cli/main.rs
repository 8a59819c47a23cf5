//! The command line of the built helper: its help, its errors, the plans that it prints.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "tests start programs and look at files"
)]

#[path = "../support/mod.rs"]
mod support;

mod audits;
mod doctor;
mod downloads;
mod engines;
mod errors;
mod files;
mod gate;
mod help;
mod libalgebra;
mod plans;
#[cfg(unix)]
mod pyenv;
mod release;
mod reports;
mod settings;
#[cfg(unix)]
mod visual_studio;
#[cfg(unix)]
mod windows_container;
