//! What is particular to one platform; the pipeline asks here.

mod linux;
mod macos;
pub mod pyenv;
pub mod windows;

use camino::Utf8Path;

use crate::{
    facts::host::Host,
    ground::{
        matrix::{Identifier, Platform},
        plan::Command,
    },
};

/// Another project's auditor, whose word counts besides our own audit.
pub struct Auditor {
    pub name: &'static str,
    /// What asks it, and a file that decides what its answer means.
    pub commands: Vec<Command>,
    pub script: &'static str,
}

/// For a wheel, if there is one that runs here.
pub fn auditor(host: &Host, identifier: &Identifier, wheel: &Utf8Path) -> Option<Auditor> {
    match identifier.target.platform {
        Platform::Linux => Some(linux::auditor(host, identifier, wheel)),
        Platform::Macos => macos::auditor(host, wheel),
        Platform::Windows => None,
    }
}
