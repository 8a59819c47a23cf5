//! `[shards]`: which runner of the continuous integration makes which wheels.

use std::collections::BTreeMap;

use anyhow::ensure;
use jobs::hinted;
use serde::Deserialize;

use crate::ground::{
    cli::BuilderName,
    matrix::{Identifier, Selector},
};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    #[serde(skip)]
    pub name: String,
    /// GitHub's label of the machine.
    pub runner: String,
    pub wheels: Vec<Selector>,
    pub builder: Option<BuilderName>,
    /// The architecture of its interpreters, as `setup-python` names it; none for its own.
    #[serde(default)]
    pub architecture: String,
    /// The versions of Python to install there before the build.
    pub pythons: Vec<String>,
}

/// The shards of a table, by name.
pub fn named(table: BTreeMap<String, Shard>) -> Vec<Shard> {
    table.into_iter().map(|(name, shard)| Shard { name, ..shard }).collect()
}

/// Checks that each wheel of the matrix is in exactly one shard, if there are shards.
pub fn check(shards: &[Shard], matrix: &[Identifier]) -> anyhow::Result<()> {
    for shard in shards {
        check_listed(&shard.wheels, &format!("shards.{}", shard.name), matrix)?;
    }
    for wheel in matrix.iter().filter(|_| !shards.is_empty()) {
        let has = |shard: &&Shard| shard.wheels.iter().any(|selector| selector.matches(wheel));
        let mut having = shards.iter().filter(has).map(|shard| shard.name.as_str());
        let first = having.next().ok_or_else(|| {
            hinted(format!("`{wheel}` is in no shard"), "add it to the `wheels` of a shard")
        })?;
        if let Some(second) = having.next() {
            let what = format!("`{wheel}` is in the shards `{first}` and `{second}`");
            return Err(hinted(what, "one is enough"));
        }
    }
    Ok(())
}

/// Checks that each selector of a list matches a wheel.
pub fn check_listed(list: &[Selector], name: &str, matrix: &[Identifier]) -> anyhow::Result<()> {
    let idle = list.iter().find(|s| !matrix.iter().any(|wheel| s.matches(wheel)));
    let what = |idle: &Selector| format!("`{}` of `{name}` matches no wheel", idle.0);
    idle.map_or(Ok(()), |idle| Err(hinted(what(idle), "leave it out")))
}

/// The shards as a matrix of jobs for GitHub, on one line, as GitHub reads an output of a step.
pub fn as_github_matrix(shards: &[Shard]) -> anyhow::Result<String> {
    ensure!(
        !shards.is_empty(),
        hinted("there are no shards", "`[shards]` of xtask/xtask.toml has them")
    );
    let entry = |shard: &Shard| {
        serde_json::json!({
            "shard": shard.name,
            "runner": shard.runner,
            "architecture": shard.architecture,
            "pythons": shard.pythons.join("\n"),
        })
    };
    let entries: Vec<_> = shards.iter().map(entry).collect();
    Ok(serde_json::json!({ "include": entries }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::matrix::Target;

    fn parse(table: &str) -> anyhow::Result<Vec<Shard>> {
        let identifier = |interpreter: &str, target| Identifier {
            interpreter: interpreter.parse().unwrap(),
            target: Target::named(target).unwrap(),
        };
        let matrix = [identifier("cp38", "win32"), identifier("cp311-abi3", "win32")];
        let shards = named(toml::from_str(table)?);
        check(&shards, &matrix)?;
        Ok(shards)
    }

    fn shard(name: &str, wheels: &str) -> String {
        format!("[{name}]\nrunner = 'windows-2025'\nwheels = [{wheels}]\npythons = ['3.8', '3']\n")
    }

    #[test]
    fn shards_are_given_to_github_as_a_matrix_on_one_line() {
        let shards = parse(&(shard("a", "'*'") + "builder = 'native'\narchitecture = 'x86'"));
        let shards = shards.unwrap();
        assert_eq!(shards[0].builder, Some(BuilderName::Native));
        let line = as_github_matrix(&shards).unwrap();
        let entry =
            r#"{"architecture":"x86","pythons":"3.8\n3","runner":"windows-2025","shard":"a"}"#;
        assert_eq!(line, format!("{{\"include\":[{entry}]}}"));
        assert!(as_github_matrix(&parse("").unwrap()).is_err());
    }

    #[test]
    fn each_wheel_is_in_one_shard() {
        let error = |table: &str| parse(table).unwrap_err().to_string();
        assert!(error(&shard("a", "'cp38-*'")).starts_with("`cp311_abi3-win32` is in no shard"));
        let both = shard("a", "'*'") + &shard("b", "'cp38-*'");
        assert!(error(&both).starts_with("`cp38-win32` is in the shards `a` and `b`"));
        let idle = error(&shard("a", "'*', 'cp39-*'"));
        assert!(idle.starts_with("`cp39-*` of `shards.a` matches no wheel"), "{idle}");
    }
}
