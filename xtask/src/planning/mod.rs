//! The planning layer: facts in, plans out. It looks at no file, variable, clock or process.

pub mod commands;
pub mod pipeline;
pub mod place;
pub mod planned;
pub mod platform;
pub mod stubs;
pub mod testers;
pub mod toolchain;
pub mod tools;
