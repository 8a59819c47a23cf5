//! The schema by which editors know xtask.toml has what the parser reads, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{ConfigFile, TARGETS};

fn schema() -> Value {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/xtask.schema.json"));
    serde_json::from_str(text).unwrap()
}

/// The names of a table's keys, which the parser tells when it meets another one.
fn read_by_the_parser(table: &str) -> BTreeSet<String> {
    let header = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
    let error = toml::from_str::<ConfigFile>(&format!("{header}nothing = 1")).err().unwrap();
    let (_, expected) = error.message().split_once(", expected ").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn each_table_has_the_keys_that_the_parser_reads() {
    let schema = schema();
    for (table, place) in [
        ("", ""),
        ("policies", "/properties/policies"),
        ("groups.name", "/properties/groups/additionalProperties"),
        ("images.manylinux_x86_64", "/definitions/image"),
        ("containers", "/properties/containers"),
        ("limits", "/properties/limits"),
        ("pyenv", "/properties/pyenv"),
        ("shards.name", "/properties/shards/additionalProperties"),
        ("downloads.name", "/properties/downloads/additionalProperties"),
        ("windows", "/properties/windows"),
        ("windows.bases.20348", "/definitions/image"),
    ] {
        let described = schema.pointer(place).unwrap();
        let keys = described["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(read_by_the_parser(table), keys, "{table}");
        assert_eq!(described["additionalProperties"], Value::Bool(false), "{table}");
    }
}

#[test]
fn each_target_that_there_is_may_be_named() {
    let names = TARGETS.iter().map(|target| Value::from(target.name)).collect::<Vec<_>>();
    assert_eq!(schema()["definitions"]["target"]["enum"], Value::from(names));
}
