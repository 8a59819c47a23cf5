//! Git's identifier of the contents of a folder, computed without git.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};
use wheel_audit::Entry;

use jobs::digest::hexadecimal;

/// What git knows of a file or folder: the identifier of a file, and what is in a folder, by name.
enum Node {
    File([u8; 20]),
    Folder(BTreeMap<String, Node>),
}

/// The SHA-1 of the tree object of what is below `folder` (Pro Git, "Git Objects"). It is the same
/// for a folder of a commit and for a submodule's commit with the same files. Executable files and
/// links would have other identifiers; source archives hold none.
pub fn tree_id(entries: &[Entry], folder: &str) -> String {
    let mut top = BTreeMap::new();
    for entry in entries {
        let below = entry.path.strip_prefix(folder);
        if let Some(path) = below.and_then(|rest| rest.strip_prefix('/')) {
            insert(&mut top, path, &entry.content);
        }
    }
    hexadecimal(&id_of_folder(&top))
}

fn insert(folder: &mut BTreeMap<String, Node>, path: &str, content: &[u8]) {
    match path.split_once('/') {
        None => drop(folder.insert(path.to_owned(), Node::File(id("blob", content)))),
        Some((name, rest)) => {
            // git sorts folders as if their names ended in a slash.
            let below = folder.entry(format!("{name}/"));
            let below = below.or_insert_with(|| Node::Folder(BTreeMap::new()));
            if let Node::Folder(below) = below {
                insert(below, rest, content);
            }
        }
    }
}

fn id_of_folder(folder: &BTreeMap<String, Node>) -> [u8; 20] {
    let mut content = Vec::new();
    for (name, node) in folder {
        let (mode, id) = match node {
            Node::File(id) => ("100644", *id),
            Node::Folder(below) => ("40000", id_of_folder(below)),
        };
        content.extend_from_slice(format!("{mode} {}\0", name.trim_end_matches('/')).as_bytes());
        content.extend_from_slice(&id);
    }
    id("tree", &content)
}

fn id(kind: &str, content: &[u8]) -> [u8; 20] {
    let mut hasher = Sha1::new();
    hasher.update(format!("{kind} {}\0", content.len()));
    hasher.update(content);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(files: &[(&str, &str)]) -> Vec<Entry> {
        let entry = |(path, content): &(&str, &str)| Entry {
            path: path.to_string(),
            content: content.as_bytes().to_vec(),
        };
        files.iter().map(entry).collect()
    }

    /// Recorded from git: `git write-tree` of the same files.
    #[test]
    fn it_is_what_git_says() {
        let files = [
            ("library/a.h", "one\n"),
            ("library/a/b.cpp", "two\n"),
            ("library/a-b", ""),
            ("elsewhere", "three\n"),
            ("library2/c", "four\n"),
        ];
        let expected = "c51c2f49a8aa712782f6ada52798225c0d7473b8";
        assert_eq!(tree_id(&entries(&files), "library"), expected);
        let mut otherwise = files;
        otherwise.reverse();
        assert_eq!(tree_id(&entries(&otherwise), "library"), expected);
    }

    #[test]
    fn a_folder_that_is_not_there_is_the_empty_tree() {
        assert_eq!(tree_id(&[], "library"), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }
}
