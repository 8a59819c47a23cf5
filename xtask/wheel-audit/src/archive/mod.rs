//! Zip archives: read with suspicion, written so that their bytes depend on their entries alone.

mod index;
pub mod paths;

use std::io::{Cursor, Read, Write};

use anyhow::{Context, ensure};
use bzip2::read::BzDecoder;
use flate2::{Crc, read::DeflateDecoder};
use lzma_rust2::LzmaReader;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::error::Error;
pub use index::Method;
use index::{Indexed, index};

/// The most bytes that all files of an archive may have together.
const SIZE_MAX: u64 = 1 << 30;
/// How many times larger than the archive its files may be; compiled code is about 4 times larger.
const RATIO_MAX: u64 = 200;
/// Up to this size of all files the ratio does not matter.
const SMALL: u64 = 32 << 20;

/// A plain file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, with `/`.
    pub path: String,
    /// Its bytes, unpacked.
    pub content: Vec<u8>,
}

/// A file, folder or whatever else an archive of unknown origin holds.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its path as the archive has it; that of a folder ends with `/`.
    pub path: String,
    /// Its bytes, unpacked.
    pub content: Vec<u8>,
    /// The Unix mode with the kind of file, if the archive says it.
    pub mode: Option<u32>,
    /// How the archive has it compressed.
    pub method: Method,
}

impl Member {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// Whether it is neither a file nor a folder but a link or a device.
    pub fn is_special(&self) -> bool {
        const KIND: u32 = 0o170_000;
        !matches!(self.mode.unwrap_or_default() & KIND, 0 | 0o040_000 | 0o100_000)
    }
}

/// An archive of these entries, in the order given (wheels have their metadata last), each with the
/// time 2020-02-02 and mode 644, or 755 for a shared library.
pub fn write_zip(entries: &[Entry]) -> Result<Vec<u8>, Error> {
    write(entries).map_err(Error::in_archive)
}

fn write(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
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

/// The files of an archive, safe to be unpacked: one with links, devices or names that lead out of
/// a folder is refused.
pub fn read_zip(bytes: &[u8]) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for member in read_members(bytes)? {
        let refused = |why: &str| Err(Error::Archive(format!("`{}` {why}", member.path)));
        if member.is_special() {
            return refused("is no plain file");
        }
        if member.is_folder() {
            continue;
        }
        if let Some(reason) = paths::why_unsafe(&member.path) {
            return refused(&format!("leads out of the archive: {reason}"));
        }
        entries.push(Entry { path: member.path, content: member.content });
    }
    Ok(entries)
}

/// Everything that an archive holds, whatever its name and kind: to look at, not to unpack.
pub fn read_members(bytes: &[u8]) -> Result<Vec<Member>, Error> {
    members(bytes).map_err(Error::in_archive)
}

fn members(bytes: &[u8]) -> anyhow::Result<Vec<Member>> {
    let files = index(bytes)?;
    let total: u64 = files.iter().map(|file| file.size).sum();
    ensure!(
        total <= SIZE_MAX,
        "it holds {total} bytes; what is larger than {SIZE_MAX} is not read"
    );
    let compressed = bytes.len() as u64;
    ensure!(
        total <= SMALL + RATIO_MAX * compressed,
        "it is a bomb: {compressed} bytes unpack to {total}"
    );
    let member = |file: Indexed| {
        let content = content(bytes, &file).with_context(|| format!("in `{}`", file.path))?;
        Ok(Member { path: file.path, content, mode: file.mode, method: file.method })
    };
    files.into_iter().map(member).collect()
}

/// Unpacks a file, and stops after the size that the archive says, which is known to be sane.
fn content(bytes: &[u8], file: &Indexed) -> anyhow::Result<Vec<u8>> {
    let data = &bytes[file.data.clone()];
    let mut content = Vec::new();
    let unpack = |decoder: &mut dyn Read, content: &mut Vec<u8>| {
        decoder.take(file.size + 1).read_to_end(content).context("it is damaged")
    };
    let used = match file.method {
        Method::Stored => {
            content.extend_from_slice(data);
            data.len() as u64
        }
        Method::Deflated => {
            let mut decoder = DeflateDecoder::new(data);
            unpack(&mut decoder, &mut content)?;
            decoder.total_in()
        }
        Method::Bzip2 => {
            let mut decoder = BzDecoder::new(data);
            unpack(&mut decoder, &mut content)?;
            decoder.total_in()
        }
        Method::Lzma => {
            unpack(&mut lzma(data, file.size)?, &mut content)?;
            // Its reader does not tell where it has ended.
            data.len() as u64
        }
    };
    ensure!(used == data.len() as u64, "bytes follow its content");
    ensure!(content.len() as u64 == file.size, "it has another size than the archive says");
    let mut crc = Crc::new();
    crc.update(&content);
    ensure!(crc.sum() == file.crc, "its content is not as the archive has it");
    Ok(content)
}

/// Reads LZMA as zip archives have it, after the version and the length of its five properties. No
/// more is remembered of the content than there is of it, whatever the archive asks for.
fn lzma(data: &[u8], size: u64) -> anyhow::Result<LzmaReader<&[u8]>> {
    let header = data.first_chunk::<9>().context("it is cut off")?;
    ensure!(header[2..4] == [5, 0], "its properties are not those of LZMA");
    let asked = u32::from_le_bytes([header[5], header[6], header[7], header[8]]);
    let remembered = asked.min(u32::try_from(size)?.max(1 << 12));
    LzmaReader::new_with_props(&data[9..], size, header[4], remembered, None)
        .context("it is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    #[track_caller]
    fn refused(bytes: &[u8], why: &str) {
        let error = format!("{:#}", read_zip(bytes).unwrap_err());
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn what_is_written_is_read_again_and_always_the_same_bytes() {
        let entries = [entry("a/b.py", "1"), entry("a/c.so", "2"), entry("empty", "")];
        let bytes = write_zip(&entries).unwrap();
        assert_eq!(read_zip(&bytes).unwrap(), entries);
        assert_eq!(write_zip(&entries).unwrap(), bytes);
    }

    const COMPRESSED: &[u8] = include_bytes!("../../tests/fixtures/compressed.zip");

    #[test]
    fn what_pip_unpacks_is_read_however_it_is_compressed() {
        let members = read_members(COMPRESSED).unwrap();
        assert_eq!(
            members.iter().map(|m| m.method).collect::<Vec<_>>(),
            [Method::Bzip2, Method::Lzma]
        );
        assert!(members.iter().all(|member| member.content == "x = 1\n".repeat(40).as_bytes()));
    }

    #[test]
    fn damage_of_what_is_compressed_is_an_error_or_changes_nothing() {
        for at in 0..COMPRESSED.len() {
            for bit in 0..8 {
                let mut changed = COMPRESSED.to_vec();
                changed[at] ^= 1 << bit;
                for entry in read_zip(&changed).unwrap_or_default() {
                    assert_eq!(entry.content, "x = 1\n".repeat(40).as_bytes(), "{at}");
                }
            }
        }
    }

    #[test]
    fn a_name_that_leads_outside_is_refused() {
        refused(&write_zip(&[entry("../evil.py", "")]).unwrap(), "leads out");
    }

    #[test]
    fn a_truncated_archive_is_an_error() {
        let bytes = write_zip(&[entry("a", "content")]).unwrap();
        for length in 0..bytes.len() {
            assert!(read_zip(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_file_that_is_smaller_or_larger_than_it_says_is_refused() {
        let bytes = write_zip(&[entry("a", &"content ".repeat(9))]).unwrap();
        let directory = bytes.len() - 22 - 47;
        // Both headers: the size is 22 bytes into one and 24 into the other.
        for size in [71, 73, 1 << 20] {
            let mut changed = bytes.clone();
            for at in [22, directory + 24] {
                changed[at..at + 4].copy_from_slice(&u32::to_le_bytes(size));
            }
            assert!(read_zip(&changed).is_err(), "{size}");
        }
        let mut changed = bytes.clone();
        changed[22] = 71;
        refused(&changed, "its header has another size");
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let bytes = write_zip(&[entry("zeros", &"\0".repeat(48 << 20))]).unwrap();
        refused(&bytes, "it is a bomb");
    }

    #[test]
    fn files_that_share_their_content_are_refused() {
        // The second entry of the directory is made to point at the first file.
        let mut bytes = write_zip(&[entry("a", "content"), entry("b", "content")]).unwrap();
        let second = bytes.len() - 22 - 47;
        bytes[second + 42..second + 46].fill(0);
        bytes[second + 46] = b'a';
        refused(&bytes, "overlaps another file");
    }

    #[test]
    fn bytes_that_belong_to_no_file_are_refused() {
        let bytes = write_zip(&[entry("a", "content")]).unwrap();
        refused(&[b"#!/bin/sh\n", bytes.as_slice()].concat(), "not where the archive says");
        refused(&[bytes.as_slice(), b"more"].concat(), "it has no directory");
    }

    #[test]
    fn links_and_devices_are_refused() {
        let bytes = write_zip(&[entry("a", "/etc/passwd")]).unwrap();
        let directory = bytes.len() - 22 - 47;
        for kind in [0o120_000u16, 0o020_000, 0o060_000, 0o010_000] {
            let mut changed = bytes.clone();
            changed[directory + 40..directory + 42].copy_from_slice(&kind.to_le_bytes());
            refused(&changed, "no plain file");
        }
    }
}
