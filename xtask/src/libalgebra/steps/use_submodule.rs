//! From a plain folder to a submodule.

use std::fs;

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;

use super::{check_needed, state, switch::Switch};
use crate::{
    acting::{
        files::{self, tell},
        git::Git,
    },
    ground::listed,
    libalgebra::{
        facts::{FOLDER, short},
        rules::{check_url, require},
    },
};

/// What depends on others comes first, in a clone beside the checkout, so that a failure of it
/// changes nothing.
pub fn use_submodule(root: &Utf8Path, url: &str, rev: Option<&str>) -> anyhow::Result<()> {
    let git = Git::of_checkout(root)?;
    check_url(url)?;
    require(
        state::local(root)?.is_none(),
        format!("{FOLDER}/ is a submodule already"),
        "change its address with `git submodule set-url libalgebra URL`, its commit by \
         `git -C libalgebra checkout REV` and `git add libalgebra`",
    )?;
    check_unchanged(&git)?;
    let switch = Switch::begin(root, &git, FOLDER)?;
    require(
        !switch.repository.exists(),
        format!("git still has a repository of an earlier submodule: `{}`", switch.repository),
        "see that all it has is pushed, then remove it",
    )?;
    let clone = switch.scratch.join("clone");
    let commit = clone_at(&git, &clone, url, rev)?;
    check_needed(root, &clone, short(&commit))?;

    let is_same = git.object(&format!("HEAD:{FOLDER}")) == Git::at(&clone).object("HEAD^{tree}");
    let same = if is_same { "the same files" } else { "other files" };
    let made = switch.make(FOLDER.into(), || {
        fs::rename(&clone, root.join(FOLDER)).context("cannot move the clone into place")?;
        git.read(&["rm", "-r", "--cached", "--quiet", "--", FOLDER])?;
        git.read(&["submodule", "add", "--quiet", "--name", FOLDER, "--", url, FOLDER])?;
        git.read(&["submodule", "absorbgitdirs", "--", FOLDER]).map(drop)
    });
    if let Err(error) = made {
        files::remove(&switch.repository)?;
        return Err(error);
    }
    switch.clear()?;
    tell(&format!(
        "{FOLDER}/ is a submodule at {} of {url}, with {same}; staged, not committed\n\
         commit it: `git commit --message 'libalgebra is a submodule'`",
        short(&commit)
    ));
    Ok(())
}

/// Clones and checks out; gives the commit.
fn clone_at(git: &Git, folder: &Utf8Path, url: &str, rev: Option<&str>) -> anyhow::Result<String> {
    tell(&format!("fetching {url}"));
    let clone = ["clone", "--quiet", "--no-checkout", "--", url, folder.as_str()];
    git.fetch(&clone, &format!("cannot fetch {url}"))?;
    let clone = Git::at(folder);
    // A fresh clone has branches only by the names of the remote.
    let rev_or_head = rev.unwrap_or("HEAD");
    let commit = ["refs/remotes/origin/", "refs/tags/", ""]
        .iter()
        .find_map(|place| clone.object(&format!("{place}{rev_or_head}^{{commit}}")));
    let commit = commit.ok_or_else(|| match rev {
        None => hinted(format!("{url} has no commit yet"), "push libalgebra there first"),
        Some(rev) => hinted(
            format!("{url} has no branch, tag or commit `{rev}`"),
            "`git ls-remote URL` lists its branches and tags",
        ),
    })?;
    clone.read(&["checkout", "--quiet", "--detach", &commit])?;
    Ok(commit)
}

/// Checks that nothing is lost which git could not bring back.
fn check_unchanged(git: &Git) -> anyhow::Result<()> {
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignored"];
    let changed = git.lines(&[&status[..], &["--", FOLDER, ".gitmodules"]].concat())?;
    require(
        changed.is_empty(),
        format!("{FOLDER}/ has changes that would be lost: {}", listed(&changed)),
        "commit them, or remove them",
    )
}
