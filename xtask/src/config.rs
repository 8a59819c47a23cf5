//! `[tool.xtask]` of pyproject.toml: what is built by default. Parsed, checked, with its defaults.

use anyhow::Context;
use serde::Deserialize;

use crate::matrix::{Interpreter, Selector, TARGETS, Target, glibc_of_policy};

/// The build's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The interpreters that the project supports, oldest first.
    pub interpreters: Vec<Interpreter>,
    pub targets: Vec<&'static Target>,
    /// Never built unless named on the command line.
    pub skip: Vec<Selector>,
    /// The oldest glibc that Linux wheels promise to run on, as `manylinux_2_17`.
    pub manylinux: String,
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    xtask: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    interpreters: Vec<String>,
    targets: Vec<String>,
    #[serde(default)]
    skip: Vec<Selector>,
    manylinux: String,
}

impl Config {
    pub fn parse(pyproject: &str) -> anyhow::Result<Config> {
        check_and_convert(pyproject).context("in `pyproject.toml`, table `[tool.xtask]`")
    }

    /// The kind of wheel that installs on an exact build of CPython.
    pub fn wheel_for(&self, exact: Interpreter) -> Option<Interpreter> {
        self.interpreters.iter().find(|interpreter| interpreter.serves(&exact)).copied()
    }
}

fn check_and_convert(pyproject: &str) -> anyhow::Result<Config> {
    let Pyproject { tool: Tool { xtask: table } } = toml::from_str(pyproject)?;
    let interpreters: Vec<Interpreter> =
        table.interpreters.iter().map(|name| name.parse()).collect::<anyhow::Result<_>>()?;
    let named = |name: &String| {
        let known = TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ");
        Target::named(name)
            .with_context(|| format!("`{name}` is no target\nhint: known are {known}"))
    };
    let targets = table.targets.iter().map(named).collect::<anyhow::Result<_>>()?;
    glibc_of_policy(&table.manylinux).with_context(|| {
        format!("`{}` is no policy\nhint: write it like `manylinux_2_17`", table.manylinux)
    })?;
    Ok(Config { interpreters, targets, skip: table.skip, manylinux: table.manylinux })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &str) -> anyhow::Result<Config> {
        Config::parse(&format!("[build-system]\nrequires = []\n[tool.xtask]\n{lines}"))
    }

    #[test]
    fn a_complete_table_is_read() {
        let config = parse(
            "interpreters = ['cp38', 'cp311-abi3']\ntargets = ['manylinux_x86_64']\n\
             manylinux = 'manylinux_2_17'",
        );
        assert_eq!(config.unwrap().interpreters[1].to_string(), "cp311-abi3");
    }

    #[test]
    fn what_is_wrong_in_it_is_named_together_with_the_place() {
        let error = |lines| format!("{:#}", parse(lines).unwrap_err());
        let lines = "interpreters = ['cp3.8']\ntargets = []\nmanylinux = 'manylinux_2_17'";
        let message = error(lines);
        assert!(message.starts_with("in `pyproject.toml`, table `[tool.xtask]`: `cp3.8` is no"));
        assert!(
            error("interpreters = []\ntargets = []\nmanylinux = 'linux'").contains("no policy")
        );
        assert!(error("interpreter = []").contains("unknown field"));
    }
}
