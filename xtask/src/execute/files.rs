//! Files that a run writes: logs, the lock, and anything that must appear whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use super::STATE;
use crate::plan::slug;

/// Holds the lock while it lives; the system lets go of it however the process ends.
pub fn lock(root: &Utf8Path) -> anyhow::Result<File> {
    let path = root.join(STATE).join("lock");
    create_parent(&path)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
    if file.try_lock().is_err() {
        tell("waiting for another `cargo xtask` in this checkout to end");
        file.lock().with_context(|| format!("cannot lock `{path}`"))?;
    }
    Ok(file)
}

/// A line on standard error; whoever stopped reading it (`| head`) does not stop the work.
pub fn tell(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

pub fn create_parent(path: &Utf8Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
    parent.map_or(Ok(()), |parent| {
        fs::create_dir_all(parent).with_context(|| format!("cannot create `{parent}`"))
    })
}

/// Writes a file so that nobody ever sees half of it: elsewhere first, then renamed. Elsewhere is
/// a folder of ours, so that a killed run leaves nothing beside the file.
pub fn write_whole(root: &Utf8Path, path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
    let name = path.file_name().with_context(|| format!("`{path}` names no file"))?;
    let partial = partials(root).join(format!("{}.{name}", std::process::id()));
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
pub fn partials(root: &Utf8Path) -> Utf8PathBuf {
    root.join(STATE).join("partial")
}

fn place(partial: &Utf8Path, path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let placed = File::create(partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(partial, path)
    });
    placed.inspect_err(|_| drop(fs::remove_file(partial)))
}

/// Removes a file, or a folder with all it holds. That there is none is as good.
pub fn remove(path: &Utf8Path) -> anyhow::Result<()> {
    let removed = if path.is_dir() && !path.is_symlink() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if !is_absence(&error) => {
            Err(error).with_context(|| format!("cannot remove `{path}`"))
        }
        _ => Ok(()),
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The output of one job's programs.
pub struct Log {
    path: Utf8PathBuf,
    file: File,
}

/// Where the log of a job is, relative to the root.
pub fn log_path(job_name: &str) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("{STATE}/logs/{}.log", slug(job_name)))
}

impl Log {
    pub fn create(root: &Utf8Path, job_name: &str) -> anyhow::Result<Log> {
        let path = root.join(log_path(job_name));
        create_parent(&path)?;
        let file = File::create(&path).with_context(|| format!("cannot write `{path}`"))?;
        Ok(Log { path, file })
    }

    /// A last line, by someone who has not the log at hand.
    pub fn append(root: &Utf8Path, job_name: &str, text: &str) -> anyhow::Result<()> {
        let path = root.join(log_path(job_name));
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        Log { path, file }.line(text)
    }

    pub fn line(&self, text: &str) -> anyhow::Result<()> {
        self.write(format!("{text}\n").as_bytes())
    }

    pub fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        (&self.file).write_all(bytes).with_context(|| format!("cannot write `{}`", self.path))
    }

    pub fn length(&self) -> anyhow::Result<u64> {
        Ok(self.file.metadata().with_context(|| format!("cannot read `{}`", self.path))?.len())
    }

    pub fn read(&self) -> anyhow::Result<String> {
        self.read_from(0)
    }

    /// What was written when there was so much in it already.
    pub fn read_from(&self, length: u64) -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(length))?;
            file.read_to_end(&mut bytes)
        });
        read.with_context(|| format!("cannot read `{}`", self.path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_whole_replaces_an_older_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = root.join("wheelhouse/a.whl");
        for content in ["first, longer", "second"] {
            write_whole(root, &path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        let count = |folder: Utf8PathBuf| folder.read_dir_utf8().unwrap().count();
        assert_eq!(count(root.join("wheelhouse")), 1);
        assert_eq!(count(partials(root)), 0);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join("taken/by a folder")).unwrap();
        let error = write_whole(root, &root.join("taken"), b"x").unwrap_err();
        assert!(error.to_string().contains("taken"));
        assert_eq!(partials(root).read_dir_utf8().unwrap().count(), 0);
    }

    #[test]
    fn removing_what_is_not_there_is_as_good_and_a_link_goes_without_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        remove(&root.join("nothing")).unwrap();
        fs::write(root.join("file"), "").unwrap();
        remove(&root.join("file/below a file")).unwrap();
        #[cfg(unix)]
        {
            fs::create_dir(root.join("kept")).unwrap();
            std::os::unix::fs::symlink(root.join("kept"), root.join("link")).unwrap();
            remove(&root.join("link")).unwrap();
            assert!(root.join("kept").exists() && !root.join("link").exists());
        }
    }

    #[test]
    fn a_job_has_a_file_name_of_its_own() {
        assert_eq!(slug("test cp38-x in 3.8.1"), "test-cp38-x-in-3.8.1");
        assert_eq!(slug("a/../b"), "a-..-b");
    }
}
