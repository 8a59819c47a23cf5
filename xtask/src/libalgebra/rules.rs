//! What the project, a release and other people ask of libalgebra/.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use jobs::hinted;
use serde_json::Value;

use super::facts::{CPP_FOLDERS, FOLDER, LibraryState, RecordedOnRemote, SubmoduleStatus, short};
use crate::ground::listed;

/// Refuses to go on if a condition is not met.
pub fn require(is_met: bool, what: impl Into<String>, hint: &str) -> anyhow::Result<()> {
    ensure!(is_met, hinted(what.into(), hint));
    Ok(())
}

/// What the project needs of it: what `esig/extension.json` names and what is built beside.
pub fn needed(manifest: &str) -> anyhow::Result<BTreeSet<String>> {
    let manifest: Value = serde_json::from_str(manifest).context("in `esig/extension.json`")?;
    let lists = ["/core/sources", "/core/include", "/binding/sources", "/binding/include"];
    let named = lists.iter().filter_map(|list| manifest.pointer(list)?.as_array()).flatten();
    let besides = CPP_FOLDERS.iter().copied().chain(["libalgebra/CMakeLists.txt"]);
    let all = named.filter_map(Value::as_str).chain(besides);
    Ok(all.filter_map(|path| path.strip_prefix("libalgebra/").map(str::to_owned)).collect())
}

impl LibraryState {
    /// Why others could not build what is here. A folder is a part of the project's own commit:
    /// nothing about it can be missing elsewhere.
    pub fn objections(&self) -> Vec<String> {
        match self {
            LibraryState::Folder => Vec::new(),
            LibraryState::Submodule(submodule) => submodule.objections(),
        }
    }

    pub fn check_release(&self) -> anyhow::Result<()> {
        let objections = self.objections();
        require(
            objections.is_empty(),
            format!("{FOLDER}/ is not fit for a release: {}", objections.join("; ")),
            "what you build, others have to be able to fetch: commit and push in libalgebra/, \
             then `git add libalgebra` and commit",
        )
    }
}

impl SubmoduleStatus {
    /// Why others could not build what is here.
    pub fn objections(&self) -> Vec<String> {
        let mut objections = Vec::new();
        if self.url.is_none() {
            objections.push("`.gitmodules` has no URL for it".to_owned());
        }
        if !self.changes.is_empty() {
            objections.push(format!("it has changes ({})", listed(&self.changes)));
        }
        let Some(recorded) = self.recorded.as_deref().map(short) else {
            objections.push("it has conflicts".to_owned());
            return objections;
        };
        let checked_out = self.checked_out.as_deref().map(short);
        if let Some(other) = checked_out.filter(|commit| *commit != recorded) {
            objections.push(format!("{other} is checked out, {recorded} recorded"));
        }
        if !self.is_committed {
            objections.push(format!("{recorded} is staged, not committed"));
        }
        objections.extend(match &self.remote {
            RecordedOnRemote::Present => None,
            RecordedOnRemote::Absent => Some(format!("its remote lacks {recorded}")),
            RecordedOnRemote::Unknown { reason } => {
                Some(format!("whether its remote has {recorded} is not known: {reason}"))
            }
        });
        objections
    }
}

/// Refuses an address that is no good to record, where others would read it.
pub fn check_url(url: &str) -> anyhow::Result<()> {
    require(
        !url.starts_with("./") && !url.starts_with("../"),
        format!("`{url}` depends on where it is read"),
        "give the whole address, like `https://…/libalgebra.git`",
    )?;
    let host = url.split_once("://").and_then(|(_, rest)| rest.split('/').next());
    let user = host.and_then(|host| host.split_once('@')).map_or("", |(user, _)| user);
    require(
        !user.contains(':'),
        "the URL has a password in it, and would be committed",
        "leave the password to a credential helper of git",
    )
}

/// The commits at the ends of the branches and tags that `git ls-remote` lists.
pub fn tips(listed: &str) -> BTreeSet<&str> {
    let lines = || listed.lines().filter_map(|line| line.split_once('\t'));
    // An annotated tag is listed twice: as itself, then as the commit that it is for.
    let peeled: BTreeSet<&str> = lines().filter_map(|(_, name)| name.strip_suffix("^{}")).collect();
    let of_commits = lines().filter(|(_, name)| !peeled.contains(name));
    of_commits.map(|(commit, _)| commit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn submodule() -> SubmoduleStatus {
        SubmoduleStatus {
            name: "libalgebra".to_owned(),
            url: Some("https://example.org/libalgebra.git".to_owned()),
            recorded: Some(ONE.to_owned()),
            is_committed: true,
            checked_out: Some(ONE.to_owned()),
            changes: Vec::new(),
            remote: RecordedOnRemote::Present,
        }
    }

    #[track_caller]
    fn check(submodule: SubmoduleStatus, expected: Expect) {
        let state = LibraryState::Submodule(submodule);
        let verdict = match state.check_release() {
            Ok(()) => "fit for a release".to_owned(),
            Err(error) => jobs::shown(&error),
        };
        expected.assert_eq(&format!("{state}{verdict}"));
    }

    #[test]
    fn a_clean_submodule_whose_commit_is_on_its_remote_can_be_released() {
        check(
            submodule(),
            expect![[r#"
                libalgebra/ is a submodule
                url          https://example.org/libalgebra.git
                recorded     1111111111111111111111111111111111111111
                checked out  1111111111111111111111111111111111111111
                changes      none
                remote       has the recorded commit
                fit for a release"#]],
        );
        assert!(LibraryState::Folder.check_release().is_ok());
    }

    #[test]
    fn all_that_stands_in_the_way_of_a_release_is_said_at_once() {
        check(
            SubmoduleStatus {
                is_committed: false,
                checked_out: Some(TWO.to_owned()),
                changes: (1..8).map(|n| format!("?? {n}.h")).collect(),
                remote: RecordedOnRemote::Absent,
                ..submodule()
            },
            expect![[r#"
                libalgebra/ is a submodule
                url          https://example.org/libalgebra.git
                recorded     1111111111111111111111111111111111111111 (staged, not committed)
                checked out  2222222222222222222222222222222222222222
                changes      ?? 1.h, ?? 2.h, ?? 3.h, ?? 4.h, ?? 5.h and 2 more
                remote       lacks the recorded commit
                libalgebra/ is not fit for a release: it has changes (?? 1.h, ?? 2.h, ?? 3.h, ?? 4.h, ?? 5.h and 2 more); 222222222222 is checked out, 111111111111 recorded; 111111111111 is staged, not committed; its remote lacks 111111111111
                hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit"#]],
        );
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_good() {
        let reason = "the remote is not reachable".to_owned();
        check(
            SubmoduleStatus {
                checked_out: None,
                remote: RecordedOnRemote::Unknown { reason },
                ..submodule()
            },
            expect![[r#"
                libalgebra/ is a submodule
                url          https://example.org/libalgebra.git
                recorded     1111111111111111111111111111111111111111
                checked out  nothing yet: `cargo xtask libalgebra init`, or any build, fetches it
                remote       not known: the remote is not reachable
                libalgebra/ is not fit for a release: whether its remote has 111111111111 is not known: the remote is not reachable
                hint: what you build, others have to be able to fetch: commit and push in libalgebra/, then `git add libalgebra` and commit"#]],
        );
    }

    #[test]
    fn what_the_project_needs_is_what_the_manifest_names_below_libalgebra_and_the_tests() {
        let part = r#"{"sources": ["libalgebra/src/a.cpp", "esig/b.cpp"], "include": ["libalgebra/include"]}"#;
        let found = needed(&format!(r#"{{"core": {part}, "binding": {part}}}"#)).unwrap();
        let expected =
            ["CMakeLists.txt", "include", "include/libalgebra", "src", "src/a.cpp", "test"];
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_address_that_others_could_not_use_or_should_not_read_is_refused() {
        for url in ["https://example.org/a.git", "git@example.org:a.git", "ssh://git@example.org/a"]
        {
            assert!(check_url(url).is_ok(), "{url}");
        }
        for url in ["../a.git", "./a", "https://me:secret@example.org/a.git"] {
            assert!(check_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_annotated_tag_stands_for_its_commit() {
        let listed = format!(
            "{ONE}\trefs/heads/main\n{TWO}\trefs/tags/v1\n{ONE}\trefs/tags/v1^{{}}\n{}\trefs/tags/v0\n",
            "3".repeat(40)
        );
        assert_eq!(tips(&listed).into_iter().collect::<Vec<_>>(), [ONE, &"3".repeat(40)]);
        assert!(tips("").is_empty());
    }
}
