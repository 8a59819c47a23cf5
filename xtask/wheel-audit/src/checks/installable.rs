//! What no installer accepts: tags that no interpreter has, and folders of `.data` that are none.

use std::collections::BTreeSet;

use crate::{
    finding::Findings,
    name::WheelName,
    tags::{PlatformTag, System},
    wheel::Wheel,
};

pub fn check(wheel: &Wheel, tags: &[PlatformTag], findings: &mut Findings) {
    check_platforms(tags, findings);
    check_interpreters(&wheel.name, findings);
    check_data(wheel, findings);
}

/// A tag that nobody has is an error where there is no other, and idle beside others.
fn check_platforms(tags: &[PlatformTag], findings: &mut Findings) {
    let is_refused = tags.iter().all(|tag| tag.refusal().is_some());
    for tag in tags {
        let mut subject = findings.about_wheel("platform");
        if let Some(reason) = tag.refusal() {
            let what = format!("no installer accepts `{}`: {reason}", tag.text);
            if is_refused {
                subject.error(what)
            } else {
                subject.warning(what)
            }
            continue;
        }
        let what = match tag.system {
            System::Linux => "is of its builder's Linux alone, and no index takes it",
            System::Other => "is a platform that nothing is known of here",
            _ => continue,
        };
        subject.warning(format!("`{}` {what}", tag.text));
    }
}

/// Checks that some interpreter has a Python tag of the name together with one of its ABI tags.
fn check_interpreters(name: &WheelName, findings: &mut Findings) {
    let is_had = |python: &str| name.abi_tags().any(|abi| are_had_together(python, abi));
    if !name.python_tags().any(is_had) {
        let what = format!("no interpreter has the tags `{}-{}`", name.python, name.abi);
        findings.about_wheel("platform").error(what);
    }
}

/// Whether a Python tag goes with an ABI tag. Of interpreters other than CPython nothing is said.
fn are_had_together(python: &str, abi: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(version) = python.strip_prefix("py") {
        return is_number(version) && abi == "none";
    }
    let Some(version) = python.strip_prefix("cp") else { return true };
    let flags = abi.strip_prefix(python);
    let is_own = flags.is_some_and(|flags| flags.bytes().all(|b| b"dmut".contains(&b)));
    let is_stable = matches!(abi, "abi3" | "abi3t") && !version.starts_with('2');
    is_number(version) && (abi == "none" || is_own || is_stable)
}

/// The folders of `.data`, each for a place of an installation.
const SCHEMES: &[&str] = &["data", "headers", "platlib", "purelib", "scripts"];

fn check_data(wheel: &Wheel, findings: &mut Findings) {
    let own = wheel.dist_info.strip_suffix(".dist-info").unwrap_or_default();
    let mut told = BTreeSet::new();
    for member in wheel.members.iter().filter(|member| !member.is_folder()) {
        let mut parts = member.path.splitn(3, '/');
        let top = parts.next().unwrap_or_default();
        let Some(of) = top.strip_suffix(".data").filter(|_| top != member.path) else { continue };
        let mut say = |path: &str, what: String| {
            if told.insert(path.to_owned()) {
                findings.about_file("names", path).error(what);
            }
        };
        if !of.eq_ignore_ascii_case(own) {
            say(top, format!("is named after another wheel than `{own}.data`: installers differ"));
        }
        match (parts.next(), parts.next()) {
            (Some(scheme), Some(_)) if SCHEMES.contains(&scheme) => {}
            (Some(scheme), Some(_)) => {
                let known = SCHEMES.join(", ");
                let what = format!("is a folder that installers refuse: they know {known}");
                say(&format!("{top}/{scheme}"), what);
            }
            _ => say(&member.path, "lies in no folder of `.data`: installers refuse it".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_tag_goes_with_some_abi_tags() {
        for tags in [
            "py3-none",
            "py27-none",
            "cp27-cp27mu",
            "cp38-cp38",
            "cp36-cp36m",
            "cp39-none",
            "cp313-cp313t",
            "cp311-abi3",
            "cp315-abi3t",
            "pp39-pypy39_pp73",
            "graalpy311-graalpy242_311_native",
        ] {
            let (python, abi) = tags.split_once('-').unwrap();
            assert!(are_had_together(python, abi), "{tags}");
        }
        for tags in ["cp311-cp310", "py3-abi3", "py3-cp311", "cp27-abi3", "cp3.11-none", "cp-none"]
        {
            let (python, abi) = tags.split_once('-').unwrap();
            assert!(!are_had_together(python, abi), "{tags}");
        }
    }
}
