//! Apple's clang: the compiler of macOS, for each of the processors that macOS runs on.

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::hinted;

use super::{Extension, Linker, Toolchain};
use crate::{
    facts::{host::Host, project::Project},
    ground::{
        matrix::{Target, version_of_policy},
        plan::Command,
    },
    planning::place::Place,
};

pub fn toolchain<'a>(
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
        // It would write the time into the archive.
        archiver: Command::new(host.program("ar")?).env("ZERO_AR_DATE", "1"),
        linker: Linker::Clang(program("clang")?),
        place: Place::Here,
        fact: format!("the compiler of {developer}, SDK {sdk}"),
    })
}

/// As CPython links its own: names of Python are looked up where the bundle is loaded. The C
/// compiler links no C++ runtime.
pub fn link(linker: &Command, extension: &Extension, objects: &[Utf8PathBuf]) -> Command {
    let flags = ["-bundle", "-undefined", "dynamic_lookup", "-Wl,-x"];
    let library = format!("{}/libalgebra.a", extension.core);
    linker.clone().args(flags).args(objects).arg(library).arg("-o").arg(extension.path)
}
