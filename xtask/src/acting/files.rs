//! Files of a checkout: written whole or not at all, by one program of ours at a time.

use std::fs::File;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ground::cli::PROGRAM;
pub use jobs::{create_parent, remove, tell};

/// Writes a file of which nobody ever sees half; a killed run leaves nothing beside it.
pub fn write_whole(root: &Utf8Path, path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
    super::workplace(root).write_whole(path, content)
}

/// The folder of files that are not whole yet; the next run empties it.
pub fn partials(root: &Utf8Path) -> Utf8PathBuf {
    super::workplace(root).partials()
}

/// Keeps other runs in this checkout waiting while it lives.
pub fn lock(root: &Utf8Path) -> anyhow::Result<File> {
    super::workplace(root).lock(PROGRAM)
}
