//! Completions for shells and manual pages, made from the command line's own description.

use anyhow::Context;
use camino::Utf8Path;
use clap::{Args, CommandFactory};
use clap_complete::{Generator, Shell, generate};

use crate::{
    acting::files,
    ground::cli::{Cli, Global},
};

/// In bash, whatever completes `cargo` already goes on doing so.
const BASH: &str = r#"
_cargo_before_xtask=$(complete -p cargo 2> /dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
_cargo_or_xtask() {
    if [ "${COMP_WORDS[1]}" = xtask ]; then
        _cargo_xtask "$@"
    elif [ -n "$_cargo_before_xtask" ] && [ "$_cargo_before_xtask" != _cargo_or_xtask ]; then
        "$_cargo_before_xtask" "$@"
    fi
}
complete -F _cargo_or_xtask -o nosort -o bashdefault -o default cargo
"#;

/// cargo's own completions in zsh call the function of this name for `cargo xtask`.
const ZSH: &str = "\n_cargo-xtask() { _xtask \"$@\" }\n";

/// What a shell reads to complete `cargo xtask …`.
pub fn completions(shell: Shell) -> String {
    match shell {
        Shell::Bash => {
            let text = of_cargo(shell).replace("_cargo", "_cargo_xtask");
            let functions =
                text.split("\nif [[ \"${BASH_VERSINFO[0]}\"").next().unwrap_or_default();
            format!("{functions}\n{BASH}")
        }
        Shell::Zsh => {
            let text = generated(shell, &mut shown("xtask"), "xtask");
            text.replacen("#compdef xtask", "#compdef cargo-xtask", 1) + ZSH
        }
        Shell::Fish => of_cargo(shell).replace("__fish_cargo_", "__fish_cargo_xtask_"),
        _ => of_cargo(shell),
    }
}

/// As one of cargo's own commands.
fn of_cargo(shell: impl Generator) -> String {
    let mut cargo =
        clap::Command::new("cargo").disable_help_subcommand(true).disable_help_flag(true);
    cargo = cargo.subcommand(shown("cargo xtask"));
    generated(shell, &mut cargo, "cargo")
}

/// The command line without the steps of plans.
fn shown(bin_name: &'static str) -> clap::Command {
    let whole = Cli::command();
    let shown = whole.get_subcommands().filter(|one| !one.is_hide_set()).cloned();
    let empty = clap::Command::new("xtask").bin_name(bin_name);
    Global::augment_args(empty).subcommands(shown)
}

fn generated(shell: impl Generator, command: &mut clap::Command, name: &str) -> String {
    let mut bytes = Vec::new();
    generate(shell, command, name, &mut bytes);
    String::from_utf8(bytes).expect("the descriptions are text")
}

/// A page for each command, `cargo-xtask-wheels.1`.
pub fn write_pages(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let mut command = Cli::command().name("cargo-xtask").bin_name("cargo-xtask");
    command.build();
    write_page(root, folder, &command)
}

fn write_page(root: &Utf8Path, folder: &Utf8Path, command: &clap::Command) -> anyhow::Result<()> {
    let page = clap_mangen::Man::new(command.clone());
    let mut bytes = Vec::new();
    page.render(&mut bytes).context("cannot write a page")?;
    let path = folder.join(page.get_filename());
    files::write_whole(root, &path, &bytes)?;
    let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
    shown
        .filter(|one| one.get_name() != "help")
        .try_for_each(|one| write_page(root, folder, &one.clone()))
}
