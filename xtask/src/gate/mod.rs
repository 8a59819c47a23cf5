//! The gate before a release: what a release promises, and how each promise is checked.

pub mod plan;
pub mod promises;
pub mod steps;
