//! Releasing: a version, its commit and tag; then uploading what passed the gate.

pub mod plan;
pub mod publish;
mod repository;
#[expect(clippy::disallowed_methods, reason = "they change files and ask git")]
pub mod steps;
