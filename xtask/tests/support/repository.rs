//! The project and libalgebra in git repositories of their own, on this machine alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Run, command, copy_checkout};

/// A checkout with its own git.
pub struct Repository {
    pub root: PathBuf,
}

impl Repository {
    /// The project as it is here, in one commit.
    pub fn of_project(root: PathBuf) -> Repository {
        copy_checkout(&root);
        let repository = Repository { root };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit_all();
        repository
    }

    /// The library out of it, as a bare repository; gives its address.
    pub fn split_library(&self, root: &Path) -> String {
        let address = root.to_str().unwrap().to_owned();
        self.git(&["init", "--quiet", "--bare", "--initial-branch=main", &address]);
        let commit = self.git(&["commit-tree", "HEAD:libalgebra", "-m", "libalgebra"]);
        self.git(&["push", "--quiet", &address, &format!("{commit}:refs/heads/main")]);
        address
    }

    /// As somebody clones who does not know of submodules.
    pub fn clone_to(&self, root: &Path) -> Repository {
        self.git(&["clone", "--quiet", ".", root.to_str().unwrap()]);
        Repository { root: root.to_owned() }
    }

    pub fn commit_all(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "change"]);
    }

    /// Must succeed; gives what it answers.
    #[track_caller]
    pub fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        let output = isolate(git.args(words).current_dir(&self.root)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn xtask(&self, words: &[&str]) -> Run {
        Run::of(isolate(&mut command(&self.root, words)).output().unwrap())
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }
}

/// From this machine's configuration; and has git take submodules from folders, which it refuses
/// by default, and which is all that a test has.
pub fn isolate(command: &mut Command) -> &mut Command {
    command.envs([
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "protocol.file.allow"),
        ("GIT_CONFIG_VALUE_0", "always"),
        ("GIT_AUTHOR_NAME", "dev"),
        ("GIT_AUTHOR_EMAIL", "dev@example.org"),
        ("GIT_COMMITTER_NAME", "dev"),
        ("GIT_COMMITTER_EMAIL", "dev@example.org"),
    ])
}
