//! What is particular to one platform; the pipeline asks here.

pub mod docker;
mod linux;
pub mod pyenv;

use camino::Utf8Path;

use crate::{
    host::Host,
    matrix::{Identifier, Platform},
    plan::Command,
};

/// Asks auditwheel.
pub const CHECK_PLATFORM_TAG: &str = "build-scripts/check-platform-tag.py";

/// Other projects' auditors, whose word counts besides our own audit.
pub fn audit_commands(host: &Host, identifier: &Identifier, wheel: &Utf8Path) -> Vec<Command> {
    match identifier.target.platform {
        Platform::Linux => linux::audit_commands(host, identifier, wheel),
        Platform::Macos | Platform::Windows => Vec::new(),
    }
}
