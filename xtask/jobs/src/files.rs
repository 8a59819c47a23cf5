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
        make_way(&pipe).unwrap();
        fs::write(&pipe, "a file").unwrap();
        make_way(&pipe).unwrap();
        assert_eq!(read(&pipe).unwrap(), b"a file");
    }

    #[test]
    fn a_job_has_a_file_name_of_its_own() {
        assert_eq!(slug("test cp38-x in 3.8.1"), "test-cp38-x-in-3.8.1");
        assert_eq!(slug("a/../b"), "a-..-b");
    }
}
