//! Linux: auditwheel judges platform tags, abi3audit the use of the stable ABI.

use camino::Utf8Path;

use crate::{
    host::Host,
    matrix::{Abi, Identifier},
    plan::Command,
    tools,
};

pub fn audit_commands(host: &Host, identifier: &Identifier, wheel: &Utf8Path) -> Vec<Command> {
    let python = tools::BUILD.program(host, "python");
    let mut commands =
        vec![Command::new(python).arg("build-scripts/check-platform-tag.py").arg(wheel)];
    if identifier.interpreter.abi == Abi::Stable {
        let abi3audit = tools::BUILD.program(host, "abi3audit");
        commands.push(Command::new(abi3audit).args(["--strict", "--report"]).arg(wheel));
    }
    commands
}
