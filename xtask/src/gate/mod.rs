//! The gate before a release: what a release promises, and how each promise is checked.

pub mod plan;
pub mod promises;
#[expect(clippy::disallowed_methods, reason = "they look at the files of a release")]
pub mod steps;
