//! libalgebra/ as a plain folder or as a git submodule: what is known of it, and the way between.

pub mod facts;
pub mod plan;
mod rules;
#[expect(clippy::disallowed_methods, reason = "they change files and ask git")]
pub mod steps;
