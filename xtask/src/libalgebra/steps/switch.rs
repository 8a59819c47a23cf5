//! Changing what libalgebra/ is, wholly or not at all.

use std::fs;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use crate::{
    acting::{files, git::Git},
    libalgebra::rules::require,
};

/// A change that is under way.
pub struct Switch<'a> {
    root: &'a Utf8Path,
    /// A folder on the same disk as git's own, for renames.
    pub scratch: Utf8PathBuf,
    /// Where git has, or will have, the submodule's repository.
    pub repository: Utf8PathBuf,
    /// Files of git that change, with the content that they had; none if they were not there.
    before: Vec<(Utf8PathBuf, Option<Vec<u8>>)>,
}

impl<'a> Switch<'a> {
    pub fn begin(root: &'a Utf8Path, git: &Git, name: &str) -> anyhow::Result<Switch<'a>> {
        let scratch = git.path("xtask-libalgebra")?;
        require(
            !scratch.join(ASIDE).exists(),
            format!("`{scratch}/{ASIDE}` is what a killed run put aside"),
            "see with `git status` that nothing is missing, then remove it",
        )?;
        files::remove(&scratch)?;
        fs::create_dir_all(&scratch).with_context(|| format!("cannot create `{scratch}`"))?;
        let mut before = Vec::new();
        for path in [git.path("index")?, git.path("config")?, root.join(".gitmodules")] {
            let content = path.exists().then(|| fs::read(&path)).transpose()?;
            before.push((path, content));
        }
        let repository = git.path(&format!("modules/{name}"))?;
        Ok(Switch { root, scratch, repository, before })
    }

    /// Puts `path` aside, then makes the change; if that fails, all is as before.
    pub fn make(
        &self,
        path: &Utf8Path,
        change: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (path, aside) = (self.root.join(path), self.scratch.join(ASIDE));
        fs::rename(&path, &aside).with_context(|| format!("cannot move `{path}`"))?;
        let Err(error) = change() else { return Ok(()) };
        match self.undo(&path, &aside) {
            Ok(()) => Err(hinted(
                format!("{error:#}"),
                "nothing has changed; with that out of the way, repeat the command",
            )),
            Err(undoing) => Err(error.context(format!(
                "{undoing:#}, so that `{path}` is in `{aside}` now, and this is why that came up"
            ))),
        }
    }

    fn undo(&self, path: &Utf8Path, aside: &Utf8Path) -> anyhow::Result<()> {
        files::remove(path)?;
        fs::rename(aside, path).with_context(|| format!("cannot move `{aside}` back"))?;
        for (path, content) in &self.before {
            match content {
                Some(content) => fs::write(path, content)?,
                None => files::remove(path)?,
            }
        }
        Ok(())
    }

    /// Ends a change that was made.
    pub fn clear(self) -> anyhow::Result<()> {
        files::remove(&self.scratch)
    }
}

/// Removes what is left of a change that was not made, but never what could not be put back.
impl Drop for Switch<'_> {
    fn drop(&mut self) {
        if !self.scratch.join(ASIDE).exists() {
            let _ = files::remove(&self.scratch);
        }
    }
}

/// What is put aside, in the scratch folder.
const ASIDE: &str = "aside";
