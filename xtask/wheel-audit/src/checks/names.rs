//! The names, kinds and modes of the files of a wheel.

use std::collections::HashMap;

use crate::{
    archive::{
        Member, Method,
        paths::{why_not_on_windows, why_unsafe},
    },
    finding::{Findings, Subject},
    wheel::Wheel,
};

const CHECK: &str = "names";

pub fn check(wheel: &Wheel, findings: &mut Findings) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for member in &wheel.members {
        check_member(member, findings);
        let path = member.path.as_str();
        let mut subject = findings.about_file(CHECK, path);
        match seen.insert(path.to_lowercase(), path) {
            Some(other) if other == path => subject.error("is there twice"),
            Some(other) => subject.error(format!("is there twice but for upper case: `{other}`")),
            None => {}
        }
    }
    check_top(wheel, findings);
}

fn check_member(member: &Member, findings: &mut Findings) {
    let path = member.path.as_str();
    let mut subject = findings.about_file(CHECK, path);
    if let Some(reason) = why_unsafe(path.strip_suffix('/').unwrap_or(path)) {
        subject.error(format!("leads out of the wheel: {reason}"));
    }
    if member.is_special() {
        subject.error("is a link or a device: a wheel holds plain files only");
    }
    if let Some(reason) = why_not_on_windows(path.strip_suffix('/').unwrap_or(path)) {
        subject.warning(format!("cannot be unpacked on Windows: {reason}"));
    }
    if !path.is_ascii() {
        subject.warning("has a name that is not ASCII, which not every system writes alike");
    }
    if matches!(member.method, Method::Bzip2 | Method::Lzma) {
        let what = format!("is compressed by {:?}, which not every installer reads", member.method);
        subject.warning(what);
    }
    if let Some(mode) = member.mode.filter(|_| !member.is_folder()) {
        check_mode(mode, &mut subject);
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if LEFT_BEHIND.contains(&name) || LEFT_BEHIND_ENDS.iter().any(|end| name.ends_with(end)) {
        subject.warning("was left behind by some tool; nobody needs it");
    }
}

/// Files that editors, systems and tools leave behind, and bytecode, which Python compiles anew.
const LEFT_BEHIND: &[&str] = &[".DS_Store", "Thumbs.db", ".gitignore", ".coverage", ".env"];
const LEFT_BEHIND_ENDS: &[&str] = &[".pyc", ".pyo", ".orig", ".rej", ".swp", "~"];

fn check_mode(mode: u32, subject: &mut Subject<'_>) {
    if mode & 0o6000 != 0 {
        subject.error(format!("runs as another user: mode {:o}", mode & 0o7777));
    }
    if mode & 0o002 != 0 {
        subject.warning(format!("may be written by everybody: mode {:o}", mode & 0o7777));
    }
    if mode & 0o7777 != 0 && mode & 0o444 != 0o444 {
        subject.warning(format!("may not be read by everybody: mode {:o}", mode & 0o7777));
    }
}

/// Checks what is installed into the folder of all packages.
fn check_top(wheel: &Wheel, findings: &mut Findings) {
    let mut has_content = false;
    for member in wheel.members.iter().filter(|member| !member.is_folder()) {
        let path = member.path.as_str();
        let Some((top, _)) = path.split_once('/') else {
            has_content = true;
            if path == "__init__.py" {
                findings
                    .about_file(CHECK, path)
                    .error("makes a package of the folder of all packages");
            }
            continue;
        };
        has_content |= !top.ends_with(".dist-info");
        if COMMON_TOPS.split(' ').any(|common| common == top) {
            let what = format!("lands in the folder `{top}`, beside every other package");
            findings.about_file(CHECK, top).warning(what);
        }
    }
    if !has_content {
        findings.about_wheel(CHECK).warning("it holds nothing but metadata");
    }
}

/// Folders that many projects have for themselves and ship by mistake.
const COMMON_TOPS: &str = "bench benchmarks build dist docs examples scripts src test tests";
