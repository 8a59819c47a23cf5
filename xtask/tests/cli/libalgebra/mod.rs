//! `cargo xtask libalgebra`, with real git: repositories of the project and of the library.

mod building;
mod releasing;
mod switching;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use expect_test::Expect;
use tempfile::TempDir;

use crate::support::{Run, files_below, repository::Repository, shown};

/// The project, with the library as a folder, and a bare repository of the library.
struct Place {
    folder: TempDir,
    project: Repository,
    /// Of the library.
    url: String,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let project = Repository::of_project(folder.path().join("project"));
        let url = project.split_library(&folder.path().join("libalgebra.git"));
        Place { folder, project, url }
    }

    /// In which the library is a submodule, and that is committed.
    fn with_submodule() -> Place {
        let place = Place::new();
        let run = place.project.xtask(&["libalgebra", "use-submodule", &place.url]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        place.project.commit_all();
        place
    }

    fn plain_clone(&self) -> Repository {
        self.project.clone_to(&self.folder.path().join("clone"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Without what differs each time.
    fn shown(&self, text: &str) -> String {
        let text = shown(text, self.folder.path());
        let is_commit = |word: &str| {
            matches!(word.len(), 12 | 40) && word.chars().all(|c| c.is_ascii_hexdigit())
        };
        let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
        let word = |word: &str| {
            let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
            let (name, rest) = word.split_at(end);
            if is_commit(name) { format!("{{commit}}{rest}") } else { word.to_owned() }
        };
        words.map(word).collect()
    }

    /// Fails so, and nothing changes.
    #[track_caller]
    fn check_refusal(&self, of: &Repository, words: &[&str], expected: Expect) {
        let before = state(of);
        let run = of.xtask(&[&["libalgebra"], words].concat());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        expected.assert_eq(&self.shown(&run.stderr));
        assert_eq!(changed(&before, &state(of)), NONE);
    }

    #[track_caller]
    fn check(&self, run: &Run, code: i32, expected: Expect) {
        assert_eq!(run.code, code, "{}", run.stderr);
        expected.assert_eq(&self.shown(&format!("{}{}", run.stdout, run.stderr)));
    }
}

const NONE: [&str; 0] = [];

type State = BTreeMap<String, Vec<u8>>;

/// Names of what is there before and after with other content, or only once.
fn changed<'a>(before: &'a State, after: &'a State) -> Vec<&'a str> {
    let names = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    let differs = |name: &&&String| before.get(**name) != after.get(**name);
    names.iter().filter(differs).map(|name| name.as_str()).collect()
}

/// All files, git's own as well; but its index, in which `git status` notes what it saw, by what it
/// says, and no objects, of which nothing is left if nothing refers to them.
fn state(of: &Repository) -> State {
    let is_state = |path: &PathBuf| {
        !(path.starts_with("target") || path.starts_with(".git/objects") || path.ends_with("index"))
    };
    let files = files_below(&of.root).into_iter().filter(is_state);
    let read = |path: PathBuf| (path.display().to_string(), fs::read(of.root.join(path)).unwrap());
    let mut state: State = files.map(read).collect();
    for words in [&["ls-files", "--stage"][..], &["status", "--porcelain"]] {
        state.insert(words[0].to_owned(), of.git(words).into_bytes());
    }
    state
}
