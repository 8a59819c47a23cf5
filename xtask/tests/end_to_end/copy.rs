//! The one build that all others are compared with, and copies of this checkout that begin with it.

use std::{fs, sync::LazyLock};

pub use crate::support::copy::{Copy, Wheelhouse, assert_same};
use crate::support::{self, checkout, files_below};

/// Every wheel for this machine, built once, in a copy that is left for others to draw on.
pub static REFERENCE: LazyLock<Copy> = LazyLock::new(|| {
    let reference = Copy::new("reference", checkout());
    reference.xtask(&["wheels", &of_this_machine("*")]).answer();
    reference
});

/// A selector of wheels that run here without help.
pub fn of_this_machine(interpreter: &str) -> String {
    let facts = support::xtask(checkout(), &["facts"]).answer();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    format!("{interpreter}-manylinux_{}", facts["architecture"].as_str().unwrap())
}

impl Copy {
    /// With zig's cache too, where it does not matter that something is compiled once more.
    pub fn warm(name: &str) -> Copy {
        let copy = Copy::new(name, &REFERENCE.root);
        let cache = "target/xtask/zig-cache";
        for file in files_below(&REFERENCE.root.join(cache)) {
            let to = copy.root.join(cache).join(&file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(REFERENCE.root.join(cache).join(&file), to).unwrap();
        }
        copy
    }
}

/// Two wheels of different kind, as identifiers: an older interpreter's and the newest's of those
/// that are installed here. Enough where a test is about what happens to wheels and not about
/// which.
pub fn two_wheels() -> [Wheel; 2] {
    let list = REFERENCE.xtask(&["list", &of_this_machine("*"), "--json"]).answer();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let wheel = |line: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let (identifier, release) = (text(&line["identifier"])?, text(&line["tested_in"][0])?);
        let is_installed = release.chars().all(|c| c == '.' || c.is_ascii_digit());
        is_installed.then_some(Wheel { identifier, release })
    };
    let here: Vec<Wheel> = list.as_array().unwrap().iter().filter_map(wheel).collect();
    let middle = here.get(here.len() / 2).cloned().expect("some wheel can be tested here");
    let last = here.last().cloned().expect("there is one in the middle");
    assert_ne!(middle, last, "two interpreters are needed: install another, `pyenv install 3.8`");
    [middle, last]
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wheel {
    pub identifier: String,
    /// Of the first interpreter that it is tested in.
    pub release: String,
}

impl Wheel {
    /// `-cp38-`, as in the names of files.
    pub fn tag(&self) -> String {
        let interpreter = self.identifier.split(['-', '_']).next().unwrap();
        let digits: String = interpreter.chars().filter(char::is_ascii_digit).collect();
        format!("-cp{digits}-")
    }
}

/// The files of a wheelhouse that these wheels and the source archive are.
pub fn only(wheelhouse: &Wheelhouse, wheels: &[&Wheel]) -> Wheelhouse {
    let is_one = |name: &str| {
        name.ends_with(".tar.gz") || wheels.iter().any(|wheel| name.contains(&wheel.tag()))
    };
    let files = wheelhouse.iter().filter(|(name, _)| is_one(name));
    files.map(|(name, content)| (name.clone(), content.clone())).collect()
}
