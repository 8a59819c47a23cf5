//! Nothing in the archives says where they were made, by whom, or how to log in somewhere.

use memchr::memmem::find_iter;
use std::env;
use wheel_audit::Entry;

use super::{Release, audit::of_promise};

pub fn verify(release: &Release) -> anyhow::Result<Vec<String>> {
    let private = of_this_machine(release.root.as_str());
    let mut findings = Vec::new();
    let mut look = |file: &str, entries: &[Entry]| {
        let found = self::findings(entries, &private);
        findings.extend(found.iter().map(|what| format!("`{file}`: {what}")));
    };
    if let Ok(source) = release.source() {
        look("the source archive", &source);
    }
    for wheel in release.wheels()? {
        look(&wheel.file, &wheel.entries);
    }
    findings.extend(of_promise(release, "private")?);
    Ok(findings)
}

/// Paths of this machine, and its name.
fn of_this_machine(root: &str) -> Vec<String> {
    let home = ["HOME", "USERPROFILE"].iter().filter_map(|name| env::var(name).ok());
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    // What is short is found in any library.
    let host = Some(host.trim().to_owned()).filter(|name| name.len() >= 8);
    let all = home.map(|home| format!("{home}/")).chain([format!("{root}/")]).chain(host);
    all.filter(|text| text.len() >= 4).collect()
}

/// How private paths begin and secrets look. In two pieces, so that this file has none.
const MARKS: &[(&str, &str, &str)] = &[
    ("/ho", "me/", "a path of somebody's own"),
    ("/Us", "ers/", "a path of somebody's own"),
    (r"C:\Us", r"ers\", "a path of somebody's own"),
    ("/ro", "ot/", "a path of somebody's own"),
    ("/t", "mp/", "a path of a temporary folder"),
    ("/var/fol", "ders/", "a path of a temporary folder"),
    ("PRIVATE", " KEY-----", "a private key"),
    ("pypi-AgEI", "cHlwaS5vcmc", "a token of PyPI"),
    ("gh", "p_", "a token of GitHub"),
    ("github_", "pat_", "a token of GitHub"),
    ("AK", "IA", "a key of Amazon"),
    ("xox", "b-", "a token of Slack"),
];

/// Of tokens that begin with few letters, how many have to follow.
const TOKEN_MIN: usize = 16;

fn findings(entries: &[Entry], private: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for entry in entries {
        for (first, second, what) in MARKS {
            let mark = format!("{first}{second}");
            let is_token = second.len() <= 4 && !mark.contains('/');
            let rest_min = if is_token { TOKEN_MIN } else { 0 };
            if has(&entry.content, mark.as_bytes(), rest_min) {
                findings.push(format!("`{}` has {what} (`{mark}`)", entry.path));
            }
        }
        for text in private {
            if has(&entry.content, text.as_bytes(), 0) {
                findings.push(format!("`{}` has `{text}`, of this machine", entry.path));
            }
        }
    }
    findings
}

/// Whether a mark is there, followed by so many letters or digits.
fn has(content: &[u8], mark: &[u8], rest_min: usize) -> bool {
    find_iter(content, mark).any(|at| {
        let rest = content[at + mark.len()..].get(..rest_min);
        rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::entry;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let private = ["/build/here/".to_owned()];
        assert_eq!(findings(&[entry("a.so", text)], &private), expected);
    }

    #[test]
    fn what_everybody_may_read_is_no_finding() {
        check("src/tensor.cpp and /usr/lib and a ghp_ of a token, AKIA", &[]);
    }

    #[test]
    fn paths_and_secrets_are_named() {
        let home = ["/ho", "me/"].concat();
        let expected = format!("`a.so` has a path of somebody's own (`{home}`)");
        check(&format!("\0{home}ada/esig/tosig.cpp\0"), &[&expected]);
        check("\0/build/here/x.cpp", &["`a.so` has `/build/here/`, of this machine"]);
        let token = format!("{}{}", ["gh", "p_"].concat(), "a1".repeat(18));
        check(&token, &["`a.so` has a token of GitHub (`ghp_`)"]);
    }
}
