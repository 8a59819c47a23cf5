//! Code signatures of macOS: digests of the pages of a file, which the kernel compares.

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const SHA256: u8 = 2;

/// Checks that a signature is of these bytes: it covers all that stand before it. An ad-hoc
/// signature holds nothing but digests.
pub fn check(bytes: &[u8], blob: &[u8], signature_start: u32) -> anyhow::Result<()> {
    ensure!(u32_at(blob, 0)? == SUPER_BLOB, "it is no signature");
    let count = u32_at(blob, 8)?;
    ensure!(count <= 32, "it is absurdly large");
    let mut is_checked = false;
    for index in 0..count as usize {
        let start = u32_at(blob, 16 + 8 * index)? as usize;
        let part = blob.get(start..).context("it is cut off")?;
        if u32_at(part, 0)? == CODE_DIRECTORY {
            check_directory(bytes, part, signature_start)?;
            is_checked = true;
        }
    }
    ensure!(is_checked, "it has no digests");
    Ok(())
}

fn check_directory(bytes: &[u8], directory: &[u8], signature_start: u32) -> anyhow::Result<()> {
    let first = u32_at(directory, 16)? as usize;
    let (count, limit) = (u32_at(directory, 28)? as usize, u32_at(directory, 32)?);
    let [length, kind, _, page] = u32_at(directory, 36)?.to_be_bytes();
    ensure!(limit == signature_start, "it covers another number of bytes");
    if kind != SHA256 {
        // Older systems read this SHA-1 directory; newer ones read the one with SHA-256.
        return Ok(());
    }
    ensure!(length == 32 && (9..=20).contains(&page), "it is damaged");
    let pages = bytes[..limit as usize].chunks(1 << page);
    ensure!(pages.len() == count, "it has digests of another number of pages");
    for (index, page) in pages.enumerate() {
        let start = first.checked_add(32 * index).context("it is cut off")?;
        let digest = start.checked_add(32).and_then(|end| directory.get(start..end));
        let digest = digest.context("it is cut off")?;
        ensure!(Sha256::digest(page).as_slice() == digest, "page {index} was changed afterwards");
    }
    Ok(())
}

fn u32_at(bytes: &[u8], at: usize) -> anyhow::Result<u32> {
    let rest = bytes.get(at..).unwrap_or_default();
    Ok(u32::from_be_bytes(*rest.first_chunk().context("it is cut off")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature of some bytes, in pages of 512.
    fn signed(code: &[u8]) -> Vec<u8> {
        let digests: Vec<u8> = code.chunks(512).flat_map(Sha256::digest).collect();
        let pages = digests.len() as u32 / 32;
        let word = |value: u32| value.to_be_bytes();
        let directory = [CODE_DIRECTORY, 44 + digests.len() as u32, 0x20001, 2, 44, 0, 0, pages];
        let mut blob: Vec<u8> = [SUPER_BLOB, 0, 1, 0, 20].into_iter().flat_map(word).collect();
        blob.extend(directory.into_iter().flat_map(word));
        blob.extend(word(code.len() as u32));
        blob.extend([32, SHA256, 0, 9]);
        blob.extend([0; 4]);
        [blob, digests].concat()
    }

    #[test]
    fn a_signature_is_of_the_bytes_that_were_signed() {
        let code: Vec<u8> = (0..1300u32).map(|byte| byte as u8).collect();
        let blob = signed(&code);
        let check = |code: &[u8], blob: &[u8]| {
            check(code, blob, 1300).map_err(|error| error.to_string()).err()
        };
        assert_eq!(check(&code, &blob), None);
        let mut changed = code.clone();
        changed[600] ^= 1;
        assert_eq!(check(&changed, &blob).unwrap(), "page 1 was changed afterwards");
        for length in 0..blob.len() {
            assert!(check(&code, &blob[..length]).is_some(), "{length}");
        }
    }
}
