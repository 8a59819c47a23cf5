//! Copying the files of the project, and nothing else that is in the checkout.

use std::fs;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use xshell::{Shell, cmd};

use crate::{acting::files, libalgebra};

/// Folders that are never a part of the project, for a checkout without git.
const NEVER: &[&str] = &["target", "wheelhouse", "build", "dist", "__pycache__"];

/// The files that git tracks, as they are in the working tree. In an unpacked archive, where there
/// is no git to ask, every file that is not plainly left by a build.
pub fn stage(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    files::remove(folder)?;
    let left_out = untracked(root)?;
    if !left_out.is_empty() {
        let names = left_out.join(", ");
        files::tell(&format!("note: left out, because git does not track it (`git add`): {names}"));
    }
    for path in project_files(root)? {
        let from = root.join(&path);
        if from.is_dir() {
            return Err(hinted(
                format!("`{path}` is a submodule that git does not look into"),
                "`cargo xtask libalgebra init` has it do so",
            ));
        }
        // A file that is deleted, and not yet in a commit, is a finding of the gate.
        if from.is_file() {
            let to = folder.join(&path);
            files::create_parent(&to)?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy `{path}`"))?;
        }
    }
    Ok(())
}

/// Source files that somebody may have forgotten to add.
fn untracked(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let mut found = untracked_in(root, "", &["esig", libalgebra::facts::FOLDER, "tests"])?;
    found.extend(untracked_in(&root.join(libalgebra::facts::FOLDER), "libalgebra/", &["."])?);
    Ok(found)
}

/// New files of a repository without its submodules, each with `prefix` before its name.
fn untracked_in(root: &Utf8Path, prefix: &str, paths: &[&str]) -> anyhow::Result<Vec<String>> {
    if !root.join(".git").exists() {
        return Ok(Vec::new());
    }
    let shell = Shell::new()?;
    shell.change_dir(root);
    let others = ["ls-files", "--others", "--exclude-standard", "--"];
    let listed = cmd!(shell, "git {others...} {paths...}").quiet().read();
    let listed = listed.context("cannot ask git for new files")?;
    Ok(listed.lines().map(|path| format!("{prefix}{path}")).collect())
}

/// The files of the project, relative to the root, sorted.
pub fn project_files(root: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let mut files = if root.join(".git").exists() {
        let shell = Shell::new()?;
        shell.change_dir(root);
        let listed = cmd!(shell, "git ls-files -z --recurse-submodules")
            .quiet()
            .read()
            .context("cannot ask git for the project's files")?;
        listed.split_terminator('\0').map(Utf8PathBuf::from).collect()
    } else {
        walk(root)?
    };
    files.sort();
    Ok(files)
}

fn walk(root: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
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
