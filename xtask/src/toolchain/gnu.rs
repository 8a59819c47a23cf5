//! The compiler of this system, gcc or clang: for development, and where zig is not wanted.

use anyhow::Context;

use super::Toolchain;
use crate::{errors::hinted, host::Host, matrix::Target, plan::Command, project::Project};

/// Its wheels promise no older glibc than this system has.
pub fn toolchain<'a>(
    host: &Host,
    project: &'a Project,
    target: &Target,
) -> anyhow::Result<Toolchain<'a>> {
    if Target::of_host(host.platform, host.architecture) != Some(target) {
        return Err(hinted(
            format!("the system's compiler does not compile for {}", target.name),
            "use `--toolchain zig`, which compiles for every target",
        ));
    }
    let (major, minor) = host.glibc.context("the system's glibc is unknown")?;
    Ok(Toolchain {
        project,
        compiler: Command::new(host.program("c++")?),
        linker: Command::new(host.program("cc")?).arg("-O3"),
        archiver: Command::new(host.program("ar")?),
        policy: format!("manylinux_{major}_{minor}"),
        fact: format!("the system's compiler, glibc {major}.{minor}"),
        is_own_tool: false,
    })
}
