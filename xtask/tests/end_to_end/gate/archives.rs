//! Taking the archives of a release apart, and putting them together in ways that no build would.

use std::io::{Cursor, Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Paths and contents, in the order of the archive.
pub type Files = Vec<(String, Vec<u8>)>;

pub fn read_wheel(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

pub fn write_wheel(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        let time = DateTime::from_date_and_time(2020, 2, 2, 0, 0, 0).unwrap();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(time)
            .unix_permissions(0o644);
        zip.start_file(path.as_str(), options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The wheel with other files, and a RECORD that is true to them.
pub fn edit_wheel(bytes: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = read_wheel(bytes);
    change(&mut files);
    let at = files.iter().position(|(path, _)| path.ends_with(".dist-info/RECORD")).unwrap();
    let (record, _) = files.remove(at);
    let mut text: String = files.iter().map(|(path, content)| line(path, content)).collect();
    text.push_str(&format!("{record},,\n"));
    files.push((record, text.into_bytes()));
    write_wheel(&files)
}

/// The wheel with other files, and the RECORD as it was.
pub fn edit_wheel_alone(bytes: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = read_wheel(bytes);
    change(&mut files);
    write_wheel(&files)
}

fn line(path: &str, content: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut digest = String::new();
    for three in Sha256::digest(content).chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            digest.push(char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    format!("{path},sha256={digest},{}\n", content.len())
}

pub fn read_sdist(bytes: &[u8]) -> Files {
    let mut tar = tar::Archive::new(GzDecoder::new(bytes));
    let mut files = Files::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.push((entry.path().unwrap().to_str().unwrap().to_owned(), content));
    }
    files
}

/// As our own build has it, but for the times, which are another's.
pub fn write_sdist(files: &Files, time: u64) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mtime(time);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(&tar.into_inner().unwrap()).unwrap();
    gzip.finish().unwrap()
}

/// The time in all archives of ours.
pub const EPOCH: u64 = 1_580_601_600;

pub fn edit_sdist(bytes: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = read_sdist(bytes);
    change(&mut files);
    write_sdist(&files, EPOCH)
}

/// The one file whose path ends so.
#[track_caller]
pub fn find<'f>(files: &'f mut Files, end: &str) -> &'f mut Vec<u8> {
    let found = files.iter_mut().find(|(path, _)| path.ends_with(end));
    &mut found.unwrap_or_else(|| panic!("there is no `{end}`")).1
}

#[track_caller]
pub fn remove(files: &mut Files, end: &str) {
    let before = files.len();
    files.retain(|(path, _)| !path.ends_with(end));
    assert_eq!(files.len(), before - 1, "`{end}`");
}

/// Every place of one text becomes the other.
#[track_caller]
pub fn replace(content: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let mut changed = Vec::new();
    let mut rest = content.as_slice();
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        changed.extend_from_slice(&rest[..at]);
        changed.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    assert!(!changed.is_empty(), "there is no {}", String::from_utf8_lossy(from));
    changed.extend_from_slice(rest);
    *content = changed;
}
