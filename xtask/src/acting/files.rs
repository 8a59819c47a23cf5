//! Files of a checkout: which there are, and writing them whole or not at all, one run at a time.

use std::fs::{self, File};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::Workplace;

use super::git::Git;
use crate::ground::{cli::PROGRAM, paths::STATE};
pub use jobs::{create_parent, remove, tell};

/// Folders that are never a part of the project, for a checkout without git.
const NEVER: &[&str] = &["target", "wheelhouse", "build", "dist", "__pycache__"];

/// Where plans are carried out.
pub fn workplace(root: &Utf8Path) -> Workplace {
    Workplace::new(root, STATE)
}

/// The content of a file, or an error that names it.
pub fn read(path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read `{path}`"))
}

/// Writes a file of which nobody ever sees half; a killed run leaves nothing beside it.
pub fn write_whole(root: &Utf8Path, path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
    workplace(root).write_whole(path, content)
}

/// The folder of files that are not whole yet; the next run empties it.
pub fn partials(root: &Utf8Path) -> Utf8PathBuf {
    workplace(root).partials()
}

/// Keeps other runs in this checkout waiting while it lives.
pub fn lock(root: &Utf8Path) -> anyhow::Result<File> {
    workplace(root).lock(PROGRAM, true)
}

/// The files of the project, relative to the root, sorted.
pub fn project_files(root: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let mut files = if root.join(".git").exists() {
        let listed = Git::at(root).read(&["ls-files", "-z", "--recurse-submodules"]);
        let listed = listed.context("cannot ask git for the project's files")?;
        listed.split_terminator('\0').map(Utf8PathBuf::from).collect()
    } else {
        walk(root)?
    };
    files.sort();
    Ok(files)
}

/// The files below a folder, relative to it, but for what builds left.
pub fn walk(root: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            let name = entry.file_name();
            let left_by_builds = NEVER.contains(&name) || name.ends_with(".egg-info");
            if entry.file_type()?.is_file() {
                found.push(entry.path().strip_prefix(root)?.to_owned());
            } else if entry.file_type()?.is_dir() && !left_by_builds && !name.starts_with('.') {
                folders.push(entry.path().to_owned());
            }
        }
    }
    Ok(found)
}
