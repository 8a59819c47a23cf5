//! macOS: delocate says which libraries a wheel needs.

use camino::Utf8Path;

use super::Auditor;
use crate::{
    facts::host::Host,
    ground::{matrix::Platform, plan::Command},
    planning::tools,
};

const CHECK_NEEDED_LIBRARIES: &str = "build-scripts/check-needed-libraries.py";

/// delocate asks Apple's `otool`, so it runs there alone.
pub fn auditor(host: &Host, wheel: &Utf8Path) -> Option<Auditor> {
    let python = tools::BUILD.program(host, "python");
    let check = Command::new(python).arg(CHECK_NEEDED_LIBRARIES).arg(wheel);
    let script = CHECK_NEEDED_LIBRARIES;
    let is_here = host.platform == Platform::Macos
        && host.macos.as_ref().is_some_and(|macos| macos.developer.is_some());
    is_here.then(|| Auditor { name: "delocate", commands: vec![check], script })
}
