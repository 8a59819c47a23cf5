//! The vocabulary of the build: interpreter, target, identifier, selector. Pure data, no I/O.

mod identifier;
mod interpreter;
mod release;
mod selector;
mod systems;
mod target;

pub use identifier::Identifier;
pub use interpreter::{Abi, Interpreter};
pub use release::Release;
pub use selector::{Selection, Selector, wildcard_matches};
pub use systems::Systems;
pub use target::{Libc, Platform, TARGETS, Target, version_of_policy};
pub use wheel_audit::Architecture;
