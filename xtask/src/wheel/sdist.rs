//! Source archives: written so that the same files give the same bytes, and read with suspicion.

use std::{
    collections::{BTreeSet, HashSet},
    io::{Read, Write},
};

use anyhow::{Context, bail, ensure};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use tar::{Archive, Builder, EntryType, Header};
use wheel_audit::{Entry, paths::why_unsafe};

/// The time of every file in source archives, as in wheels: 2020-02-02 00:00:00 UTC.
const EPOCH: u64 = 1_580_601_600;

/// The most bytes that an archive may unpack to; esig's have far fewer.
const SIZE_MAX: u64 = 256 << 20;

/// Rewrites an archive: the same files, sorted, all with one time, owner and mode.
pub fn normalise(archive: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut files = read(archive)?;
    files.iter_mut().for_each(write_as_elsewhere);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    write_sdist(&files)
}

/// Undoes what setuptools does on Windows alone: it writes its own files with carriage returns, and
/// lists some sources twice and in another order.
fn write_as_elsewhere(file: &mut Entry) {
    let below = file.path.split_once('/').map_or("", |(_, below)| below);
    let is_of_setuptools = matches!(below, "PKG-INFO" | "setup.cfg")
        || below.split('/').next().is_some_and(|folder| folder.ends_with(".egg-info"));
    let text = str::from_utf8(&file.content).ok().filter(|_| is_of_setuptools);
    let Some(text) = text.map(|text| text.replace("\r\n", "\n")) else { return };
    let lines: BTreeSet<&str> = text.lines().collect();
    let is_list = below.ends_with("/SOURCES.txt");
    let text = if is_list { lines.iter().map(|line| format!("{line}\n")).collect() } else { text };
    file.content = text.into_bytes();
}

/// An archive of these files, in the order given.
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
    let mut seen = HashSet::new();
    let mut tar = Archive::new(GzDecoder::new(archive).take(SIZE_MAX));
    for entry in tar.entries()? {
        let mut entry = entry.context("it is no gzipped tar archive")?;
        let path = String::from_utf8(entry.path_bytes().into_owned())?;
        match entry.header().entry_type() {
            EntryType::Regular => {}
            EntryType::Directory => continue,
            kind => bail!("`{path}` is a {kind:?}; a source archive holds plain files only"),
        }
        if let Some(reason) = why_unsafe(&path) {
            bail!("`{path}` leads out of the archive: {reason}");
        }
        ensure!(seen.insert(path.clone()), "`{path}` is in it twice");
        let size = entry.size();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).with_context(|| format!("`{path}` is damaged"))?;
        // A file that is cut off, by the archive's end or by the limit, is read without an error.
        ensure!(
            content.len() as u64 == size,
            "`{path}` is cut off, or the archive holds more than {SIZE_MAX} bytes"
        );
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
    fn what_setuptools_writes_on_windows_is_as_it_writes_it_elsewhere() {
        let sources = "esig-1/esig.egg-info/SOURCES.txt";
        let there = [
            ("esig-1/PKG-INFO", "Name: esig\r\n\r\nSignatures\r\n\r\n"),
            ("esig-1/a.bat", "exit\r\n"),
            (sources, "a.cpp\nc.py\nb.cpp\na.cpp"),
        ];
        let elsewhere = [
            ("esig-1/PKG-INFO", "Name: esig\n\nSignatures\n\n"),
            ("esig-1/a.bat", "exit\r\n"),
            (sources, "a.cpp\nb.cpp\nc.py\n"),
        ];
        let elsewhere = unpack(&archive(&elsewhere, 1)).unwrap();
        let normal = unpack(&normalise(&archive(&there, 1)).unwrap()).unwrap();
        let pairs = |files: &[Entry]| -> Vec<_> {
            files.iter().map(|file| (file.path.clone(), file.content.clone())).collect()
        };
        assert_eq!(pairs(&normal), pairs(&elsewhere));
    }

    #[test]
    fn a_file_that_would_land_elsewhere_is_refused() {
        for path in ["esig-1/../../evil", "/etc/passwd", "esig-1/a\\..\\b"] {
            let error = unpack(&archive(&[(path, "x")], 1)).unwrap_err();
            assert!(error.to_string().contains("leads out"), "{path}: {error}");
        }
    }

    #[test]
    fn a_file_that_is_there_twice_is_refused() {
        let twice = archive(&[("esig-1/a", "x"), ("esig-1/a", "y")], 1);
        assert!(unpack(&twice).unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn links_and_devices_are_refused() {
        let mut tar = archive(&[("esig-1/a", "x")], 1);
        let mut plain = Vec::new();
        GzDecoder::new(tar.as_slice()).read_to_end(&mut plain).unwrap();
        for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo] {
            let mut header = Header::from_byte_slice(&plain[..512]).clone();
            header.set_entry_type(kind);
            header.set_cksum();
            let changed = [header.as_bytes().as_slice(), &plain[512..]].concat();
            let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
            gzip.write_all(&changed).unwrap();
            tar = gzip.finish().unwrap();
            let error = unpack(&tar).unwrap_err().to_string();
            assert!(error.contains("plain files only"), "{kind:?}: {error}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
        let mut header = Header::new_gnu();
        header.set_path("esig-1/zeros").unwrap();
        header.set_size(300 << 20);
        header.set_cksum();
        gzip.write_all(header.as_bytes()).unwrap();
        let zeros = vec![0; 1 << 20];
        (0..300).for_each(|_| gzip.write_all(&zeros).unwrap());
        let error = unpack(&gzip.finish().unwrap()).unwrap_err();
        assert!(format!("{error:#}").contains("more than"), "{error:#}");
    }

    #[test]
    fn noise_is_an_error() {
        assert!(unpack(b"not an archive").is_err());
        assert!(unpack(&archive(&[], 1)).is_err());
    }
}
