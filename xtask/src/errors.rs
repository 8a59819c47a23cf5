//! How errors are worded: what happened, on what; then a line that says what to do.

/// `what`, lowercase and without a period, and the shortest way out of it.
pub fn hinted(what: impl std::fmt::Display, hint: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{what}\nhint: {hint}")
}
