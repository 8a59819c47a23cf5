//! Whole builds of copies of this checkout: the same bytes everywhere, whatever happens on the way.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "tests start programs and look at files"
)]

#[path = "../support/mod.rs"]
mod support;

mod copy;
mod doctor;
mod engines;
mod failing;
#[cfg(target_os = "linux")]
mod gate;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(target_os = "linux")]
mod macos;
#[cfg(target_os = "linux")]
mod msvc;
mod printed;
#[cfg(target_os = "linux")]
mod pyenv;
mod release;
mod reproducible;
mod submodule;
