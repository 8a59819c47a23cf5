//! The steps of our own: what each hidden `cargo xtask …` line does.

mod check;
mod download;
mod libalgebra;
mod link;
mod package;
mod release;
mod stage;
mod tidy;
mod visual_studio;

use std::fs;

use anyhow::{Context, anyhow, bail};
use camino::Utf8Path;
use clap::Parser;
use xshell::{Shell, cmd};

use super::files;
use crate::{
    cli::{Cli, Command},
    failures,
};

pub use libalgebra::{local as known_of_library, state as state_of_library};
pub use package::audit;

/// Carries out the step that these words of a command line name.
pub fn run(root: &Utf8Path, words: &[String]) -> anyhow::Result<()> {
    let line = std::iter::once("xtask").chain(words.iter().map(String::as_str));
    run_command(root, &Cli::try_parse_from(line)?.command)
}

pub fn run_command(root: &Utf8Path, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Empty { folders } => folders.iter().try_for_each(|f| empty(&root.join(f))),
        Command::Stage { folder } => stage::stage(root, &root.join(folder)),
        Command::Normalise { archive, output } => package::normalise(root, archive, output),
        Command::Unpack { archive, folder } => {
            package::unpack(&root.join(archive), &root.join(folder))
        }
        Command::Assemble(arguments) => package::assemble(root, arguments),
        Command::Stubs { target, folder } => link::stubs(target, &root.join(folder)),
        Command::ImportList { dll, output, objects } => {
            link::import_list(root, dll, &root.join(output), objects)
        }
        Command::SweepContainers { engine, label } => sweep_containers(engine, label),
        Command::Universal { output, parts } => link::universal(root, &root.join(output), parts),
        Command::Download { url, sha256, file } => download::download(root, url, sha256, file),
        Command::InstallVisualStudio(arguments) => visual_studio::install(root, arguments),
        Command::VcEnvironment { vcvarsall, argument, file } => {
            visual_studio::environment(root, vcvarsall, argument, file)
        }
        Command::Verify(arguments) => check::verify(root, arguments),
        Command::NoteChecked { wheelhouse, begin: true } => check::begin_note(root, wheelhouse),
        Command::NoteChecked { wheelhouse, begin: false } => check::note(root, wheelhouse),
        Command::CompareChecked { wheelhouse, downloaded } => {
            check::compare(root, wheelhouse, downloaded.as_deref())
        }
        Command::ReleaseStep(step) => release::release_step(root, step),
        Command::Audit(arguments) => package::audit_all(root, arguments),
        Command::Promote { file, folder } => promote(root, file, folder),
        Command::Libalgebra(command) => libalgebra::run(root, command),
        Command::Tidy => tidy::tidy(root),
        other => bail!("`{other:?}` is no step"),
    }
}

fn empty(folder: &Utf8Path) -> anyhow::Result<()> {
    files::remove(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{folder}`"))
}

fn promote(root: &Utf8Path, file: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let name = file.file_name().with_context(|| format!("`{file}` names no file"))?;
    files::write_whole(root, &root.join(folder).join(name), &read(&root.join(file))?)
}

fn read(path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read `{path}`"))
}

/// Also those of a run that was killed. That there are none is as good.
fn sweep_containers(engine: &str, label: &str) -> anyhow::Result<()> {
    let filter = format!("label={label}");
    let listed = ask_engine(engine, &["ps", "--all", "--quiet", "--filter", &filter])?;
    for container in listed.split_whitespace() {
        ask_engine(engine, &["rm", "--force", "--volumes", container])?;
    }
    Ok(())
}

fn ask_engine(engine: &str, words: &[&str]) -> anyhow::Result<String> {
    let shell = Shell::new()?;
    let asked = cmd!(shell, "{engine} {words...}").quiet().ignore_status().output();
    let output = asked.with_context(|| format!("cannot start `{engine}`"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let tried = "cannot clear away the build's containers";
    let said = String::from_utf8_lossy(&output.stderr);
    Err(match failures::explain(engine, words, &said, output.status.code()) {
        Some(explanation) => explanation.of(tried),
        None => anyhow!("{tried}: `{engine} {}`: {}", words[0], said.trim()),
    })
}
