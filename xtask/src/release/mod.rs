//! Releasing: a version, its commit and tag; then uploading what passed the gate.

pub mod plan;
pub mod publish;
pub mod steps;
