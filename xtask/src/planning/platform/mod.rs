//! What is particular to one platform; the pipeline asks here.

pub mod pyenv;
pub mod windows;

use camino::Utf8Path;

use crate::{
    facts::host::Host,
    ground::{
        matrix::{Abi, Identifier, Platform},
        plan::Command,
    },
    planning::tools,
};

/// Another project's auditor, whose word counts besides our own audit.
pub struct Auditor {
    pub name: &'static str,
    pub commands: Vec<Command>,
    /// A file that decides what its answer means.
    pub script: &'static str,
}

/// The other auditor of a wheel, if there is one that runs here.
pub fn auditor(host: &Host, identifier: &Identifier, wheel: &Utf8Path) -> Option<Auditor> {
    let python = || Command::new(tools::BUILD.program(host, "python"));
    match identifier.target.platform {
        // auditwheel judges platform tags, abi3audit the use of the stable ABI.
        Platform::Linux => {
            let script = "build-scripts/check-platform-tag.py";
            let mut commands = vec![python().arg(script).arg(wheel)];
            if identifier.interpreter.abi == Abi::Stable {
                let abi3audit = python().args(["-m", "abi3audit", "--strict", "--report"]);
                commands.push(abi3audit.arg(wheel));
            }
            Some(Auditor { name: "auditwheel", commands, script })
        }
        // delocate says which libraries a wheel needs. It asks Apple's `otool`.
        Platform::Macos => {
            let script = "build-scripts/check-needed-libraries.py";
            host.macos.as_ref().filter(|_| host.platform == Platform::Macos)?.developer.as_ref()?;
            let commands = vec![python().arg(script).arg(wheel)];
            Some(Auditor { name: "delocate", commands, script })
        }
        Platform::Pyodide | Platform::Windows => None,
    }
}
