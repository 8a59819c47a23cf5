//! Nothing in the project says on whose machine it was made.

use super::Finding;

/// How a path of somebody's own begins. In two pieces, so that this file has none.
const HOMES: &[(&str, &str)] =
    &[("/ho", "me/"), ("/Us", "ers/"), (r"C:\Us", r"ers\"), ("/ro", "ot/")];

/// In examples and fixtures there is a user of this name.
const NOBODY: &str = "dev";

pub fn of_a_machine(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for (first, second) in HOMES {
            let home = format!("{first}{second}");
            let somebody = line.match_indices(&home).any(|(at, _)| {
                let is_own =
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._}".contains(c));
                let user = line[at + home.len()..].split(['/', '\\']).next().unwrap_or_default();
                is_own && user != NOBODY
            });
            if somebody {
                let what = format!("a path below `{home}`");
                let remedy = format!("make it relative; in an example the user is `{NOBODY}`");
                findings.push(Finding::new(path, at + 1, what, remedy));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::steps::tidy::tests::check;

    #[test]
    fn a_path_of_somebody_is_found_and_one_of_nobody_is_not() {
        let home = ["/ho", "me/"].concat();
        check(of_a_machine, "a.json", &format!("\"{home}dev/.pyenv\""), &[]);
        check(
            of_a_machine,
            "a.md",
            &format!("x\nsee {home}ada/esig"),
            &[&format!("2: a path below `{home}`")],
        );
        check(of_a_machine, "a.rs", "src/root/x and $HOME/x and ~/x", &[]);
    }
}
