//! Nothing in the archives says where they were made, by whom, or how to log in somewhere.

use std::{env, fs};

use memchr::memmem::find_iter;
use wheel_audit::Entry;

use super::{ReleaseFiles, audit};
use crate::gate::promises::Promise;

pub fn findings(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let private = of_this_machine(release.root.as_str());
    let mut findings = Vec::new();
    let mut look = |file: &str, entries: &[Entry]| {
        let found = of_entries(entries, &private);
        findings.extend(found.iter().map(|what| format!("`{file}`: {what}")));
    };
    if let Ok(source) = release.source() {
        look("the source archive", &source);
    }
    for wheel in release.wheels()? {
        look(&wheel.file, &wheel.entries);
    }
    findings.extend(audit::findings(release, Promise::Private)?);
    Ok(findings)
}

/// Paths of this machine, and its name.
fn of_this_machine(root: &str) -> Vec<String> {
    let home = ["HOME", "USERPROFILE"].iter().filter_map(|name| env::var(name).ok());
    let host = fs::read_to_string("/etc/hostname").unwrap_or_default();
    // What is short is found in any library.
    let host = Some(host.trim().to_owned()).filter(|name| name.len() >= 8);
    let all = home.map(|home| format!("{home}/")).chain([format!("{root}/")]).chain(host);
    all.filter(|text| text.len() >= 4).collect()
}

/// How private paths begin and secrets look, and how many letters or digits have to follow. In two
/// pieces, so that this file has none.
const MARKS: &[(&str, &str, usize, &str)] = &[
    ("/ho", "me/", 0, "a path of somebody's own"),
    ("/Us", "ers/", 0, "a path of somebody's own"),
    (r"C:\Us", r"ers\", 0, "a path of somebody's own"),
    ("/ro", "ot/", 0, "a path of somebody's own"),
    ("/t", "mp/", 0, "a path of a temporary folder"),
    ("/var/fol", "ders/", 0, "a path of a temporary folder"),
    ("PRIVATE", " KEY-----", 0, "a private key"),
    ("pypi-AgEI", "cHlwaS5vcmc", 0, "a token of PyPI"),
    ("gh", "p_", 16, "a token of GitHub"),
    ("github_", "pat_", 16, "a token of GitHub"),
    ("AK", "IA", 16, "a key of Amazon"),
    ("xox", "b-", 16, "a token of Slack"),
];

fn of_entries(entries: &[Entry], private: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for Entry { path, content } in entries {
        for (first, second, rest_min, what) in MARKS {
            let mark = format!("{first}{second}");
            let is_followed = |at: usize| {
                let rest = content[at + mark.len()..].get(..*rest_min);
                rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_alphanumeric))
            };
            if find_iter(content, &mark).any(is_followed) {
                findings.push(format!("`{path}` has {what} (`{mark}`)"));
            }
        }
        let own = private.iter().filter(|text| find_iter(content, text).next().is_some());
        findings.extend(own.map(|text| format!("`{path}` has `{text}`, of this machine")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::entry;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let private = ["/build/here/".to_owned()];
        assert_eq!(of_entries(&[entry("a.so", text)], &private), expected);
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
