//! The gate before a release: what a release promises, and whether each promise is kept.

pub mod attestation;
pub mod plan;
pub mod promises;
#[expect(clippy::disallowed_methods, reason = "they look at the files of a release")]
pub mod steps;
