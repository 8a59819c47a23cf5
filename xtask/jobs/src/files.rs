//! Files: logs of jobs, and what everybody does with files.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use crate::Workplace;

/// A line on standard error; whoever stopped reading it (`| head`) does not stop the work.
pub fn tell(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// The last lines of a file, of its last 64 KiB at most.
pub fn last_of(path: &Utf8Path, lines_max: usize) -> String {
    const BYTES_MAX: u64 = 64 << 10;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES_MAX)))?;
        file.read_to_end(&mut bytes)
    });
    let text = String::from_utf8_lossy(if read.is_ok() { &bytes } else { &[] });
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(lines_max)..].join("\n")
}

/// Makes the folder that a file is going to be in.
pub fn create_parent(path: &Utf8Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
    parent.map_or(Ok(()), |parent| {
        fs::create_dir_all(parent).with_context(|| format!("cannot create `{parent}`"))
    })
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

impl Log {
    pub fn create(workplace: &Workplace, job_name: &str) -> anyhow::Result<Log> {
        let path = workplace.root.join(workplace.log_path(job_name));
        create_parent(&path)?;
        let file = File::create(&path).with_context(|| format!("cannot write `{path}`"))?;
        Ok(Log { path, file })
    }

    /// A last line, by someone who has not the log at hand.
    pub fn append(workplace: &Workplace, job_name: &str, text: &str) -> anyhow::Result<()> {
        let path = workplace.root.join(workplace.log_path(job_name));
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
    use crate::slug;

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
