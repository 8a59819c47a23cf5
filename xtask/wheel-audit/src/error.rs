//! The error of this crate.

use std::{error, fmt};

/// Why a file name, an archive or a binary cannot be read, or an archive not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// This file name is not that of a wheel.
    FileName(String),
    /// The archive is damaged, hostile or too large; the text says how.
    Archive(String),
    /// The binary is damaged, hostile or of an unknown format; the text says how.
    Binary(String),
}

impl Error {
    /// What to do about it, where that is not plain from what happened.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::FileName(_) => Some("it is `{name}-{version}-{python}-{abi}-{platform}.whl`"),
            Error::Archive(_) | Error::Binary(_) => None,
        }
    }

    pub(crate) fn in_archive(error: anyhow::Error) -> Error {
        Error::Archive(format!("{error:#}"))
    }

    pub(crate) fn in_binary(error: anyhow::Error) -> Error {
        Error::Binary(format!("{error:#}"))
    }
}

/// What happened, in one line; `{:#}` adds the hint in a line of its own.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::FileName(name) => write!(f, "`{name}` is no name of a wheel")?,
            Error::Archive(reason) | Error::Binary(reason) => f.write_str(reason)?,
        }
        match self.hint() {
            Some(hint) if f.alternate() => write!(f, "\nhint: {hint}"),
            _ => Ok(()),
        }
    }
}

impl error::Error for Error {}
