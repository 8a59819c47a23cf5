//! Linux: auditwheel judges platform tags, abi3audit the use of the stable ABI.

use camino::Utf8Path;

use super::Auditor;
use crate::{
    facts::host::Host,
    ground::{
        matrix::{Abi, Identifier},
        plan::Command,
    },
    planning::tools,
};

const CHECK_PLATFORM_TAG: &str = "build-scripts/check-platform-tag.py";

pub fn auditor(host: &Host, identifier: &Identifier, wheel: &Utf8Path) -> Auditor {
    let python = tools::BUILD.program(host, "python");
    let mut commands = vec![Command::new(&python).arg(CHECK_PLATFORM_TAG).arg(wheel)];
    if identifier.interpreter.abi == Abi::Stable {
        let arguments = ["-m", "abi3audit", "--strict", "--report"];
        commands.push(Command::new(python).args(arguments).arg(wheel));
    }
    Auditor { name: "auditwheel", commands, script: CHECK_PLATFORM_TAG }
}
