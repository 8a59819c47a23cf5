//! From a plain folder to a submodule.

use std::fs;

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;

use super::{check_needed, git::Git, state, switch::Switch};
use crate::{
    acting::files::{self, tell},
    libalgebra::facts::{FOLDER, check_url, listed, short},
};

/// All that can fail for a reason of others comes first, in a clone that nobody sees.
pub fn use_submodule(root: &Utf8Path, url: &str, rev: Option<&str>) -> anyhow::Result<()> {
    let git = Git::of_checkout(root)?;
    check_url(url)?;
    if state::local(root)?.is_some() {
        return Err(hinted(
            format!("{FOLDER}/ is a submodule already"),
            "change its address with `git submodule set-url libalgebra URL`, its commit by \
             `git -C libalgebra checkout REV` and `git add libalgebra`",
        ));
    }
    check_unchanged(&git)?;
    let switch = Switch::begin(root, &git, FOLDER)?;
    if switch.repository.exists() {
        return Err(hinted(
            format!("git still has a repository of an earlier submodule: `{}`", switch.repository),
            "see that all it has is pushed, then remove it",
        ));
    }
    let clone = switch.scratch.join("clone");
    let commit = clone_at(&git, &clone, url, rev)?;
    check_needed(root, &clone, short(&commit))?;

    let of_folder = git.ask(&["rev-parse", "--verify", "--quiet", &format!("HEAD:{FOLDER}")]);
    let of_clone = Git::at(&clone).ask(&["rev-parse", "HEAD^{tree}"]);
    let same = if of_folder == of_clone { "the same files" } else { "other files" };
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
    // A fresh clone has every branch by its remote name.
    let names = match rev {
        None => vec!["HEAD".to_owned()],
        Some(rev) => {
            vec![format!("refs/remotes/origin/{rev}"), format!("refs/tags/{rev}"), rev.to_owned()]
        }
    };
    let commit = names.iter().find_map(|name| {
        clone.ask(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])
    });
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

/// Nothing is lost that git could not bring back.
fn check_unchanged(git: &Git) -> anyhow::Result<()> {
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignored"];
    let changed = git.read(&[&status[..], &["--", FOLDER, ".gitmodules"]].concat())?;
    if changed.is_empty() {
        return Ok(());
    }
    let changed: Vec<String> = changed.lines().map(|line| line.trim().to_owned()).collect();
    Err(hinted(
        format!("{FOLDER}/ has changes that would be lost: {}", listed(&changed)),
        "commit them, or remove them",
    ))
}
