//! What somebody may have meant by a name that there is not.

/// How alike two names are, from 0 to 1, when one is taken for the other.
const ALIKE: f64 = 0.8;

/// The beginning of a hint: "did you mean `cp38`? ", or nothing if no name is alike.
pub fn did_you_mean<S: AsRef<str>>(name: &str, names: impl IntoIterator<Item = S>) -> String {
    let alike = |known: &S| strsim::jaro_winkler(name, known.as_ref());
    let known = names.into_iter().filter(|known| alike(known) >= ALIKE);
    let nearest = known.max_by(|a, b| alike(a).total_cmp(&alike(b)));
    nearest.map_or(String::new(), |known| format!("did you mean `{}`? ", known.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_something_else_is_not() {
        let names = ["linux-x86_64", "linux-aarch64", "windows-x64"];
        assert_eq!(did_you_mean("linux-x86-64", names), "did you mean `linux-x86_64`? ");
        assert_eq!(did_you_mean("windos-x64", names), "did you mean `windows-x64`? ");
        assert_eq!(did_you_mean("solaris", names), "");
    }
}
