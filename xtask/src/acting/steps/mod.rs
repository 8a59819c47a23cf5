//! The steps of this program: what each hidden `cargo xtask …` line does.

mod download;
mod link;
mod package;
mod stage;
mod tidy;
mod visual_studio;

use std::fs;

use anyhow::{Context, anyhow};
use camino::Utf8Path;

use super::{
    cache,
    files::{self, read},
};
use crate::{
    facts::{environment, failures, programs},
    gate,
    ground::{cli::OwnStep, paths::STATE},
    libalgebra, release,
};
pub use package::audit;

/// Takes a step, at the root of the checkout.
pub fn take(root: &Utf8Path, step: &OwnStep) -> anyhow::Result<()> {
    match step {
        OwnStep::Empty { folders } => folders.iter().try_for_each(|f| empty(root, f)),
        OwnStep::Stage { folder } => stage::stage(root, &root.join(folder)),
        OwnStep::Normalise { archive, output } => package::normalise(root, archive, output),
        OwnStep::Unpack { archive, folder } => {
            package::unpack(&root.join(archive), &root.join(folder))
        }
        OwnStep::Assemble(arguments) => package::assemble(root, arguments),
        OwnStep::Stubs { target, folder } => link::stubs(target, &root.join(folder)),
        OwnStep::ImportList { dll, output, objects } => {
            link::import_list(root, dll, &root.join(output), objects)
        }
        OwnStep::SweepContainers { engine, label } => sweep_containers(engine, label),
        OwnStep::Universal { output, parts } => link::universal(root, &root.join(output), parts),
        OwnStep::AsElf { folder, library } => link::as_elf(root, folder, library.as_deref()),
        OwnStep::Download { url, sha256, file } => download::download(root, url, sha256, file),
        OwnStep::InstallVisualStudio(arguments) => visual_studio::install(root, arguments),
        OwnStep::VcEnvironment { vcvarsall, argument, file } => {
            visual_studio::environment(root, vcvarsall, argument, file)
        }
        OwnStep::Verify(arguments) => gate::steps::verify(root, arguments),
        OwnStep::NoteChecked { wheelhouse, begin: true } => {
            gate::steps::begin_note(root, wheelhouse)
        }
        OwnStep::NoteChecked { wheelhouse, begin: false } => gate::steps::note(root, wheelhouse),
        OwnStep::CopyChecked { wheelhouse, folder } => {
            gate::steps::copy_checked(root, wheelhouse, folder)
        }
        OwnStep::CompareChecked { downloaded } => gate::steps::compare(root, downloaded),
        OwnStep::Gather(arguments) => gate::steps::gather(root, arguments),
        OwnStep::ReleaseStep(step) => release::steps::release_step(root, step),
        OwnStep::Audit(arguments) => package::audit_all(root, arguments),
        OwnStep::Promote { file, folder } => promote(root, file, folder),
        OwnStep::CleanCache => cache::clean(root),
        OwnStep::Checksums { folder } => package::checksums(root, &root.join(folder)),
        OwnStep::Libalgebra(command) => libalgebra::steps::run(root, command),
        OwnStep::Tidy => tidy::tidy(root),
    }
}

fn empty(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    // A file that is in the place of a folder of ours is of no use to anybody.
    for above in folder.ancestors().filter(|above| above.starts_with(STATE)) {
        let above = root.join(above);
        if above.symlink_metadata().is_ok() && !above.is_dir() {
            files::remove(&above)?;
        }
    }
    let folder = root.join(folder);
    files::remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot create `{folder}`"))
}

fn promote(root: &Utf8Path, file: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let name = file.file_name().with_context(|| format!("`{file}` names no file"))?;
    files::write_whole(root, &root.join(folder).join(name), &read(&root.join(file))?)
}

/// Removes the containers of the build, also of a run that was killed.
fn sweep_containers(engine: &str, label: &str) -> anyhow::Result<()> {
    let filter = format!("label={label}");
    let listed = ask_engine(engine, &["ps", "--all", "--quiet", "--filter", &filter])?;
    for container in listed.split_whitespace() {
        ask_engine(engine, &["rm", "--force", "--volumes", container])?;
    }
    Ok(())
}

fn ask_engine(engine: &str, words: &[&str]) -> anyhow::Result<String> {
    let answer = programs::ask(environment::command(engine, words))
        .with_context(|| format!("cannot ask `{engine}`"))?;
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    let tried = "cannot clear away the build's containers";
    Err(match failures::explain(engine, words, &answer.stderr, answer.status.code()) {
        Some(explanation) => explanation.of(tried),
        None => anyhow!("{tried}: `{engine} {}`: {}", words[0], answer.stderr.trim()),
    })
}
