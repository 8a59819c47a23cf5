//! What everybody does with files.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
};

use anyhow::Context;
use camino::Utf8Path;

/// Makes the folder that a file is going to be in.
pub fn create_parent(path: &Utf8Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
    parent.map_or(Ok(()), |parent| {
        fs::create_dir_all(parent).with_context(|| format!("cannot create `{parent}`"))
    })
}

/// Opens a file to read it. Nobody waits here for whoever writes to a pipe in its place.
pub fn open(path: &Utf8Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.read(true).open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    let is_folder = path.is_dir();
    Err(if is_folder {
        io::ErrorKind::IsADirectory.into()
    } else {
        io::Error::other("it is a pipe, a device or the like, no file")
    })
}

/// More is in no file that a person or this program writes for itself to read again.
const SMALL_MAX: u64 = 16 << 20;

/// The content of a file that has to be small: what somebody else put in its place may not be.
pub fn read_small(path: &Utf8Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.take(SMALL_MAX + 1).read_to_end(&mut content)?;
    if content.len() as u64 > SMALL_MAX {
        let what = format!("it has more than {} MiB, so it is something else", SMALL_MAX >> 20);
        return Err(io::Error::other(what));
    }
    Ok(content)
}

/// Opens a file that is there to be locked, whatever was in its place.
pub fn open_lock(path: &Utf8Path) -> anyhow::Result<File> {
    create_parent(path)?;
    make_way(path)?;
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    opened.with_context(|| format!("cannot write `{path}`"))
}

/// The content of a file.
pub fn read(path: &Utf8Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Makes way for a file where something else is: a folder, or a pipe.
pub fn make_way(path: &Utf8Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() && !path.is_file() { remove(path) } else { Ok(()) }
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

    #[cfg(unix)]
    #[test]
    fn nobody_waits_for_a_pipe_where_a_file_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = Utf8Path::from_path(folder.path()).unwrap().join("pipe");
        let name = std::ffi::CString::new(pipe.as_str()).unwrap();
        // SAFETY: the name ends with a zero.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        assert!(read(&pipe).is_err());
        open_lock(&pipe).unwrap().lock().unwrap();
        fs::write(&pipe, "a file").unwrap();
        make_way(&pipe).unwrap();
        assert_eq!(read(&pipe).unwrap(), b"a file");
    }

    #[test]
    fn a_file_that_should_be_small_and_is_not_is_refused_before_it_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("record");
        File::create(&path).unwrap().set_len(SMALL_MAX).unwrap();
        assert_eq!(read_small(&path).unwrap().len() as u64, SMALL_MAX);
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let error = read_small(&path).unwrap_err().to_string();
        assert_eq!(error, "it has more than 16 MiB, so it is something else");
    }

    #[test]
    fn a_job_has_a_file_name_of_its_own() {
        assert_eq!(slug("test cp38-x in 3.8.1"), "test-cp38-x-in-3.8.1");
        assert_eq!(slug("a/../b"), "a-..-b");
    }
}
