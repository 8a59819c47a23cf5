//! The folder where a plan is carried out, and what runs leave there for each other.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    files::{create_parent, tell},
    plan::slug,
};

/// A root, which the paths of plans start from, and a folder below it for what runs have to
/// remember: the journal, logs, a lock.
#[derive(Clone, Debug)]
pub struct Workplace {
    pub(crate) root: Utf8PathBuf,
    state: Utf8PathBuf,
}

impl Workplace {
    /// `state` is relative to `root`.
    pub fn new(root: impl Into<Utf8PathBuf>, state: impl Into<Utf8PathBuf>) -> Workplace {
        Workplace { root: root.into(), state: state.into() }
    }

    pub(crate) fn state(&self) -> Utf8PathBuf {
        self.root.join(&self.state)
    }

    /// Holds the lock while it lives; the system lets go of it however the process ends.
    pub fn lock(&self, program: &str) -> anyhow::Result<File> {
        let path = self.state().join("lock");
        create_parent(&path)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        if file.try_lock().is_err() {
            tell(&format!("waiting for another `{program}` in this checkout to end"));
            file.lock().with_context(|| format!("cannot lock `{path}`"))?;
        }
        Ok(file)
    }

    /// Where the log of a job is, relative to the root.
    pub fn log_path(&self, job_name: &str) -> Utf8PathBuf {
        self.state.join(format!("logs/{}.log", slug(job_name)))
    }

    /// Writes a file so that nobody ever sees half of it: elsewhere first, then renamed. Elsewhere
    /// is a folder of the state, so that a killed run leaves nothing beside the file.
    pub fn write_whole(&self, path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
        let name = path.file_name().with_context(|| format!("`{path}` names no file"))?;
        let partial = self.partials().join(format!("{}.{name}", std::process::id()));
        create_parent(path)?;
        create_parent(&partial)?;
        let written = match place(&partial, path, content) {
            // A rename does not reach another file system: there, it has to be beside the file.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                place(&path.with_file_name(format!(".{name}.partial")), path, content)
            }
            written => written,
        };
        written.with_context(|| format!("cannot write `{path}`"))
    }

    /// Where files are written before they are renamed. What a killed run left there is of no use.
    pub fn partials(&self) -> Utf8PathBuf {
        self.state().join("partial")
    }
}

fn place(partial: &Utf8Path, path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let placed = File::create(partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(partial, path)
    });
    placed.inspect_err(|_| drop(fs::remove_file(partial)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workplace() -> (tempfile::TempDir, Workplace) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        (folder, Workplace::new(root, "state"))
    }

    fn count(folder: &Utf8Path) -> usize {
        folder.read_dir_utf8().unwrap().count()
    }

    #[test]
    fn a_file_that_is_written_whole_replaces_an_older_one_and_leaves_nothing_beside_it() {
        let (_folder, workplace) = workplace();
        let path = workplace.root.join("wheelhouse/a.whl");
        for content in ["first, longer", "second"] {
            workplace.write_whole(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(count(&workplace.root.join("wheelhouse")), 1);
        assert_eq!(count(&workplace.partials()), 0);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let (_folder, workplace) = workplace();
        fs::create_dir_all(workplace.root.join("taken/by a folder")).unwrap();
        let error = workplace.write_whole(&workplace.root.join("taken"), b"x").unwrap_err();
        assert!(error.to_string().contains("taken"));
        assert_eq!(count(&workplace.partials()), 0);
    }
}
