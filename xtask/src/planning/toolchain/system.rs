//! The compiler of a system: gcc or clang of this Linux or of an image, Apple's clang on macOS.

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::hinted;

use super::{ExtensionModule, Linker, Toolchain};
use crate::{
    facts::{host::Host, project::Project},
    ground::{
        matrix::{Architecture, Platform, Target, version_of_policy},
        plan::Command,
    },
    planning::place::Place,
};

/// gcc or clang of this Linux. The audit compares what its wheels need of this system's glibc with
/// what they promise.
pub fn gnu<'a>(
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
    let flags: &[&str] = match target.architecture {
        // gcc would ask the system at run time what atomic instructions there are, by way of its
        // runtime.
        Architecture::Aarch64 => &["-mno-outline-atomics"],
        // It would compute in registers of 80 bits, and round whenever one is stored.
        Architecture::I686 => &["-msse2", "-mfpmath=sse"],
        _ => &[],
    };
    let compiler = Command::new(compiler).args(flags);
    let archiver = Command::new(archiver);
    let linker = Linker::Gnu(Command::new(linker));
    Toolchain { project, target, compiler, archiver, linker, place, fact }
}

/// Apple's clang, for each of the processors that macOS runs on.
pub fn clang<'a>(
    host: &Host,
    project: &'a Project,
    target: &'static Target,
) -> anyhow::Result<Toolchain<'a>> {
    let macos = host.macos.as_ref();
    let developer = macos.and_then(|macos| macos.developer.as_ref()).ok_or_else(|| {
        let hint = "`xcode-select --install`, or use zig (`--builder zig`)";
        hinted("Apple's command line tools are not installed", hint)
    })?;
    let policy = project.config.policy(target);
    let (major, minor) = version_of_policy(&policy).context("it promises a version of macOS")?;
    let promised = format!("-mmacosx-version-min={major}.{minor}");
    let program = |name| -> anyhow::Result<Command> {
        let flags = ["-arch", target.architecture_tag(), &promised];
        Ok(Command::new(host.program(name)?).args(flags))
    };
    let sdk = macos.and_then(|macos| macos.sdk.as_ref()).map_or("no", |sdk| &sdk.version);
    Ok(Toolchain {
        project,
        target,
        compiler: program("clang++")?,
        // Else it writes the time into the archive.
        archiver: Command::new(host.program("ar")?).env("ZERO_AR_DATE", "1"),
        linker: Linker::Clang(program("clang")?),
        place: Place::Here,
        fact: format!("the compiler of {developer}, SDK {sdk}"),
    })
}

/// Links a module by the compiler for C, which links no C++ runtime.
pub fn link(
    linker: &Command,
    target: &Target,
    extension: &ExtensionModule,
    objects: &[Utf8PathBuf],
) -> Command {
    let library = format!("{}/libalgebra.a", extension.core);
    let linker = linker.clone();
    let command = if target.platform == Platform::Macos {
        // As CPython links its own: names of Python are looked up where the bundle is loaded.
        let flags = ["-bundle", "-undefined", "dynamic_lookup", "-Wl,-x"];
        linker.args(flags).args(objects).arg(library)
    } else {
        // Nothing comes from the compiler that is not asked for: what is linked in is known.
        let flags = ["-shared", "-s", "-nostdlib"];
        let hardening = ["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--as-needed"];
        let runtime = target.needs_compiler_runtime.then_some("-lgcc");
        linker.args(flags).args(hardening).args(objects).args([&library, "-lc"]).args(runtime)
    };
    command.arg("-o").arg(extension.path)
}
