//! Hashes of bytes, as people read them.

use std::io;

use camino::Utf8Path;
use sha2::{Digest, Sha256};

/// Two digits for each byte, in small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A SHA-256 as files of hashes have it.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The same of a file's content, which is not kept in memory.
pub fn sha256_of_file(path: &Utf8Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut crate::files::open(path)?, &mut HashWriter(&mut digest))?;
    Ok(hexadecimal(&digest.finalize()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_standard() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), of_abc);
        assert_eq!(hexadecimal(&[0, 10, 255]), "000aff");
    }
}
