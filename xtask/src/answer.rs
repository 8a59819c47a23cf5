//! Standard output: the answer of a command, and nothing else.

use std::io::{self, Write};

/// Whoever stops reading it (`| head`) has seen enough.
pub fn answer(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(format!("{}\n", text.trim_end()).as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
