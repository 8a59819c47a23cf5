//! libalgebra/ is what everybody can fetch: a folder, or a submodule at a commit of its remote.

use camino::Utf8Path;

use crate::libalgebra::{self, facts::LibraryState};

pub fn verify(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    Ok(findings(&libalgebra::steps::state(root)?))
}

fn findings(state: &LibraryState) -> Vec<String> {
    match state {
        LibraryState::Folder => Vec::new(),
        LibraryState::Submodule(submodule) => submodule.objections(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::libalgebra::facts::{RecordedOnRemote, SubmoduleStatus};

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
        assert!(findings(&LibraryState::Folder).is_empty());
        assert!(findings(&submodule(RecordedOnRemote::Present)).is_empty());
    }

    #[test]
    fn a_commit_that_nobody_else_has_is_not() {
        assert_eq!(
            findings(&submodule(RecordedOnRemote::Absent)),
            ["its remote lacks 111111111111"]
        );
    }
}
