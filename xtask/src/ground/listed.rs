//! Lists for people, who read the beginning of a long one.

/// The names, or the first of them and how many more there are.
pub fn listed(names: &[String]) -> String {
    match names.split_at_checked(5) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ => names.join(", "),
    }
}
