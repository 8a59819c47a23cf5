//! What programs said when they failed, as it was recorded.

use expect_test::Expect;

use crate::facts::failures::Explanation;

/// The names of all that are in a folder of fixtures.
pub fn names(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let names = files.filter_map(|file| file.to_str()?.strip_suffix(".txt").map(str::to_owned));
    names.collect()
}

/// A command that failed.
pub struct Recorded {
    /// Which it was, `$ docker ps`.
    pub line: String,
    pub output: String,
    pub exit_code: i32,
}

pub fn failure(folder: &str, name: &str) -> Recorded {
    let text = std::fs::read_to_string(format!("{}/{name}.txt", path(folder))).unwrap();
    let (line, said) = text.split_once('\n').unwrap();
    let (output, code) = said.rsplit_once("exit code ").unwrap();
    let exit_code = code.trim().parse().unwrap();
    Recorded { line: line.to_owned(), output: output.to_owned(), exit_code }
}

/// All whose names begin so come down to the same.
#[track_caller]
pub fn check(
    folder: &str,
    beginning: &str,
    explained: impl Fn(&str) -> Option<Explanation>,
    expected: &Expect,
) {
    let names = names(folder).into_iter().filter(|name| name.starts_with(beginning));
    let found = names.map(|n| explained(&n).unwrap_or_else(|| panic!("{n} is not recognised")));
    let mut found: Vec<Explanation> = found.collect();
    found.dedup();
    let [Explanation { what, hint }] = &found[..] else { panic!("{found:?}") };
    // The lines of a source file end earlier than those of a terminal.
    expected.assert_eq(&format!("{what}\nhint: {}", hint.replace("; ", ";\n    ")));
}

fn path(folder: &str) -> String {
    format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"))
}
