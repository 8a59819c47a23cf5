//! From a submodule to a plain folder with the same files.

use anyhow::ensure;
use camino::Utf8Path;
use jobs::hinted;

use super::{state, switch::Switch};
use crate::{
    acting::{
        files::{self, tell},
        git::Git,
    },
    ground::listed,
    libalgebra::{
        facts::{FOLDER, SubmoduleStatus, short},
        rules::require,
    },
};

pub fn use_folder(root: &Utf8Path) -> anyhow::Result<()> {
    let git = Git::of_checkout(root)?;
    let submodule = state::local(root)?.ok_or_else(|| {
        hinted(format!("{FOLDER}/ is a plain folder already"), "nothing is to be done")
    })?;
    let (Some(library), Some(commit)) = (state::library_git(root), &submodule.checked_out) else {
        return Err(hinted(
            format!("{FOLDER}/ has no contents that could be kept"),
            "fetch them first: `cargo xtask libalgebra init`",
        ));
    };
    check_nothing_is_lost(&git, &library, &submodule)?;

    let tracked = library.read(&["ls-files", "-z"])?;
    let paths: String = tracked.split_terminator('\0').map(|p| format!("{FOLDER}/{p}\0")).collect();
    let tree = library.read(&["rev-parse", "HEAD^{tree}"])?;
    let switch = Switch::begin(root, &git, &submodule.name)?;
    switch.make(&Utf8Path::new(FOLDER).join(".git"), || {
        git.read(&["update-index", "--force-remove", "--", FOLDER])?;
        remove_from_gitmodules(root, &git, &submodule.name)?;
        // Files are added by name: those that libalgebra tracks, even if the project ignores them.
        git.read_with(&["update-index", "--add", "-z", "--stdin"], &paths)?;
        let added = git.read(&["write-tree", &format!("--prefix={FOLDER}/")])?;
        ensure!(
            added == tree,
            "git would not keep these files as they are, on account of `.gitattributes` or \
             `core.autocrlf`"
        );
        Ok(())
    })?;
    git.ask(&["config", "--remove-section", &format!("submodule.{}", submodule.name)]);
    files::remove(&switch.repository)?;
    switch.clear()?;
    tell(&format!(
        "{FOLDER}/ is a plain folder with the files of {}; staged, not committed\n\
         commit it: `git commit --message 'libalgebra is a folder'`\n\
         in other clones: `git submodule deinit libalgebra` before that is pulled",
        short(commit)
    ));
    Ok(())
}

/// Checks that a remote has the history of what is kept, which a folder has not.
fn check_nothing_is_lost(
    git: &Git,
    library: &Git,
    submodule: &SubmoduleStatus,
) -> anyhow::Result<()> {
    require(
        submodule.recorded == submodule.checked_out,
        format!("{FOLDER}/ is not at the commit that is recorded"),
        "decide: `git add libalgebra` records what is there, `git submodule update libalgebra` \
         checks out what is recorded",
    )?;
    require(
        submodule.changes.is_empty(),
        format!("{FOLDER}/ has changes: {}", listed(&submodule.changes)),
        "commit and push them, or put them elsewhere",
    )?;
    let mut only_here =
        library.lines(&["rev-list", "--branches", "HEAD", "--not", "--remotes", "--tags"])?;
    only_here.iter_mut().for_each(|commit| commit.truncate(short(commit).len()));
    let has_stash = library.object("refs/stash").is_some();
    if only_here.is_empty() && has_stash {
        only_here.push("its stash".to_owned());
    }
    require(
        only_here.is_empty(),
        format!("{FOLDER}/ has commits that no remote has: {}", listed(&only_here)),
        "push them; or `git -C libalgebra fetch`, if they are pushed",
    )?;
    require(
        git.read(&["diff", "--name-only", "--", ".gitmodules"])?.is_empty(),
        "`.gitmodules` has changes that are not staged",
        "`git add .gitmodules`, or take them back",
    )
}

/// Removes a section of `.gitmodules`, and the file if nothing is left in it.
fn remove_from_gitmodules(root: &Utf8Path, git: &Git, name: &str) -> anyhow::Result<()> {
    let section = format!("submodule.{name}");
    git.read(&["config", "--file", ".gitmodules", "--remove-section", &section])?;
    let path = root.join(".gitmodules");
    if files::read_text(&path)?.trim().is_empty() {
        files::remove(&path)?;
    }
    git.read(&["add", "--all", "--", ".gitmodules"]).map(drop)
}
