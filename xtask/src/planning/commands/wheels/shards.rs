//! `--shard`: short for the wheels that one runner of the continuous integration makes.

use jobs::hinted;

use crate::{facts::project::Project, ground::cli::Wheels};

/// The same command with selectors and a builder in the place of the shard.
pub fn of_shard(arguments: &Wheels, project: &Project) -> anyhow::Result<Wheels> {
    let mut arguments = arguments.clone();
    let Some(name) = arguments.shard.take() else { return Ok(arguments) };
    let config = &project.config;
    let Some(shard) = config.shards.iter().find(|shard| shard.name == name) else {
        let known: Vec<&str> = config.shards.iter().map(|shard| shard.name.as_str()).collect();
        let hint = format!("`[shards]` of xtask/xtask.toml has {}", known.join(", "));
        return Err(hinted(format!("`{name}` is no shard"), hint));
    };
    arguments.selectors = shard.wheels.iter().map(|selector| selector.0.clone()).collect();
    arguments.skip.extend(config.skip.iter().map(|selector| selector.0.clone()));
    arguments.builder = arguments.builder.or(shard.builder);
    Ok(arguments)
}
