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
    "bench peer",
    "report",
    "report merge",
    "report evidence",
    "completions",
    "man",
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

/// What bash would offer for the last of these words.
fn offered(shell: &str, script: &str) -> String {
    let output = std::process::Command::new(shell).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes_our_commands_and_leaves_those_of_cargo_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions");
    std::fs::write(&file, xtask(checkout(), &["completions", "bash"]).answer()).unwrap();
    let offers = |line: &str| {
        let script = format!(
            "_of_cargo() {{ COMPREPLY=(build); }}; complete -F _of_cargo cargo; source '{}'; \
             COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _cargo_or_xtask cargo \"${{COMP_WORDS[COMP_CWORD]}}\" ''; echo \"${{COMPREPLY[@]}}\"",
            file.display()
        );
        offered("bash", &script).trim_end().to_owned()
    };
    assert_eq!(offers("cargo xtask whe"), "wheels");
    assert_eq!(offers("cargo xtask wheels --plat"), "--platform");
    assert_eq!(offers("cargo xtask test sani"), "sanitizers");
    assert_eq!(offers("cargo bui"), "build");
}

#[test]
fn every_shell_is_told_our_commands_and_options() {
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let text = xtask(checkout(), &["completions", shell]).answer();
        for word in ["wheels", "platform", "sanitizers", "fail-fast"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
        assert!(!text.contains("with-environment"), "{shell}");
    }
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    crate::support::make_root(folder.path());
    xtask(folder.path(), &["man", "pages"]).answer();
    let read =
        |name: &str| std::fs::read_to_string(folder.path().join("pages").join(name)).unwrap();
    assert!(read("cargo-xtask.1").contains("Exit codes"));
    assert!(read("cargo-xtask-wheels.1").contains("\\-\\-platform"));
    assert!(read("cargo-xtask-libalgebra-status.1").contains(".TH"));
    assert!(!folder.path().join("pages/cargo-xtask-empty.1").exists());
}
