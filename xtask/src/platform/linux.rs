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
    let mut commands = vec![Command::new(&python).arg(super::CHECK_PLATFORM_TAG).arg(wheel)];
    if identifier.interpreter.abi == Abi::Stable {
        let arguments = ["-m", "abi3audit", "--strict", "--report"];
        commands.push(Command::new(python).args(arguments).arg(wheel));
    }
    commands
}
