//! The command line of the built helper: its help, its errors, the plans that it prints.

#[path = "../support/mod.rs"]
mod support;

mod engines;
mod errors;
mod help;
mod libalgebra;
mod plans;
#[cfg(unix)]
mod pyenv;
