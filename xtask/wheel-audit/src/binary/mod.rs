//! Binaries of all formats: recognised by their first bytes, read by a reader for each format.

mod elf;
mod macho;
mod pe;
mod signature;
mod slice;
mod wasm;

use crate::error::Error;
pub use slice::Slice;

/// The formats of libraries and programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The format of Linux.
    Elf,
    /// The format of macOS.
    MachO,
    /// The format of Windows.
    Pe,
    /// The format of WebAssembly.
    Wasm,
}

/// A library or a program.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Its format.
    pub format: Format,
    /// Its code for each architecture; only universal files for macOS have several.
    pub slices: Vec<Slice>,
}

impl Binary {
    /// Reads the headers and tables of a file; an error if it is no binary, or a damaged one.
    pub fn parse(bytes: &[u8]) -> Result<Binary, Error> {
        let unknown =
            || Error::Binary("it is neither ELF nor Mach-O nor PE nor WebAssembly".to_owned());
        let format = format_of(bytes).ok_or_else(unknown)?;
        let slices = match format {
            Format::Elf => elf::read(bytes).map(|slice| vec![slice]),
            Format::MachO => macho::read(bytes),
            Format::Pe => pe::read(bytes).map(|slice| vec![slice]),
            Format::Wasm => wasm::read(bytes).map(|slice| vec![slice]),
        };
        Ok(Binary { format, slices: slices.map_err(Error::in_binary)? })
    }
}

/// Whether a file has the headers of a library and, of its content, only what debuggers read:
/// dsymutil makes such files for macOS, objcopy for Linux. What Linux loads is for other headers to
/// say than those that debuggers read: a file is one for debuggers only if its name says so too.
pub(crate) fn is_for_debuggers(path: &str, bytes: &[u8]) -> bool {
    match bytes.get(..4) {
        Some(b"\x7fELF") => path.ends_with(".debug") && elf::is_for_debuggers(bytes),
        Some(_) => macho::is_for_debuggers(bytes),
        None => false,
    }
}

/// The format of a file by its first bytes; none if it is nothing that is loaded.
pub(crate) fn format_of(bytes: &[u8]) -> Option<Format> {
    let kind_at = |at: usize| bytes.get(at..at + 2).map(|two| [two[0], two[1]]);
    match bytes.get(..4)? {
        // Object files, which are for linking only, are left out.
        b"\x7fELF" => (!matches!(kind_at(16), Some([1, 0] | [0, 1]))).then_some(Format::Elf),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe] => {
            let kind = bytes.get(12).copied().unwrap_or_default();
            // Programs, libraries and bundles; object files and debug information are left out.
            matches!(kind, 2 | 6 | 8).then_some(Format::MachO)
        }
        // Compiled Java begins so too, with a version where this has the number of slices.
        [0xca, 0xfe, 0xba, 0xbe] => {
            (bytes.get(4..7) == Some(&[0; 3]) && bytes.get(7)? < &30).then_some(Format::MachO)
        }
        // The version follows; components of WebAssembly have another one.
        b"\0asm" => (bytes.get(4..8) == Some(&[1, 0, 0, 0])).then_some(Format::Wasm),
        [b'M', b'Z', ..] => {
            let at = bytes.get(60..64)?.try_into().map(u32::from_le_bytes).ok()? as usize;
            (bytes.get(at..at.checked_add(4)?) == Some(b"PE\0\0")).then_some(Format::Pe)
        }
        _ => None,
    }
}
