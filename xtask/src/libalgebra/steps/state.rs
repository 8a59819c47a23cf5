//! What git knows of libalgebra/: what is recorded, checked out, changed, and on the remote.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::{
    acting::git::Git,
    libalgebra::{
        facts::{FOLDER, LibraryState, RecordedOnRemote, SubmoduleStatus},
        rules,
    },
};

/// What is known, with the remote's answer. Nothing is fetched.
pub fn state(root: &Utf8Path) -> anyhow::Result<LibraryState> {
    let Some(submodule) = local(root)? else { return Ok(LibraryState::Folder) };
    let remote = remote(root, &submodule)?;
    Ok(LibraryState::Submodule(SubmoduleStatus { remote, ..submodule }))
}

/// What is known without asking the remote; none of a plain folder.
pub fn local(root: &Utf8Path) -> anyhow::Result<Option<SubmoduleStatus>> {
    if !root.join(".git").exists() {
        return Ok(None);
    }
    let git = Git::at(root);
    let staged = git.read(&["ls-files", "--stage", "--", FOLDER])?;
    let link = |line: &str| {
        let (mode, rest) = line.split_once(' ')?;
        (mode == GITLINK).then(|| rest.split_once(['\t']).map_or(rest, |(link, _)| link).to_owned())
    };
    let links: Vec<String> = staged.lines().filter_map(link).collect();
    if links.is_empty() {
        return Ok(None);
    }
    // In an index without conflicts, each file is at stage 0.
    let recorded = links.iter().find_map(|link| link.strip_suffix(" 0")).map(str::to_owned);
    let committed = git.object(&format!("HEAD:{FOLDER}"));
    let name = name(&git);
    let url = format!("submodule.{name}.url");
    let library = library_git(root);
    let changes = ["status", "--porcelain", "--untracked-files=all"];
    let changes = library.as_ref().map(|library| library.lines(&changes)).transpose()?;
    Ok(Some(SubmoduleStatus {
        url: git.ask(&["config", "--file", ".gitmodules", "--get", &url]),
        is_committed: recorded == committed,
        checked_out: library.and_then(|git| git.object("HEAD")),
        changes: changes.unwrap_or_default(),
        remote: RecordedOnRemote::Unknown { reason: "it was not asked".to_owned() },
        name,
        recorded,
    }))
}

/// The mode of a commit in an index.
const GITLINK: &str = "160000";

/// git in the submodule, if that is initialised: without a `.git` of its own, git would take the
/// repository of the project.
pub fn library_git(root: &Utf8Path) -> Option<Git> {
    root.join(FOLDER).join(".git").exists().then(|| Git::at(root.join(FOLDER)))
}

fn name(git: &Git) -> String {
    let paths = ["config", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$"];
    let paths = git.ask(&paths).unwrap_or_default();
    let ours = paths.lines().find_map(|line| line.strip_suffix(&format!(".path {FOLDER}")));
    ours.and_then(|key| key.strip_prefix("submodule.")).unwrap_or(FOLDER).to_owned()
}

/// Asks whether the remote has the recorded commit. It has what its branches and tags can be walked
/// back to: it says which commits these end in, and the walk needs what was fetched.
fn remote(root: &Utf8Path, submodule: &SubmoduleStatus) -> anyhow::Result<RecordedOnRemote> {
    let unknown = |reason: &str| Ok(RecordedOnRemote::Unknown { reason: reason.to_owned() });
    let (Some(recorded), Some(url)) = (&submodule.recorded, &submodule.url) else {
        return unknown("there is nothing to ask for, or nobody to ask");
    };
    let git = Git::at(root);
    // git resolved an address that is relative to the project's own when it was initialised.
    let resolved = git.ask(&["config", "--get", &format!("submodule.{}.url", submodule.name)]);
    let url = if url.starts_with('.') { resolved.as_ref().unwrap_or(url) } else { url };
    let listed = match git.fetch(&["ls-remote", "--heads", "--tags", "--", url], "cannot ask it") {
        Ok(listed) => listed,
        Err(error) => return unknown(format!("{error:#}").lines().next().unwrap_or_default()),
    };
    let tips = rules::tips(&listed);
    if tips.contains(recorded.as_str()) {
        return Ok(RecordedOnRemote::Present);
    }
    let Some(library) = library_git(root) else {
        return unknown(
            "no branch or tag ends in it; `cargo xtask libalgebra init`, and ask again",
        );
    };
    walk(&library, recorded, &tips)
}

/// Walks from the remote's branches and tags, as far as they are here, to the recorded commit.
fn walk(library: &Git, recorded: &str, tips: &BTreeSet<&str>) -> anyhow::Result<RecordedOnRemote> {
    let commits = tips.iter().chain([&recorded]).map(|commit| format!("{commit}\n"));
    let found = library.read_with(&["cat-file", "--batch-check"], &commits.collect::<String>())?;
    let is_found = |commit: &&str| {
        found.lines().any(|line| line.starts_with(commit) && !line.ends_with(" missing"))
    };
    let fetched: Vec<&str> = tips.iter().copied().filter(is_found).collect();
    if is_found(&recorded) {
        let excluded: String = fetched.iter().map(|tip| format!("^{tip}\n")).collect();
        let walk = ["rev-list", "--max-count=1", "--stdin"];
        if library.read_with(&walk, &format!("{recorded}\n{excluded}"))?.is_empty() {
            return Ok(RecordedOnRemote::Present);
        }
        let is_shallow = library.ask(&["rev-parse", "--is-shallow-repository"]);
        if fetched.len() == tips.len() && is_shallow.as_deref() == Some("false") {
            return Ok(RecordedOnRemote::Absent);
        }
    }
    let reason =
        "the remote has commits that are not here; `git -C libalgebra fetch`, and ask again";
    Ok(RecordedOnRemote::Unknown { reason: reason.to_owned() })
}
