//! What a release is made from: the working tree, libalgebra/, the images.

use camino::Utf8Path;

use crate::{acting::git::Git, facts::config::Config, ground::listed, libalgebra};

/// What is in the working tree is what is committed: nothing changed, nothing new.
pub fn clean_tree(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let git = Git::of_checkout(root)?;
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none"];
    let changed = match tree_findings(&git.read(&status)?) {
        Some(changed) => Some(changed),
        None => unseen(root, &git)?,
    };
    Ok(changed.into_iter().collect())
}

/// What git does not see, or was told not to: it calls files unchanged by their sizes and times, by
/// marks, and by what filters make of them. So their bytes are looked at.
fn unseen(root: &Utf8Path, git: &Git) -> anyhow::Result<Option<String>> {
    let staged = git.read(&["ls-files", "--stage", "-z"])?;
    let file = |line| {
        // `100644 OBJECT 0<tab>PATH`; others are links and submodules.
        let (about, path) = str::split_once(line, '\t')?;
        Some((about.strip_prefix("100")?.split(' ').nth(1)?, path))
    };
    let files: Vec<_> = staged.split_terminator('\0').filter_map(file).collect();
    // Names that are hashed stand in lines; what cannot is refused like what is not there.
    let (here, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, path)| {
        !path.contains('\n') && !path.starts_with('"') && root.join(path).is_file()
    });
    let names: String = here.iter().map(|(_, path)| format!("{path}\n")).collect();
    let hashed = git.read_with(&["hash-object", "--no-filters", "--stdin-paths"], &names)?;
    let changed = here.iter().zip(hashed.lines()).filter(|((object, _), now)| object != now);
    let changed = changed.map(|(file, _)| file).chain(&others);
    let files: Vec<String> = changed.map(|(_, path)| (*path).to_owned()).collect();
    let (count, names) = (files.len(), listed(&files));
    let what = format!("{count} files are not as they are committed, and git does not see it");
    Ok((!files.is_empty()).then(|| format!("{what}: {names}")))
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
