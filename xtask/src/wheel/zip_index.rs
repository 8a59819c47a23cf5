//! What a zip archive says it holds, read from its bytes and believed only where all of it agrees.
//!
//! Programs that unpack wheels differ in what they believe: the directory at the end or the headers
//! before each file. An archive where these differ, or where files overlap, is refused.

use std::ops::Range;

use anyhow::{Context, bail, ensure};

/// A file as the directory of the archive has it.
#[derive(Debug)]
pub struct Indexed {
    pub path: String,
    /// As Unix has it, with its kind; not every archive says it.
    pub mode: Option<u32>,
    pub is_deflated: bool,
    pub crc: u32,
    pub size: u64,
    /// Where its compressed content is.
    pub data: Range<usize>,
    /// Where the header before it begins.
    start: usize,
    has_descriptor: bool,
}

const END: u32 = 0x0605_4b50;
const END_LEN: usize = 22;
const CENTRAL: u32 = 0x0201_4b50;
const CENTRAL_LEN: usize = 46;
const LOCAL: u32 = 0x0403_4b50;
const LOCAL_LEN: usize = 30;
/// With its signature, and 64-bit sizes.
const DESCRIPTOR_LEN_MAX: usize = 24;

const ENCRYPTED: u16 = 1;
const WITH_DESCRIPTOR: u16 = 1 << 3;

/// The files of an archive in the order of its directory.
pub fn index(bytes: &[u8]) -> anyhow::Result<Vec<Indexed>> {
    let end = find_end(bytes).context("it is no zip archive: it has no directory")?;
    let field = |at| u16_at(bytes, end + at);
    ensure!(field(4)? == 0 && field(6)? == 0, "it is a part of an archive");
    let count = field(10)?;
    let (size, start) = (u32_at(bytes, end + 12)?, u32_at(bytes, end + 16)?);
    ensure!(count != u16::MAX && start != u32::MAX, "it is a zip64 archive: no wheel is so large");
    let (mut at, count) = (start as usize, usize::from(count));
    let is_before_end = at.checked_add(size as usize) == Some(end);
    ensure!(is_before_end, "its directory is not where the archive says");

    let mut files = Vec::new();
    for _ in 0..count {
        let (file, next) = read_central(bytes, at, start as usize)?;
        ensure!(next <= end, "its directory is cut off");
        files.push(file);
        at = next;
    }
    ensure!(at == end, "its directory has more entries than the archive says");
    check_extents(&files, start as usize)?;
    Ok(files)
}

/// The record that ends an archive; only its comment follows.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LEN)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|&at| {
        let comment = u16_at(bytes, at + 20).map(usize::from).unwrap_or_default();
        u32_at(bytes, at).ok() == Some(END) && at + END_LEN + comment == bytes.len()
    })
}

/// The entry at a place of the directory, and where the next one is.
fn read_central(bytes: &[u8], at: usize, limit: usize) -> anyhow::Result<(Indexed, usize)> {
    ensure!(u32_at(bytes, at)? == CENTRAL, "its directory is damaged");
    let short = |offset| u16_at(bytes, at + offset);
    let long = |offset| u32_at(bytes, at + offset);
    let (name_len, extra_len, comment_len) = (short(28)?, short(30)?, short(32)?);
    let name_end = at + CENTRAL_LEN + usize::from(name_len);
    let name = bytes.get(at + CENTRAL_LEN..name_end).context("its directory is cut off")?;
    let path = String::from_utf8(name.to_vec()).context("a name in it is not UTF-8")?;
    let (compressed, size, start) = (long(20)?, long(24)?, long(42)?);
    ensure!(compressed.max(size).max(start) != u32::MAX, "`{path}` is larger than a wheel may be");
    ensure!(short(8)? & ENCRYPTED == 0, "`{path}` is encrypted");
    let is_deflated = match short(10)? {
        0 => false,
        8 => true,
        method => bail!("`{path}` is compressed by method {method}, which pip cannot read"),
    };
    let is_from_unix = short(4)? >> 8 == 3;
    let mut file = Indexed {
        path,
        mode: is_from_unix.then_some(long(38)? >> 16),
        is_deflated,
        crc: long(16)?,
        size: u64::from(size),
        data: 0..compressed as usize,
        start: start as usize,
        has_descriptor: false,
    };
    check_local(bytes, &mut file, name, limit).with_context(|| format!("in `{}`", file.path))?;
    Ok((file, name_end + usize::from(extra_len) + usize::from(comment_len)))
}

/// The header before a file must say what the directory says.
fn check_local(bytes: &[u8], file: &mut Indexed, name: &[u8], limit: usize) -> anyhow::Result<()> {
    let at = file.start;
    ensure!(u32_at(bytes, at)? == LOCAL, "it has no header");
    let short = |offset| u16_at(bytes, at + offset);
    let name_start = at + LOCAL_LEN;
    let name_end = name_start + usize::from(short(26)?);
    let is_same = bytes.get(name_start..name_end) == Some(name);
    ensure!(is_same, "its header has another name than the directory");
    ensure!((short(8)? == 8) == file.is_deflated, "its header has another method");
    file.has_descriptor = short(6)? & WITH_DESCRIPTOR != 0;
    let sizes = [(18, file.data.len() as u64), (22, file.size)];
    for (offset, expected) in sizes {
        let said = u32_at(bytes, at + offset)?;
        let is_left_out = said == u32::MAX || (said == 0 && file.has_descriptor);
        ensure!(is_left_out || u64::from(said) == expected, "its header has another size");
    }
    let start = name_end + usize::from(short(28)?);
    let end = start.checked_add(file.data.len()).filter(|end| *end <= limit);
    file.data = start..end.context("its content is cut off")?;
    Ok(())
}

/// Files lie one behind the other, and nothing else lies between them.
fn check_extents(files: &[Indexed], limit: usize) -> anyhow::Result<()> {
    let mut ordered: Vec<&Indexed> = files.iter().collect();
    ordered.sort_by_key(|file| file.start);
    let mut end = 0;
    let mut slack = 0;
    for file in ordered {
        ensure!(file.start >= end, "`{}` overlaps another file", file.path);
        ensure!(file.start - end <= slack, "bytes before `{}` belong to no file", file.path);
        end = file.data.end;
        slack = if file.has_descriptor { DESCRIPTOR_LEN_MAX } else { 0 };
    }
    ensure!(limit - end <= slack, "bytes before its directory belong to no file");
    Ok(())
}

fn u16_at(bytes: &[u8], at: usize) -> anyhow::Result<u16> {
    let range = at..at.checked_add(2).context("it is cut off")?;
    let field = bytes.get(range).context("it is cut off")?;
    Ok(u16::from_le_bytes([field[0], field[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> anyhow::Result<u32> {
    let low = u16_at(bytes, at)?;
    let high = u16_at(bytes, at.saturating_add(2))?;
    Ok(u32::from(high) << 16 | u32::from(low))
}
