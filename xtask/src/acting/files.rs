//! Files of a checkout: which there are, and writing them whole or not at all, one run at a time.

use std::fs::{self, File};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{Workplace, hinted};

use super::git::Git;
use crate::{
    facts::host::space::disk,
    ground::{cli::PROGRAM, paths::STATE},
};
pub use jobs::{create_parent, remove, tell};

/// Folders that are never a part of the project, for a checkout without git.
const NEVER: &[&str] = &["target", "wheelhouse", "build", "dist", "__pycache__"];

/// Where plans are carried out.
pub fn workplace(root: &Utf8Path) -> Workplace {
    Workplace::new(root, STATE)
}

/// The content of a file, or an error that names it.
pub fn read(path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    jobs::read(path).with_context(|| format!("cannot read `{path}`"))
}

/// The same of a file that has to be small.
pub fn read_small(path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    jobs::read_small(path).with_context(|| format!("cannot read `{path}`"))
}

/// The text in a file, which has to be small, or an error that names it.
pub fn read_text(path: &Utf8Path) -> anyhow::Result<String> {
    String::from_utf8(read_small(path)?).with_context(|| format!("in `{path}`"))
}

/// Writes a file that is of use to nobody before the step that writes it has ended.
pub fn write(path: &Utf8Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    create_parent(path)?;
    fs::write(path, content).with_context(|| format!("cannot write `{path}`"))
}

/// Fails if no files can be put into a folder, which need not be there yet.
///
/// `option` is how people name another one.
pub fn check_output(root: &Utf8Path, folder: &Utf8Path, option: &str) -> anyhow::Result<()> {
    let refused = |what| {
        Err(hinted(what, format!("put it in order, or name another folder: `{option} DIR`")))
    };
    let path = root.join(folder);
    let is_there = |path: &&Utf8Path| path.exists() || path.is_symlink();
    match path.ancestors().find(is_there) {
        Some(found) if !found.exists() => refused(format!("`{found}` is a link to nothing")),
        Some(found) if !found.is_dir() => refused(format!("`{found}` is no folder")),
        Some(found) if disk(found).is_some_and(|disk| !disk.is_writable) => {
            refused(format!("nothing may be written in `{found}`"))
        }
        _ => Ok(()),
    }
}

/// Removes what a run that was killed left of files that were not whole, beside where they go.
pub fn sweep_output(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let Ok(entries) = root.join(folder).read_dir_utf8() else { return Ok(()) };
    let is_left = |name: &str| name.starts_with('.') && name.ends_with(".partial");
    let left = entries.flatten().filter(|entry| is_left(entry.file_name()));
    left.into_iter().try_for_each(|entry| remove(entry.path()))
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
        let entries = folder.read_dir_utf8();
        for entry in entries.with_context(|| format!("cannot read `{folder}`"))? {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        (folder, root)
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_for_results_may_be_missing_or_a_link_and_is_no_file_and_no_link_to_nothing() {
        use std::os::unix::fs::symlink;
        let (_folder, root) = root();
        fs::write(root.join("file"), "").unwrap();
        fs::create_dir(root.join("folder")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        symlink("folder", root.join("link")).unwrap();
        let problem = |name: &str| {
            let error = check_output(&root, Utf8Path::new(name), "--output").err()?;
            Some(error.to_string().replace(root.as_str(), "{root}"))
        };
        for name in ["folder", "link", "folder/new/newer", "new"] {
            assert_eq!(problem(name), None, "{name}");
        }
        assert_eq!(problem("file").unwrap(), "`{root}/file` is no folder");
        assert_eq!(problem("file/below").unwrap(), "`{root}/file` is no folder");
        assert_eq!(problem("dangling").unwrap(), "`{root}/dangling` is a link to nothing");
        assert_eq!(problem("dangling/a").unwrap(), "`{root}/dangling` is a link to nothing");
    }

    #[test]
    fn what_a_killed_run_left_beside_results_is_removed() {
        let (_folder, root) = root();
        for name in [".a.whl.partial", "a.whl", ".hidden"] {
            fs::write(root.join(name), "").unwrap();
        }
        sweep_output(&root, Utf8Path::new("")).unwrap();
        let mut left: Vec<String> =
            root.read_dir_utf8().unwrap().map(|e| e.unwrap().file_name().to_owned()).collect();
        left.sort();
        assert_eq!(left, [".hidden", "a.whl"]);
    }
}
