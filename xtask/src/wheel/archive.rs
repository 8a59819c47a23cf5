//! Zip archives whose bytes depend on their entries alone: sorted, with fixed times and modes.

use std::io::{Cursor, Read, Write};

use anyhow::{Context, ensure};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The time that every file in our archives has: 2020-02-02 00:00:00 UTC.
pub const EPOCH: u64 = 1_580_601_600;

/// No file of a wheel of ours is anywhere near it; what claims to be larger is an attack.
const SIZE_MAX: u64 = 1 << 30;

/// A file in an archive; its path uses `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub content: Vec<u8>,
}

/// The entries in the order given: wheels have their metadata last.
pub fn write_zip(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let is_library = entry.path.ends_with(".so") || entry.path.ends_with(".pyd");
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::from_date_and_time(2020, 2, 2, 0, 0, 0)?)
            .system(zip::System::Unix)
            .unix_permissions(if is_library { 0o755 } else { 0o644 });
        zip.start_file(entry.path.as_str(), options)?;
        zip.write_all(&entry.content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// All files of an archive; refuses names that would lead out of a folder and absurd sizes.
pub fn read_zip(bytes: &[u8]) -> anyhow::Result<Vec<Entry>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).context("it is no zip archive")?;
    let mut entries = Vec::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let path = file.name()?.into_owned();
        ensure!(file.enclosed_name().is_some(), "`{path}` leads out of the archive");
        ensure!(!file.is_symlink(), "`{path}` is a symbolic link");
        if file.is_dir() {
            continue;
        }
        let mut content = Vec::new();
        (&mut file).take(SIZE_MAX - total + 1).read_to_end(&mut content)?;
        total += content.len() as u64;
        ensure!(total <= SIZE_MAX, "it holds more than {SIZE_MAX} bytes");
        entries.push(Entry { path, content });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    #[test]
    fn what_is_written_is_read_again_and_always_the_same_bytes() {
        let entries = [entry("a/b.py", "1"), entry("a/c.so", "2"), entry("empty", "")];
        let bytes = write_zip(&entries).unwrap();
        assert_eq!(read_zip(&bytes).unwrap(), entries);
        assert_eq!(write_zip(&entries).unwrap(), bytes);
    }

    #[test]
    fn a_name_that_leads_outside_is_refused() {
        let bytes = write_zip(&[entry("../evil.py", "")]).unwrap();
        assert!(read_zip(&bytes).unwrap_err().to_string().contains("leads out"));
    }

    #[test]
    fn a_truncated_archive_is_an_error() {
        let bytes = write_zip(&[entry("a", "content")]).unwrap();
        assert!(read_zip(&bytes[..bytes.len() - 5]).is_err());
    }
}
