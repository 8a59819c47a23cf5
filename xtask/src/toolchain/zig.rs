//! zig, pinned, from PyPI: one compiler for every target, with every glibc inside.

use anyhow::Context;

use super::Toolchain;
use crate::{
    host::Host,
    matrix::{Target, glibc_of_policy},
    plan::Command,
    project::Project,
    tools,
};

pub fn toolchain<'a>(
    host: &Host,
    project: &'a Project,
    target: &Target,
) -> anyhow::Result<Toolchain<'a>> {
    let policy = project.config.manylinux.clone();
    let (major, minor) = glibc_of_policy(&policy).context("the configuration was checked")?;
    let triple = format!("{}.{major}.{minor}", target.zig);
    let zig = tools::zig(host)?;
    let driver = |language: &str| Command::new(&zig).args([language, "-target", &triple]);
    Ok(Toolchain {
        project,
        compiler: driver("c++"),
        linker: driver("cc").arg("-O3"),
        archiver: Command::new(&zig).arg("ar"),
        policy,
        fact: "the locked zig".to_owned(),
        is_own_tool: true,
    })
}
