//! Source archives: the same files always give the same bytes, and unpacking stays in its folder.

use std::io::{Read, Write};

use anyhow::{Context, bail, ensure};
use camino::Utf8Path;
use flate2::{Compression, GzBuilder, read::GzDecoder};
use tar::{Archive, Builder, EntryType, Header};

use super::{EPOCH, Entry};

/// The same files in the same tree, sorted, with one time, owner and mode.
pub fn normalise(archive: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut files = read(archive)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    write_sdist(&files)
}

/// The files in the order given.
pub fn write_sdist(files: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for file in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(file.content.len() as u64);
        header.set_mtime(EPOCH);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, &file.path, file.content.as_slice())
            .with_context(|| format!("cannot archive `{}`", file.path))?;
    }
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(&tar.into_inner()?)?;
    Ok(gzip.finish()?)
}

/// The files of an archive, without its top folder.
pub fn unpack(archive: &[u8]) -> anyhow::Result<Vec<Entry>> {
    let mut files = read(archive)?;
    for file in &mut files {
        let (_, below) = file.path.split_once('/').context("it has files beside its top folder")?;
        file.path = below.to_owned();
    }
    Ok(files)
}

fn read(archive: &[u8]) -> anyhow::Result<Vec<Entry>> {
    let mut files = Vec::new();
    let mut tar = Archive::new(GzDecoder::new(archive));
    for entry in tar.entries()? {
        let mut entry = entry.context("it is no gzipped tar archive")?;
        let path = String::from_utf8(entry.path_bytes().into_owned())?;
        match entry.header().entry_type() {
            EntryType::Regular => {}
            EntryType::Directory => continue,
            kind => bail!("`{path}` is a {kind:?}; a source archive holds plain files only"),
        }
        let parts = Utf8Path::new(&path).components();
        let stays = parts.clone().all(|part| matches!(part, camino::Utf8Component::Normal(_)));
        ensure!(stays && !path.contains('\\'), "`{path}` leads out of the archive");
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        files.push(Entry { path, content });
    }
    ensure!(!files.is_empty(), "it holds no files");
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &str)], mtime: u64) -> Vec<u8> {
        let mut tar = Builder::new(GzBuilder::new().write(Vec::new(), Compression::fast()));
        for (path, content) in files {
            let mut header = Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mtime(mtime);
            header.set_mode(0o600);
            let name = &mut header.as_gnu_mut().unwrap().name;
            name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn order_time_and_compression_do_not_matter() {
        let first = archive(&[("esig-1/a.py", "a"), ("esig-1/b.py", "b")], 1);
        let second = archive(&[("esig-1/b.py", "b"), ("esig-1/a.py", "a")], 2);
        let normal = normalise(&first).unwrap();
        assert_eq!(normalise(&second).unwrap(), normal);
        assert_eq!(normalise(&normal).unwrap(), normal);
        assert_eq!(unpack(&normal).unwrap()[1].path, "b.py");
    }

    #[test]
    fn a_file_that_would_land_elsewhere_is_refused() {
        for path in ["esig-1/../../evil", "/etc/passwd", "esig-1/a\\..\\b"] {
            let error = unpack(&archive(&[(path, "x")], 1)).unwrap_err();
            assert!(error.to_string().contains("leads out"), "{path}: {error}");
        }
    }

    #[test]
    fn noise_is_an_error() {
        assert!(unpack(b"not an archive").is_err());
        assert!(unpack(&archive(&[], 1)).is_err());
    }
}
