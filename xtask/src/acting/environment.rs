//! Running a program in an environment that a step has written.

use std::{env, fs, process};

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;

use crate::facts::visual_studio::Environment;

/// Runs a program with what the file adds to the environment, to its end; gives its exit code.
pub fn with_environment(file: &Utf8Path, words: &[String]) -> anyhow::Result<i32> {
    let text = fs::read_to_string(file).map_err(|error| {
        let hint = "`cargo xtask vc-environment` writes it, as the first step of a native build";
        hinted(format!("cannot read `{file}`: {error}"), hint)
    })?;
    let environment = serde_json::from_str(&text).with_context(|| format!("in `{file}`"))?;
    let (program, arguments) = words.split_first().context("no program is named")?;
    let status = command(&environment, program)?.args(arguments).status();
    Ok(status.with_context(|| format!("cannot start `{program}`"))?.code().unwrap_or(1))
}

/// A program of an environment: it is looked for on the PATH there, in the folders added first.
pub fn command(environment: &Environment, program: &str) -> anyhow::Result<process::Command> {
    let path = env::var_os("PATH").unwrap_or_default();
    let added = environment.path.iter().map(Into::into);
    let path = env::join_paths(added.chain(env::split_paths(&path)))?;
    let found = which::which_in(program, Some(&path), env::current_dir()?).map_err(|_| {
        let hint = "`cargo xtask clean`, then build again: what was installed has changed";
        hinted(format!("`{program}` is not on the PATH of its environment"), hint)
    })?;
    let mut command = process::Command::new(found);
    command.env("PATH", path).envs(&environment.variables).stdin(process::Stdio::null());
    Ok(command)
}
