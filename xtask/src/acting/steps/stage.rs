//! Copying the files of the project, and nothing else that is in the checkout.

use std::fs;

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{digest::sha256_of_file, hinted};

use crate::{
    acting::{files, git::Git},
    ground::listed,
    libalgebra,
};

/// The files that git tracks, as they are in the working tree. In an unpacked archive, where there
/// is no git to ask, every file that is not plainly left by a build.
pub fn stage(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    files::remove(folder)?;
    let left_out = untracked(root)?;
    if !left_out.is_empty() {
        let names = listed(&left_out);
        files::tell(&format!("note: left out, because git does not track it (`git add`): {names}"));
    }
    let before = Tracked::of(root)?;
    ensure!(
        !before.files.is_empty(),
        hinted(
            format!("git tracks no file of `{root}`"),
            "is it the working tree of its repository? `git config core.worktree` says"
        )
    );
    for path in &before.files {
        let from = root.join(path);
        if from.is_dir() {
            return Err(hinted(
                format!("`{path}` is a submodule that git does not look into"),
                "`cargo xtask libalgebra init` has it do so",
            ));
        }
        // A file that is deleted, and not yet in a commit, is a finding of the gate.
        if from.is_file() {
            let to = folder.join(path);
            files::create_parent(&to)?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy `{path}`"))?;
        }
    }
    check_unchanged(root, folder, &before)
}

/// What git tracks, and of which commit; none in an unpacked archive, or before the first one.
#[derive(PartialEq, Eq)]
struct Tracked {
    commit: Option<String>,
    files: Vec<Utf8PathBuf>,
}

impl Tracked {
    fn of(root: &Utf8Path) -> anyhow::Result<Tracked> {
        let is_repository = root.join(".git").exists();
        let commit = is_repository.then(|| Git::at(root).object("HEAD")).flatten();
        Ok(Tracked { commit, files: files::project_files(root)? })
    }
}

/// Fails if the files changed while they were copied, so that some are of one state of the checkout
/// and some of another.
fn check_unchanged(root: &Utf8Path, folder: &Utf8Path, before: &Tracked) -> anyhow::Result<()> {
    let content = |path: &Utf8Path| path.is_file().then(|| sha256_of_file(path)).transpose();
    let mut changed = Vec::new();
    for path in &before.files {
        if content(&root.join(path))? != content(&folder.join(path))? {
            changed.push(path.to_string());
        }
    }
    let after = Tracked::of(root)?;
    if changed.is_empty() && after == *before {
        return Ok(());
    }
    files::remove(folder)?;
    let what = match changed.as_slice() {
        [] => "git tracks other files, or is at another commit".to_owned(),
        changed => listed(changed),
    };
    Err(hinted(
        format!("the checkout changed while its files were copied: {what}"),
        "leave it alone until they are, and repeat the command",
    ))
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
    let others = ["ls-files", "-z", "--others", "--exclude-standard", "--"];
    let listed = Git::at(root).read(&[&others[..], paths].concat());
    let listed = listed.context("cannot ask git for new files")?;
    Ok(listed.split_terminator('\0').map(|path| format!("{prefix}{path}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_after_it_was_copied_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (root, copy) = (folder.path().join("root"), folder.path().join("copy"));
        let [root, copy] = [root, copy].map(|path| Utf8PathBuf::try_from(path).unwrap());
        for folder in [&root, &copy] {
            fs::create_dir(folder).unwrap();
            for file in ["a.py", "b.py"] {
                fs::write(folder.join(file), "old").unwrap();
            }
        }
        let before = Tracked::of(&root).unwrap();
        check_unchanged(&root, &copy, &before).unwrap();
        fs::write(root.join("b.py"), "new").unwrap();
        let error = check_unchanged(&root, &copy, &before).unwrap_err().to_string();
        assert!(error.ends_with("while its files were copied: b.py"), "{error}");
        assert!(!copy.exists());
    }
}
