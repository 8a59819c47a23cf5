//! libalgebra/ as git has it: a plain folder, or a submodule at a commit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ground::listed;

pub const FOLDER: &str = "libalgebra";

/// Its test programs, one source file each.
pub const TESTS: &str = "libalgebra/test";

/// Where it has C++ files.
pub const CPP_FOLDERS: &[&str] = &["libalgebra/include/libalgebra", "libalgebra/src", TESTS];

/// Whether `.gitmodules` makes a submodule of it.
pub fn is_submodule(gitmodules: &str) -> bool {
    let is_ours = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some(key.trim() == "path" && value.trim().trim_matches('"') == FOLDER)
    };
    gitmodules.lines().any(|line| is_ours(line) == Some(true))
}

/// What git knows of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum LibraryState {
    Folder,
    Submodule(SubmoduleStatus),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubmoduleStatus {
    /// Its name in `.gitmodules`, and the address that is there for everybody.
    pub name: String,
    pub url: Option<String>,
    /// The commit that the project pins; none in a merge that has conflicts.
    pub recorded: Option<String>,
    /// Whether that is in the project's last commit, not merely staged.
    pub is_committed: bool,
    /// None if it is not initialised.
    pub checked_out: Option<String>,
    /// As `git status` lists them: files that are changed, or new and not ignored.
    pub changes: Vec<String>,
    pub remote: RecordedOnRemote,
}

/// Whether the remote has the recorded commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "recorded_commit", rename_all = "lowercase")]
pub enum RecordedOnRemote {
    Present,
    Absent,
    Unknown { reason: String },
}

impl LibraryState {
    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a state is plain data")
    }
}

impl fmt::Display for LibraryState {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let LibraryState::Submodule(submodule) = self else {
            return writeln!(f, "{FOLDER}/ is a plain folder");
        };
        let SubmoduleStatus { url, recorded, is_committed, checked_out, changes, remote, .. } =
            submodule;
        let staged = if *is_committed { "" } else { " (staged, not committed)" };
        let without = "nothing yet: `cargo xtask libalgebra init`, or any build, fetches it";
        writeln!(f, "{FOLDER}/ is a submodule")?;
        writeln!(f, "url          {}", url.as_deref().unwrap_or("none in `.gitmodules`"))?;
        writeln!(f, "recorded     {}{staged}", recorded.as_deref().unwrap_or("in conflict"))?;
        writeln!(f, "checked out  {}", checked_out.as_deref().unwrap_or(without))?;
        match &*listed(changes) {
            _ if checked_out.is_none() => {}
            "" => writeln!(f, "changes      none")?,
            changes => writeln!(f, "changes      {changes}")?,
        }
        match remote {
            RecordedOnRemote::Present => writeln!(f, "remote       has the recorded commit"),
            RecordedOnRemote::Absent => writeln!(f, "remote       lacks the recorded commit"),
            RecordedOnRemote::Unknown { reason } => writeln!(f, "remote       not known: {reason}"),
        }
    }
}

/// The beginning of a commit's name, which people use.
pub fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submodule_is_known_by_its_path() {
        let section = |name: &str, path: &str| {
            format!("[submodule \"{name}\"]\n\tpath = {path}\n\turl = https://example.org/a\n")
        };
        assert!(is_submodule(&section("other name", "libalgebra")));
        assert!(is_submodule(&(section("a", "b") + &section("c", "\"libalgebra\""))));
        assert!(!is_submodule(&section("libalgebra", "libalgebra-2")));
        assert!(!is_submodule(""));
    }
}
