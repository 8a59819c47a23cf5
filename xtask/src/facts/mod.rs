//! The facts layer: what this machine, this checkout and other programs are and say.

pub mod config;
pub mod engine;
pub mod environment;
pub mod failures;
pub mod host;
pub mod programs;
pub mod project;
pub mod visual_studio;
