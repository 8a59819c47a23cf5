//! Nothing in the project says on whose machine it was made, or where that downloads from.

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

/// Options and hosts that decide where packages come from, in two pieces as above.
const DOWNLOADS: &[(&str, &str)] = &[
    ("--index", "-url"),
    ("--extra-index", "-url"),
    ("index-url", " ="),
    ("pypi.", "org/simple"),
    ("files.python", "hosted.org"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("registry.npm", "js.org"),
    ("proxy.golang", ".org"),
];

pub fn of_downloads(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let named = DOWNLOADS.iter().map(|(first, second)| format!("{first}{second}"));
        for name in named.filter(|name| line.contains(name.as_str())) {
            let what = format!("`{name}` says where to download from");
            let remedy = "leave that to each machine's configuration; hashes say what";
            findings.push(Finding::new(path, at + 1, what, remedy));
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

    #[test]
    fn a_place_to_download_from_is_found() {
        check(of_downloads, "a.sh", "uv pip compile --no-emit-index-url", &[]);
        let option = ["--index", "-url"].concat();
        check(
            of_downloads,
            "a.txt",
            &format!("{option} x"),
            &[&format!("1: `{option}` says where to download from")],
        );
    }
}
