//! The compiler of this system, gcc or clang: for development, and where zig is not wanted.

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::hinted;

use super::{Extension, Linker, Toolchain};
use crate::{
    facts::{host::Host, project::Project},
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
    if host.own_target() != Some(target) {
        return Err(hinted(
            format!("the system's compiler does not compile for {}", target.name),
            "use zig (`--builder zig`), which compiles for every target",
        ));
    }
    let (major, minor) = host.glibc.context("the system's glibc is unknown")?;
    let fact = format!("the system's compiler, glibc {major}.{minor}");
    let programs = [host.program("c++")?, host.program("ar")?, host.program("cc")?];
    Ok(of_programs(programs.map(AsRef::as_ref), fact, Place::Here, project, target))
}

/// A toolchain of the compiler for C++, the archiver and the compiler for C, wherever they are.
pub fn of_programs<'a>(
    [compiler, archiver, linker]: [&str; 3],
    fact: String,
    place: Place,
    project: &'a Project,
    target: &'static Target,
) -> Toolchain<'a> {
    // gcc would ask the system at run time what atomic instructions there are, by way of its
    // runtime.
    let is_arm64 = target.architecture == Architecture::Aarch64;
    let compiler = Command::new(compiler).args(is_arm64.then_some("-mno-outline-atomics"));
    let archiver = Command::new(archiver);
    let linker = Linker::Gnu(Command::new(linker));
    Toolchain { project, target, compiler, archiver, linker, place, fact }
}

/// Nothing comes from the compiler that is not asked for here: what is linked in is known.
pub fn link(
    linker: &Command,
    target: &Target,
    extension: &Extension,
    objects: &[Utf8PathBuf],
) -> Command {
    linker
        .clone()
        .args(["-shared", "-s", "-nostdlib"])
        .args(["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--as-needed"])
        .args(objects)
        .arg(format!("{}/libalgebra.a", extension.core))
        .arg("-lc")
        .args(target.needs_compiler_runtime.then_some("-lgcc"))
        .arg("-o")
        .arg(extension.path)
}
