//! `[groups]`: wheels besides those of the lists, built if the command line names them, or always.

use serde::Deserialize;

use crate::ground::matrix::{Identifier, Interpreter, Target};

/// Each of some interpreters with each of some targets.
#[derive(Clone, Debug)]
pub struct Group {
    pub interpreters: Vec<Interpreter>,
    pub targets: Vec<&'static Target>,
    /// Whether its wheels are built, and released, without being named.
    pub is_enabled: bool,
}

/// A group as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupTable {
    pub interpreters: Vec<String>,
    pub targets: Vec<String>,
    #[serde(default)]
    pub enabled: bool,
}

impl Group {
    pub fn wheels(&self) -> impl Iterator<Item = Identifier> {
        let of_target = |target: &'static Target| {
            let interpreters = self.interpreters.iter().copied();
            interpreters.map(move |interpreter| Identifier { interpreter, target })
        };
        self.targets.iter().copied().flat_map(of_target)
    }
}
