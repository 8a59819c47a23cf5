//! METADATA and WHEEL: whether they are complete, valid and agree with the wheel's name.

use super::tables::{FIELDS, rows};
use crate::{
    finding::{Findings, Subject},
    metadata::Metadata,
    name::WheelName,
    tags::{Version, version_of},
    wheel::{Wheel, dist_infos},
};

const CHECK: &str = "metadata";

pub fn check(wheel: &Wheel, findings: &mut Findings) {
    check_dist_infos(wheel, findings);
    for (file, check) in [("METADATA", check_metadata as Check), ("WHEEL", check_wheel)] {
        let path = format!("{}/{file}", wheel.dist_info);
        match wheel.content(&path).map(std::str::from_utf8) {
            None => findings.about_wheel(CHECK).error(format!("`{path}` is missing")),
            Some(Err(_)) => findings.about_wheel(CHECK).error(format!("`{path}` is not UTF-8")),
            Some(Ok(text)) => check(wheel, text, findings),
        }
    }
}

type Check = fn(&Wheel, &str, &mut Findings);

/// There is one folder of metadata, named after the wheel.
fn check_dist_infos(wheel: &Wheel, findings: &mut Findings) {
    let mut folders: Vec<&str> = dist_infos(&wheel.members).collect();
    folders.sort_unstable();
    folders.dedup();
    if folders.len() > 1 {
        findings.about_wheel(CHECK).error(format!("it has metadata twice: {}", folders.join(", ")));
    }
    let (name, version) = (&wheel.name.distribution, &wheel.name.version);
    let stem = wheel.dist_info.strip_suffix(".dist-info").unwrap_or_default();
    let is_same = stem.rsplit_once('-').is_some_and(|(of, at)| {
        normal_name(of) == normal_name(name) && is_same_version(at, version)
    });
    if !is_same {
        let what = "is not named after the wheel, and installers refuse it";
        findings.about_file(CHECK, &wheel.dist_info).error(what);
    }
}

/// How often a field may be there (`once`, `many`), and the version of METADATA that brought it.
fn known_field(name: &str) -> Option<(&str, Version)> {
    let row = rows(FIELDS)
        .find(|row| row.split(' ').next().is_some_and(|field| field.eq_ignore_ascii_case(name)))?;
    let mut columns = row.split(' ').skip(1);
    let often = columns.next()?;
    Some((often, columns.next().and_then(version_of).unwrap_or_default()))
}

/// The versions of the metadata that indexes take.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"];

fn check_metadata(wheel: &Wheel, text: &str, findings: &mut Findings) {
    let metadata = Metadata::parse(text);
    let one = |field: &str| metadata.first(field).unwrap_or_default();
    let path = format!("{}/METADATA", wheel.dist_info);
    let mut subject = findings.about_file(CHECK, &path);
    if normal_name(one("Name")) != normal_name(&wheel.name.distribution) {
        subject.error("has another `Name` than the wheel's file name");
    }
    if !is_same_version(one("Version"), &wheel.name.version) {
        subject.error("has another `Version` than the wheel's file name");
    }
    let version = one("Metadata-Version");
    if !VERSIONS.contains(&version) {
        subject.error(format!("is of version `{version}`, which no index knows"));
    }
    let number = version_of(version);
    for name in metadata.names() {
        let Some((often, since)) = known_field(name) else {
            subject.warning(format!("has the field `{name}`, which no specification has"));
            continue;
        };
        if often == "once" && metadata.all(name).len() > 1 {
            subject.error(format!("has the field `{name}` more than once"));
        }
        if number.is_some_and(|number| number < since) {
            subject.error(format!("has the field `{name}`, which {version} does not have"));
        }
    }
    check_values(wheel, &metadata, number, &mut subject);
}

fn check_values(
    wheel: &Wheel,
    metadata: &Metadata<'_>,
    version: Option<Version>,
    subject: &mut Subject<'_>,
) {
    for file in metadata.all("License-File") {
        // Before 2.4 the field was not specified, and the files could lie anywhere.
        let path = format!("{}/licenses/{file}", wheel.dist_info);
        if version >= Some((2, 4)) && wheel.content(&path).is_none() {
            subject.error(format!("names the licence file `{file}`, which is not in `licenses/`"));
        }
    }
    if metadata.first("License-Expression").is_some()
        && metadata.all("Classifier").iter().any(|line| line.starts_with("License ::"))
    {
        subject.warning("says its licence twice, by an expression and by classifiers");
    }
    if let Some(kind) = metadata.first("Description-Content-Type") {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !["text/plain", "text/x-rst", "text/markdown"].contains(&kind) {
            subject.error(format!("has a description of type `{kind}`, which no index renders"));
        }
    } else {
        subject
            .warning("does not say of what type its description is: it is rendered as text/x-rst");
    }
    if let Some(versions) = metadata.first("Requires-Python")
        && !versions.split(',').all(|part| is_specifier(part.trim()))
    {
        subject.error(format!("has `Requires-Python: {versions}`, which no installer understands"));
    }
    if metadata.all("Requires-Dist").iter().any(|line| line.contains(" @ ")) {
        subject.error("requires something from an address; indexes refuse that");
    }
    for (field, remedy) in [("Summary", "in one line"), ("License-Expression", "or `License`")] {
        if metadata.first(field).is_none() && metadata.first("License").is_none() {
            subject.warning(format!("has no field `{field}` ({remedy})"));
        }
    }
}

/// Whether a text is a version specifier such as `>=3.8`, `!=3.9.*` or `~=3.7`.
fn is_specifier(text: &str) -> bool {
    let operators = ["===", "==", "!=", "<=", ">=", "~=", "<", ">"];
    let Some(version) = operators.iter().find_map(|operator| text.strip_prefix(operator)) else {
        return false;
    };
    let version = version.trim();
    let release = version.strip_suffix(".*").unwrap_or(version);
    release.starts_with(|c: char| c.is_ascii_digit())
        && release.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-'))
}

fn check_wheel(wheel: &Wheel, text: &str, findings: &mut Findings) {
    let fields = Metadata::parse(text);
    let path = format!("{}/WHEEL", wheel.dist_info);
    let mut subject = findings.about_file(CHECK, &path);
    if !fields.first("Wheel-Version").is_some_and(|version| version.starts_with("1.")) {
        subject.error("has no `Wheel-Version` of 1.x, which is all that installers know");
    }
    if !are_tags_same(&fields.all("Tag"), &wheel.name) {
        subject.error("and the file name differ in their tags");
    }
    if fields.first("Build") != wheel.name.build.as_deref() {
        subject.error("and the file name differ in their build tag");
    }
    match fields.first("Root-Is-Purelib") {
        Some("true") if !wheel.binaries.is_empty() && wheel.name.platform != "any" => {
            subject.warning("says that nothing in it is compiled, which is not so");
        }
        Some("true" | "false") => {}
        _ => subject.error("does not say in `Root-Is-Purelib` where it is installed"),
    }
}

/// Whether WHEEL lists the tags of the name. Compressed tags, which some tools write there against
/// the specification, count for all that they stand for.
fn are_tags_same(said: &[&str], name: &WheelName) -> bool {
    let expand = |tag: &&str| {
        let parts: Vec<&str> = tag.split('-').collect();
        let [python, abi, platform] = parts[..] else { return vec![(*tag).to_owned()] };
        let own = |text: &str| text.to_owned();
        let (python, abi, platform) = (own(python), own(abi), own(platform));
        WheelName { python, abi, platform, ..name.clone() }.tags()
    };
    let mut said: Vec<String> = said.iter().flat_map(expand).collect();
    let mut promised = name.tags();
    said.sort_unstable();
    said.dedup();
    promised.sort_unstable();
    promised.dedup();
    said == promised
}

/// The name of a project as PEP 503 normalises it, for comparison.
fn normal_name(name: &str) -> String {
    let mut normal = String::new();
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            c => normal.extend(c.to_lowercase()),
        }
    }
    normal
}

/// Whether two versions are equal by PEP 440. What is no such version is compared as it is written.
fn is_same_version(one: &str, other: &str) -> bool {
    match (one.parse::<pep440_rs::Version>(), other.parse::<pep440_rs::Version>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one.eq_ignore_ascii_case(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions_are_compared_as_installers_do() {
        assert_eq!(normal_name("Foo__bar.-Baz"), "foo-bar-baz");
        for (one, other) in [
            ("1.0a1", "1.0.alpha1"),
            ("v1.02", "1.2"),
            ("1.0rc1", "1.0-rc.1"),
            ("1.0c1", "1.0preview1"),
            ("1.0", "1.0.0"),
            ("1", "1.0.0"),
            ("0", "0.0"),
            ("1.0.0rc1", "1.0rc1"),
            ("1.0.0.post1", "1.post1"),
            ("1.0-1", "1.0.post1"),
            ("1.0r4", "1.0.post4"),
            ("1.0a", "1.0a0"),
            ("1.0.dev", "1.0dev0"),
            ("1.0a1.dev2", "1.0a1dev2"),
            ("0!1.0", "1.0"),
            ("1.0+ubuntu-1", "1.0+ubuntu_1"),
            ("2.0+cu118", "2.0+CU118"),
        ] {
            assert!(is_same_version(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("1.0", "1.0.1"),
            ("1.0", "10"),
            ("1.0.post1", "1.0.1"),
            ("1.0.post0", "1.0"),
            ("1.0.dev0", "1.0"),
            ("1!1.0", "1.0"),
            ("1.0a1", "1.0b1"),
            ("1.0+1", "1.0+1.0"),
            ("1.0+local", "1.0"),
            ("latest", "newest"),
        ] {
            assert!(!is_same_version(one, other), "{one} {other}");
        }
    }

    #[test]
    fn specifiers_of_versions_are_told_from_others() {
        for text in [">=3.8", "!=3.9.*", "~=3.7", "< 4", "==2.7", ">=3.13.0rc1"] {
            assert!(is_specifier(text), "{text}");
        }
        for text in ["", "3.8", ">=", ">=three", "=>3.8", ">=3.8;x"] {
            assert!(!is_specifier(text), "{text}");
        }
    }
}
