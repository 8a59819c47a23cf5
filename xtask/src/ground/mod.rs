//! The ground layer: vocabulary, command line and plans, as plain data. It uses no other layer.

pub mod cli;
pub mod grid;
mod listed;
pub mod matrix;
pub mod meant;
pub mod paths;
pub mod plan;

pub use listed::listed;
