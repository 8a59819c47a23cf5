//! Standard output: the answer of a command, and nothing else.

use std::io::{self, Write};

use anyhow::Context;
use jobs::{finish_telling, plain};

/// Writes the answer. A reader that closes the pipe early (`| head`) is no error.
pub fn answer(text: &str) -> anyhow::Result<()> {
    // In a terminal, it comes after what led to it.
    finish_telling();
    let text = format!("{}\n", plain(text.trim_end()));
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the answer to standard output"),
    }
}
