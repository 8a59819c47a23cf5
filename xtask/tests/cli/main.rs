//! The command line of the built helper: its help, its errors, the plans that it prints.

#[path = "../support/mod.rs"]
mod support;

mod audits;
mod doctor;
mod downloads;
mod engines;
mod errors;
mod help;
mod libalgebra;
mod plans;
#[cfg(unix)]
mod pyenv;
mod release;
mod reports;
#[cfg(unix)]
mod visual_studio;
#[cfg(unix)]
mod windows_container;
