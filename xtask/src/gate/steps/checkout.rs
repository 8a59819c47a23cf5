//! What a release is made from: the working tree, libalgebra/, the images.

use camino::Utf8Path;

use crate::{
    acting::git::Git,
    facts::config::Config,
    libalgebra::{self, facts::listed},
};

/// What is in the working tree is what is committed: nothing changed, nothing new.
pub fn clean_tree(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let git = Git::of_checkout(root)?;
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none"];
    let changed = tree_findings(&git.read(&status)?);
    Ok(changed.into_iter().chain(unseen(&git.read(&["ls-files", "-v", "-z"])?)).collect())
}

/// What git was told not to look at: it calls such files unchanged whatever is in them.
fn unseen(tracked: &str) -> Option<String> {
    let is_unseen = |mark: &str| mark == "S" || mark.starts_with(|c: char| c.is_ascii_lowercase());
    let marked = tracked.split_terminator('\0').filter_map(|line| line.split_once(' '));
    let unseen = marked.filter(|(mark, _)| is_unseen(mark));
    let files: Vec<String> = unseen.map(|(_, path)| path.to_owned()).collect();
    let (count, names) = (files.len(), listed(&files));
    let what = format!("{count} files are marked `assume-unchanged` or `skip-worktree`: {names}");
    (!files.is_empty()).then_some(what)
}

fn tree_findings(status: &str) -> Option<String> {
    let lines: Vec<String> = status.lines().map(|line| line.trim().to_owned()).collect();
    let what = format!("{} files are not as they are committed: {}", lines.len(), listed(&lines));
    (!lines.is_empty()).then_some(what)
}

/// libalgebra/ is what everybody can fetch: a folder, or a submodule at a commit of its remote.
pub fn submodule(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    Ok(libalgebra::steps::state(root)?.objections())
}

/// The images that wheels are built in are pinned by what is in them.
pub fn images_pinned(config: &Config) -> Vec<String> {
    let finding = |(target, name)| format!("the image for {target}, `{name}`, has no digest");
    config.unpinned_images().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::libalgebra::facts::{LibraryState, RecordedOnRemote, SubmoduleStatus};

    #[test]
    fn a_tree_as_committed_is_clean() {
        assert_eq!(tree_findings(""), None);
    }

    #[test]
    fn what_is_changed_or_new_is_named() {
        let found = tree_findings(" M esig/__init__.py\n?? notes.txt\n");
        let expected = "2 files are not as they are committed: M esig/__init__.py, ?? notes.txt";
        assert_eq!(found.as_deref(), Some(expected));
    }

    #[test]
    fn what_git_does_not_look_at_is_named() {
        assert_eq!(unseen("H a.py\0H setup.py\0"), None);
        let found = unseen("H a.py\0h b c.py\0S d.py\0").unwrap();
        assert!(found.ends_with("`skip-worktree`: b c.py, d.py"), "{found}");
    }

    fn submodule(remote: RecordedOnRemote) -> LibraryState {
        let commit = Some("1".repeat(40));
        LibraryState::Submodule(SubmoduleStatus {
            name: "libalgebra".to_owned(),
            url: Some("https://example.org/libalgebra.git".to_owned()),
            recorded: commit.clone(),
            is_committed: true,
            checked_out: commit,
            changes: Vec::new(),
            remote,
        })
    }

    #[test]
    fn a_folder_and_a_commit_that_is_there_for_all_are_fit() {
        assert!(LibraryState::Folder.objections().is_empty());
        assert!(submodule(RecordedOnRemote::Present).objections().is_empty());
    }

    #[test]
    fn a_commit_that_nobody_else_has_is_not() {
        assert_eq!(
            submodule(RecordedOnRemote::Absent).objections(),
            ["its remote lacks 111111111111"]
        );
    }

    fn config(digest: &str) -> Config {
        let text = format!(
            "interpreters = ['cp38']\ntargets = ['manylinux_x86_64']\n\
             [policies]\nmanylinux = 'manylinux_2_17'\n\
             musllinux = 'musllinux_1_2'\nmacosx_arm64 = 'macosx_11_0'\n\
             macosx_x86_64 = 'macosx_10_13'\n[images.manylinux_x86_64]\n\
             name = 'example.org/image:1'\n{digest}"
        );
        Config::parse(&text).unwrap()
    }

    #[test]
    fn an_image_with_a_digest_is_pinned() {
        let digest = format!("digest = 'sha256:{}'", "0".repeat(64));
        assert!(images_pinned(&config(&digest)).is_empty());
    }

    #[test]
    fn an_image_with_a_tag_alone_is_not() {
        let expected = "the image for manylinux_x86_64, `example.org/image:1`, has no digest";
        assert_eq!(images_pinned(&config("")), [expected]);
    }
}
