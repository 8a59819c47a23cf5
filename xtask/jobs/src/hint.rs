//! An error that says what happened, and what to do about it.

use std::{error::Error, fmt, io};

/// What happened, on what; and the shortest way out. As text it is only what happened: [`shown`]
/// adds the hint, so that it stands once and last, whatever contexts are put around the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hinted {
    what: String,
    hint: String,
}

/// The usual way to make one.
pub fn hinted(what: impl fmt::Display, hint: impl fmt::Display) -> anyhow::Error {
    Hinted { what: what.to_string(), hint: hint.to_string() }.into()
}

/// What to do about an error, if it or a cause of it says so, or if it is one of the system that
/// has a way out.
pub fn hint_of(error: &anyhow::Error) -> Option<&str> {
    let hinted = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>());
    let of_system = || error.chain().find_map(|cause| hint_for(cause.downcast_ref()?));
    hinted.map(|hinted| hinted.hint.as_str()).or_else(of_system)
}

/// What to do about an error of the system that says what it is about.
fn hint_for(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind::*;
    Some(match error.kind() {
        StorageFull | QuotaExceeded => NO_SPACE,
        PermissionDenied => NO_RIGHT,
        ReadOnlyFilesystem => READ_ONLY,
        IsADirectory | NotADirectory | AlreadyExists => {
            "something else is in its place: move it away"
        }
        _ if cfg!(unix) && error.raw_os_error() == Some(TOO_MANY_FILES) => {
            "allow more open files, `ulimit -n 1024`, then repeat the command"
        }
        _ => return None,
    })
}

const TOO_MANY_FILES: i32 = 24;

/// What to do about a disk that is full.
pub const NO_SPACE: &str = "free some space on that disk: `cargo xtask clean` makes some";

/// What to do about a file of somebody else.
pub const NO_RIGHT: &str = "it belongs to somebody else, to root perhaps, who ran a build here once: \
                            `sudo chown -R \"$USER\" PATH`, or remove it";

/// What to do about a disk that cannot be written.
pub const READ_ONLY: &str = "that disk can only be read: build in a checkout on another one";

/// An error as people read it: what happened, then, in a line of its own, the hint.
pub fn shown(error: &anyhow::Error) -> String {
    with_hint(&format!("{error:#}"), hint_of(error))
}

/// The same of an error that is text already.
pub fn with_hint(what: &str, hint: Option<&str>) -> String {
    hint.map_or_else(|| what.to_owned(), |hint| format!("{what}\nhint: {hint}"))
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Hinted {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_comes_last_whatever_stands_around_the_error() {
        let error = hinted("`a` is missing", "install it").context("cannot begin");
        assert_eq!(shown(&error), "cannot begin: `a` is missing\nhint: install it");
    }

    #[test]
    fn an_error_of_the_system_has_the_hint_for_its_kind_once_and_last() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = anyhow::Error::from(full).context("cannot write `a`");
        assert_eq!(shown(&error), format!("cannot write `a`: no storage space\nhint: {NO_SPACE}"));
        let unknown = anyhow::Error::from(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(hint_of(&unknown), None);
    }

    #[test]
    fn an_error_without_a_hint_is_what_happened() {
        assert_eq!(shown(&anyhow::anyhow!("no").context("outer")), "outer: no");
    }
}
