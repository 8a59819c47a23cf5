//! Copying the files of the project, and nothing else that is in the checkout.

use std::fs;

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;
use xshell::{Shell, cmd};

use crate::{acting::files, libalgebra};

/// The files that git tracks, as they are in the working tree. In an unpacked archive, where there
/// is no git to ask, every file that is not plainly left by a build.
pub fn stage(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    files::remove(folder)?;
    let left_out = untracked(root)?;
    if !left_out.is_empty() {
        let names = left_out.join(", ");
        files::tell(&format!("note: left out, because git does not track it (`git add`): {names}"));
    }
    for path in files::project_files(root)? {
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
