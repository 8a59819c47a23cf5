//! The index of a zip archive: which files it holds, and where.
//!
//! Some programs believe the directory at the end of an archive, others the headers before its
//! files. An archive in which these differ, or files overlap, is refused.

use std::ops::Range;

use anyhow::{Context, bail, ensure};

/// A file as the directory of the archive describes it.
#[derive(Debug)]
pub struct Indexed {
    pub path: String,
    /// The Unix mode with the kind of file; not every archive says it.
    pub mode: Option<u32>,
    pub method: Method,
    pub crc: u32,
    pub size: u64,
    /// The place of its compressed content.
    pub data: Range<usize>,
    /// The beginning of the header before it.
    start: usize,
    has_descriptor: bool,
}

/// How the content of a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// As nearly all archives are.
    Deflated,
    /// By bzip2, which Python and pip read, and not every installer.
    Bzip2,
    /// By LZMA, of which the same is true.
    Lzma,
}

const END: u32 = 0x0605_4b50;
const END_LEN: usize = 22;
const CENTRAL: u32 = 0x0201_4b50;
const CENTRAL_LEN: usize = 46;
const LOCAL: u32 = 0x0403_4b50;
const LOCAL_LEN: usize = 30;
/// The length of a data descriptor with its signature and 64-bit sizes.
const DESCRIPTOR_LEN_MAX: usize = 24;

const END64: u32 = 0x0606_4b50;
const END64_LEN: usize = 56;
const LOCATOR64: u32 = 0x0706_4b50;
const LOCATOR64_LEN: usize = 20;
/// The number of the extra field with 64-bit sizes and places.
const EXTRA64: u16 = 1;

const ENCRYPTED: u16 = 1;
const WITH_DESCRIPTOR: u16 = 1 << 3;

/// The files of an archive in the order of its directory.
pub fn index(bytes: &[u8]) -> anyhow::Result<Vec<Indexed>> {
    let end = find_end(bytes).context("it is no zip archive: it has no directory")?;
    let (directory, count) = find_directory(bytes, end)?;
    let mut at = directory.start;
    let mut files = Vec::new();
    for _ in 0..count {
        let (file, next) = read_central(bytes, at, directory.start)?;
        ensure!(next <= directory.end, "its directory is cut off");
        files.push(file);
        at = next;
    }
    ensure!(at == directory.end, "its directory has more entries than the archive says");
    check_extents(&files, directory.start)?;
    Ok(files)
}

/// Finds the directory and the number of its entries by the record that ends the archive.
fn find_directory(bytes: &[u8], end: usize) -> anyhow::Result<(Range<usize>, u64)> {
    let field = |at| u16_at(bytes, end + at);
    ensure!(field(4)? == 0 && field(6)? == 0, "it is a part of an archive");
    let said = [
        (u64::from(field(10)?), u64::from(u16::MAX)),
        (u64::from(u32_at(bytes, end + 12)?), u64::from(u32::MAX)),
        (u64::from(u32_at(bytes, end + 16)?), u64::from(u32::MAX)),
    ];
    let large = find_end64(bytes, end)?;
    let directory_end = large.map_or(end, |(at, _)| at);
    let values = large.map_or(said.map(|(value, _)| value), |(_, values)| values);
    for ((small, left_out), value) in said.into_iter().zip(values) {
        let is_same = small == value || small == left_out && large.is_some();
        ensure!(is_same, "its two ends differ, and programs in which of them they believe");
    }
    let [count, size, start] = values;
    let is_before_end = start.checked_add(size) == Some(directory_end as u64);
    ensure!(is_before_end, "its directory is not where the archive says");
    Ok((usize::try_from(start)?..directory_end, count))
}

/// Finds the zip64 record, which an archive has that is large or was written as if it might become
/// so: its place, and the number of entries, size and start of the directory.
fn find_end64(bytes: &[u8], end: usize) -> anyhow::Result<Option<(usize, [u64; 3])>> {
    let locator = end.checked_sub(LOCATOR64_LEN);
    let Some(locator) = locator.filter(|at| u32_at(bytes, *at).ok() == Some(LOCATOR64)) else {
        return Ok(None);
    };
    let at = locator.checked_sub(END64_LEN).context("it is cut off")?;
    let is_there = u32_at(bytes, at)? == END64
        && u64_at(bytes, locator + 8)? == at as u64
        && u64_at(bytes, at + 4)? == END64_LEN as u64 - 12;
    ensure!(is_there, "its zip64 end is not where the archive says");
    let is_whole = u32_at(bytes, locator + 4)? == 0
        && u32_at(bytes, locator + 16)? <= 1
        && u64_at(bytes, at + 16)? == 0
        && u64_at(bytes, at + 24)? == u64_at(bytes, at + 32)?;
    ensure!(is_whole, "it is a part of an archive");
    let field = |offset| u64_at(bytes, at + offset);
    Ok(Some((at, [field(32)?, field(40)?, field(48)?])))
}

/// Finds the record that ends an archive; only its comment may follow.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LEN)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|&at| {
        let comment = u16_at(bytes, at + 20).map(usize::from).unwrap_or_default();
        u32_at(bytes, at).ok() == Some(END) && at + END_LEN + comment == bytes.len()
    })
}

/// Reads the entry at a place of the directory; gives also the place of the next one.
fn read_central(bytes: &[u8], at: usize, limit: usize) -> anyhow::Result<(Indexed, usize)> {
    ensure!(u32_at(bytes, at)? == CENTRAL, "its directory is damaged");
    let short = |offset| u16_at(bytes, at + offset);
    let long = |offset| u32_at(bytes, at + offset);
    let (name_len, extra_len, comment_len) = (short(28)?, short(30)?, short(32)?);
    let name_end = at + CENTRAL_LEN + usize::from(name_len);
    let name = bytes.get(at + CENTRAL_LEN..name_end).context("its directory is cut off")?;
    let path = String::from_utf8(name.to_vec()).context("a name in it is not UTF-8")?;
    let extra_end = name_end + usize::from(extra_len);
    let extra = bytes.get(name_end..extra_end).context("its directory is cut off")?;
    let said = [long(24)?, long(20)?, long(42)?];
    let [size, compressed, start] =
        with_extra(said, extra).with_context(|| format!("in `{path}`"))?;
    let largest = size.max(compressed).max(start);
    ensure!(largest < u64::from(u32::MAX), "`{path}` is larger than a wheel may be");
    ensure!(short(8)? & ENCRYPTED == 0, "`{path}` is encrypted");
    let method = method_of(short(10)?).with_context(|| format!("in `{path}`"))?;
    let is_from_unix = short(4)? >> 8 == 3;
    let mut file = Indexed {
        path,
        mode: is_from_unix.then_some(long(38)? >> 16),
        method,
        crc: long(16)?,
        size,
        data: 0..compressed as usize,
        start: start as usize,
        has_descriptor: false,
    };
    check_local(bytes, &mut file, name, limit).with_context(|| format!("in `{}`", file.path))?;
    Ok((file, extra_end + usize::from(comment_len)))
}

fn method_of(number: u16) -> anyhow::Result<Method> {
    Ok(match number {
        0 => Method::Stored,
        8 => Method::Deflated,
        12 => Method::Bzip2,
        14 => Method::Lzma,
        number => bail!("it is compressed by method {number}, which pip cannot read"),
    })
}

/// Checks that the header before a file says what the directory says, and finds its content.
fn check_local(bytes: &[u8], file: &mut Indexed, name: &[u8], limit: usize) -> anyhow::Result<()> {
    let at = file.start;
    ensure!(u32_at(bytes, at)? == LOCAL, "it has no header");
    let short = |offset| u16_at(bytes, at + offset);
    let name_start = at + LOCAL_LEN;
    let name_end = name_start + usize::from(short(26)?);
    let is_same = bytes.get(name_start..name_end) == Some(name);
    ensure!(is_same, "its header has another name than the directory");
    ensure!(method_of(short(8)?)? == file.method, "its header has another method");
    file.has_descriptor = short(6)? & WITH_DESCRIPTOR != 0;
    let start = name_end + usize::from(short(28)?);
    let extra = bytes.get(name_end..start).context("its header is cut off")?;
    let said = with_extra([u32_at(bytes, at + 22)?, u32_at(bytes, at + 18)?], extra)?;
    for (said, expected) in said.into_iter().zip([file.size, file.data.len() as u64]) {
        let is_left_out = said == 0 && file.has_descriptor;
        ensure!(is_left_out || said == expected, "its header has another size");
    }
    let end = start.checked_add(file.data.len()).filter(|end| *end <= limit);
    file.data = start..end.context("its content is cut off")?;
    Ok(())
}

/// Completes the 32-bit fields of a header: those that are all ones stand in its zip64 field.
fn with_extra<const N: usize>(fields: [u32; N], extra: &[u8]) -> anyhow::Result<[u64; N]> {
    let mut values = fields.map(u64::from);
    if !fields.contains(&u32::MAX) {
        return Ok(values);
    }
    let mut found = None;
    let mut at = 0;
    while at < extra.len() {
        let end = at + 4 + usize::from(u16_at(extra, at + 2)?);
        let content = extra.get(at + 4..end).context("an extra field is cut off")?;
        if u16_at(extra, at)? == EXTRA64 {
            ensure!(found.is_none(), "it has two zip64 fields");
            found = Some(content);
        }
        at = end;
    }
    let large = found.context("it has no zip64 field")?;
    let left_out = values.iter_mut().filter(|value| **value == u64::from(u32::MAX));
    let mut used = 0;
    for value in left_out {
        *value = u64_at(large, used)?;
        used += 8;
    }
    ensure!(used == large.len(), "its zip64 field has more than what is left out");
    Ok(values)
}

/// Checks that files lie one behind the other, with nothing else between them.
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
    field_at(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> anyhow::Result<u32> {
    field_at(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> anyhow::Result<u64> {
    field_at(bytes, at).map(u64::from_le_bytes)
}

fn field_at<const N: usize>(bytes: &[u8], at: usize) -> anyhow::Result<[u8; N]> {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.first_chunk().copied().context("it is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: usize = 58;
    const END64_AT: usize = 133;
    const END_AT: usize = 209;

    /// A small archive, written as if it might have become a large one.
    fn zip64() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut crc = flate2::Crc::new();
        crc.update(b"content");
        let short = |bytes: &mut Vec<u8>, values: &[u16]| {
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        };
        let long = |bytes: &mut Vec<u8>, values: &[u32]| {
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        };
        let huge = |bytes: &mut Vec<u8>, values: &[u64]| {
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        };
        long(&mut bytes, &[LOCAL]);
        short(&mut bytes, &[45, 0, 0, 0, 0]);
        long(&mut bytes, &[crc.sum(), u32::MAX, u32::MAX]);
        short(&mut bytes, &[1, 20]);
        bytes.push(b'a');
        short(&mut bytes, &[EXTRA64, 16]);
        huge(&mut bytes, &[7, 7]);
        bytes.extend(b"content");
        assert_eq!(bytes.len(), START);
        long(&mut bytes, &[CENTRAL]);
        short(&mut bytes, &[0x32d, 45, 0, 0, 0, 0]);
        long(&mut bytes, &[crc.sum(), u32::MAX, u32::MAX]);
        short(&mut bytes, &[1, 28, 0, 0, 0]);
        long(&mut bytes, &[0o100_644 << 16, u32::MAX]);
        bytes.push(b'a');
        short(&mut bytes, &[EXTRA64, 24]);
        huge(&mut bytes, &[7, 7, 0]);
        assert_eq!(bytes.len(), END64_AT);
        long(&mut bytes, &[END64]);
        huge(&mut bytes, &[44]);
        short(&mut bytes, &[45, 45]);
        long(&mut bytes, &[0, 0]);
        huge(&mut bytes, &[1, 1, (END64_AT - START) as u64, START as u64]);
        long(&mut bytes, &[LOCATOR64, 0]);
        huge(&mut bytes, &[END64_AT as u64]);
        long(&mut bytes, &[1]);
        assert_eq!(bytes.len(), END_AT);
        long(&mut bytes, &[END]);
        short(&mut bytes, &[0, 0, u16::MAX, u16::MAX]);
        long(&mut bytes, &[u32::MAX, u32::MAX]);
        short(&mut bytes, &[0]);
        bytes
    }

    #[track_caller]
    fn refused(at: usize, changed: &[u8], why: &str) {
        let mut bytes = zip64();
        bytes[at..at + changed.len()].copy_from_slice(changed);
        let error = format!("{:#}", index(&bytes).unwrap_err());
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn a_small_archive_with_fields_for_large_ones_is_read() {
        let files = index(&zip64()).unwrap();
        assert_eq!((files[0].path.as_str(), files[0].size), ("a", 7));
        assert_eq!(files[0].data, 51..58);
        // The two ends may both say all.
        let mut both = zip64();
        both[END_AT + 10..END_AT + 12].copy_from_slice(&[1, 0]);
        both[END_AT + 12..END_AT + 20].copy_from_slice(&[75, 0, 0, 0, 58, 0, 0, 0]);
        assert_eq!(index(&both).unwrap().len(), 1);
    }

    #[test]
    fn an_archive_is_refused_if_programs_would_read_it_differently() {
        refused(END_AT + 10, &[2, 0], "its two ends differ");
        refused(END_AT + 16, &[57, 0, 0, 0], "its two ends differ");
        refused(END64_AT + 32, &[2], "is a part of an archive");
        refused(END64_AT + 40, &[74], "its directory is not where");
        refused(END64_AT + 48, &[0xff; 8], "its directory is not where");
        refused(END64_AT + 4, &[45], "its zip64 end is not where");
        refused(END64_AT + 56 + 8, &[132], "its zip64 end is not where");
        refused(END64_AT + 56, b"PK\x06\x08", "its directory is not where");
        // What the header says, and what the directory.
        refused(35, &[8], "its header has another size");
        refused(43, &[8], "its header has another size");
        refused(31, &[2, 0], "it has no zip64 field");
        refused(START + 47, &[2, 0], "it has no zip64 field");
        refused(START + 49, &[25, 0], "an extra field is cut off");
        refused(START + 47 + 4, &[0xff; 8], "larger than a wheel may be");
        refused(START + 42, &[0, 0, 0, 0], "more than what is left out");
    }

    #[test]
    fn any_damage_is_an_error_or_what_is_read_is_the_same() {
        let bytes = zip64();
        assert!((0..bytes.len()).all(|length| index(&bytes[..length]).is_err()));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let is_same = |file: &Indexed| file.data == (51..58) && file.size == 7;
                if let Ok(files) = index(&changed) {
                    assert!(files.iter().all(is_same) && files.len() == 1, "{at}");
                }
            }
        }
    }
}
