//! An error that says what happened, and what to do about it.

use std::{error::Error, fmt};

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

/// What to do about an error, if it or a cause of it says so.
pub fn hint_of(error: &anyhow::Error) -> Option<&str> {
    let hinted = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>());
    hinted.map(|hinted| hinted.hint.as_str())
}

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
    fn an_error_without_a_hint_is_what_happened() {
        assert_eq!(shown(&anyhow::anyhow!("no").context("outer")), "outer: no");
    }
}
