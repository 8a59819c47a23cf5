//! Files that a run writes: logs, the lock, and anything that must appear whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use super::STATE;

/// Holds the lock while it lives; the system lets go of it however the process ends.
pub fn lock(path: &Utf8Path) -> anyhow::Result<File> {
    create_parent(path)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    if file.try_lock().is_err() {
        eprintln!("waiting for another `cargo xtask` in this checkout to end");
        file.lock().with_context(|| format!("cannot lock `{path}`"))?;
    }
    Ok(file)
}

pub fn create_parent(path: &Utf8Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
    parent.map_or(Ok(()), |parent| {
        fs::create_dir_all(parent).with_context(|| format!("cannot create `{parent}`"))
    })
}

/// Writes a file so that nobody ever sees half of it: under another name first, then renamed.
pub fn write_whole(path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
    create_parent(path)?;
    let name = path.file_name().with_context(|| format!("`{path}` names no file"))?;
    let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    });
    written.inspect_err(|_| remove(&partial)).with_context(|| format!("cannot write `{path}`"))
}

/// Removes a file or folder, if it is there.
pub fn remove(path: &Utf8Path) {
    let _ = if path.is_dir() && !path.is_symlink() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
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

/// A job's name as a file name.
pub fn slug(job_name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    job_name.chars().map(kept).collect()
}

impl Log {
    pub fn create(root: &Utf8Path, job_name: &str) -> anyhow::Result<Log> {
        let path = root.join(log_path(job_name));
        create_parent(&path)?;
        let file = File::create(&path).with_context(|| format!("cannot write `{path}`"))?;
        Ok(Log { path, file })
    }

    pub fn line(&self, text: &str) -> anyhow::Result<()> {
        self.write(format!("$ {text}\n").as_bytes())
    }

    pub fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        (&self.file).write_all(bytes).with_context(|| format!("cannot write `{}`", self.path))
    }

    pub fn read(&self) -> anyhow::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.path)?).into_owned())
    }
}
