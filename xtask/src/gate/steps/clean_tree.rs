//! What is in the working tree is what is committed: nothing changed, nothing new.

use camino::Utf8Path;

use crate::libalgebra::{facts::listed, steps::Git};

pub fn verify(root: &Utf8Path) -> anyhow::Result<Vec<String>> {
    let status = ["status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none"];
    Ok(findings(&Git::of_checkout(root)?.read(&status)?))
}

/// From what `git status --porcelain` says.
fn findings(status: &str) -> Vec<String> {
    let lines: Vec<String> = status.lines().map(|line| line.trim().to_owned()).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    vec![format!("{} files are not as they are committed: {}", lines.len(), listed(&lines))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_as_committed_is_clean() {
        assert!(findings("").is_empty());
    }

    #[test]
    fn what_is_changed_or_new_is_named() {
        let found = findings(" M esig/__init__.py\n?? notes.txt\n");
        let expected = "2 files are not as they are committed: M esig/__init__.py, ?? notes.txt";
        assert_eq!(found, [expected]);
    }
}
