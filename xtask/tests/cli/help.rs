//! `--help` of every command, and what of the command line holds for all of them.

use expect_test::expect_file;

use crate::support::{checkout, xtask};

const COMMANDS: &[&str] = &[
    "",
    "sdist",
    "wheels",
    "fetch",
    "test",
    "develop",
    "list",
    "images",
    "testers",
    "test-in",
    "audit",
    "doctor",
    "libalgebra",
    "libalgebra status",
    "libalgebra init",
    "libalgebra use-submodule",
    "libalgebra use-folder",
    "clean",
    "tidy",
    "check",
    "gather",
    "release",
    "publish",
    "ci",
    "docs",
    "bench",
    "bench build",
    "bench containers",
    "report",
    "report merge",
    "report evidence",
];

#[test]
fn every_command_explains_itself() {
    let mut all = String::new();
    for command in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        all.push_str(&format!("$ cargo xtask {}\n", words.join(" ")));
        all.push_str(&xtask(checkout(), &words).answer());
        all.push('\n');
    }
    expect_file!["../snapshots/help.txt"].assert_eq(&all);
}

#[test]
fn the_help_names_every_command_that_is_explained_here_and_no_step() {
    let help = xtask(checkout(), &["--help"]).answer();
    let list = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let named: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let explained: Vec<&str> =
        COMMANDS.iter().copied().filter(|name| !name.is_empty() && !name.contains(' ')).collect();
    assert_eq!(named, [explained, vec!["help"]].concat());
}
