//! The compiler of this system, gcc or clang: for development, and where zig is not wanted.

use anyhow::Context;
use jobs::hinted;

use super::{Link, Linker, Toolchain};
use crate::{
    facts::{
        host::{Host, Image},
        project::Project,
    },
    ground::{
        matrix::{Architecture, Target},
        plan::Command,
    },
    planning::place::Place,
};

/// What its wheels need of this system's glibc, the audit holds against what they promise.
pub fn toolchain<'a>(
    host: &Host,
    project: &'a Project,
    target: &'static Target,
) -> anyhow::Result<Toolchain<'a>> {
    if Target::of_host(host.platform, host.architecture) != Some(target) {
        return Err(hinted(
            format!("the system's compiler does not compile for {}", target.name),
            "use zig (`--builder zig`), which compiles for every target",
        ));
    }
    let (major, minor) = host.glibc.context("the system's glibc is unknown")?;
    Ok(Toolchain {
        project,
        target,
        compiler: Command::new(host.program("c++")?).args(flags(target)),
        archiver: Command::new(host.program("ar")?),
        linker: Linker::Gnu(Command::new(host.program("cc")?)),
        place: Place::Here,
        fact: format!("the system's compiler, glibc {major}.{minor}"),
        is_own_tool: false,
        provision: Vec::new(),
    })
}

/// gcc would ask the system at run time what atomic instructions there are, by way of its runtime.
fn flags(target: &Target) -> Option<&'static str> {
    (target.architecture == Architecture::Aarch64).then_some("-mno-outline-atomics")
}

/// As here, in a container of an image.
pub fn of_image<'a>(
    image: &Image,
    place: Place,
    project: &'a Project,
    target: &'static Target,
) -> Toolchain<'a> {
    Toolchain {
        project,
        target,
        compiler: Command::new("c++").args(flags(target)),
        archiver: Command::new("ar"),
        linker: Linker::Gnu(Command::new("cc")),
        fact: format!("the compiler of the image {} {}", image.name, image.id),
        is_own_tool: false,
        provision: Vec::new(),
        place,
    }
}

/// Nothing comes from the compiler that is not asked for here: what is linked in is known.
pub fn link(linker: &Command, link: &Link) -> Command {
    linker
        .clone()
        .args(["-shared", "-s", "-nostdlib"])
        .args(["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--as-needed"])
        .args(link.objects)
        .arg(format!("{}/libalgebra.a", link.core))
        .arg("-lc")
        .args(link.identifier.target.needs_compiler_runtime.then_some("-lgcc"))
        .arg("-o")
        .arg(link.module)
}
