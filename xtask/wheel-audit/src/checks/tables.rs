//! Tables of facts, which are text files with comments.

pub const FIELDS: &str = include_str!("tables/fields.txt");
pub const POLICIES: &str = include_str!("tables/policies.txt");
pub const STABLE_ABI: &str = include_str!("tables/stable_abi.txt");
pub const WINDOWS: &str = include_str!("tables/windows.txt");

/// The rows of a table, without its comments.
pub fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#'))
}
