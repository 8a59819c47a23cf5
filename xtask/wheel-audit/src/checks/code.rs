//! What the checks of compiled code look at.

use crate::{
    binary::{Format, Slice},
    wheel::Wheel,
};

/// A slice of a binary, and the file and wheel that it is in.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    pub wheel: &'a Wheel,
    pub file: &'a str,
    pub format: Format,
    pub slice: &'a Slice,
}
