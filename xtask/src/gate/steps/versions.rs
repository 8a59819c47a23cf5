//! The versions of the package, the changelog, the tag, libalgebra and the archives agree.

use toml::value::Datetime;
use wheel_audit::{Entry, Metadata, WheelName};

use super::{ReleaseFiles, content, text};
use crate::{
    acting::git::Git,
    facts::project::{VERSION_FILE, parse_version},
    release::steps::date_in,
    wheel::{CMAKE, version_in_cmake},
};

/// Everything that has a version.
struct Versions<'a> {
    package: &'a str,
    changelog: &'a str,
    /// Those of the commit that is checked out.
    tags: Vec<String>,
    files: &'a [String],
    /// None where there is no archive, which is a finding of another promise.
    source: Option<&'a [Entry]>,
    /// `CMakeLists.txt` of the checkout.
    library: &'a str,
}

pub fn findings(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let tags = match release.root.join(".git").exists() {
        true => Git::at(release.root).tags(Some("HEAD"))?,
        false => Vec::new(),
    };
    let source = release.source().ok();
    Ok(disagreements(&Versions {
        package: &release.version,
        changelog: &text(release.root, "CHANGELOG.md")?,
        tags,
        files: &release.files,
        source: source.as_deref(),
        library: &text(release.root, CMAKE)?,
    }))
}

/// What is missing of a release besides its files: the tag at this commit, and its date.
pub fn unreleased(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let tags = Git::of_checkout(release.root)?.tags(Some("HEAD"))?;
    let changelog = text(release.root, "CHANGELOG.md")?;
    Ok(lacks(&release.version, &tags, &changelog, &date_in(1)))
}

/// Somewhere it is tomorrow already.
fn lacks(version: &str, tags: &[String], changelog: &str, tomorrow: &str) -> Vec<String> {
    let tag = format!("v{version}");
    let untagged = format!("there is no tag `{tag}` at HEAD");
    let untagged = (!tags.contains(&tag)).then_some(untagged);
    let date = newest(changelog).1;
    let is_to_come = is_date(date) && date > tomorrow;
    let to_come = is_to_come.then(|| format!("CHANGELOG has a date that is to come, {date}"));
    let dated = of_changelog(version, changelog, true);
    untagged.into_iter().chain(dated).chain(to_come).collect()
}

fn disagreements(facts: &Versions) -> Vec<String> {
    let Versions { package, .. } = facts;
    let is_tagged = facts.tags.iter().any(|tag| is_of_version(tag));
    let mut findings = of_changelog(package, facts.changelog, is_tagged);
    let mut say = |what: &str, version: &str| {
        if version != *package {
            findings.push(format!("{what} is of version {version}, the package of {package}"));
        }
    };
    for tag in facts.tags.iter().filter(|tag| is_of_version(tag)) {
        say(&format!("the tag `{tag}`"), tag.trim_start_matches('v'));
    }
    for file in facts.files {
        if let Some(version) = of_file(file) {
            say(&format!("`{file}`"), &version);
        }
    }
    let Some(source) = facts.source else { return findings };
    let text = |path| String::from_utf8_lossy(content(source, path).unwrap_or_default());
    if let Some(version) = Metadata::parse(&text("PKG-INFO")).first("Version") {
        say("PKG-INFO of the source archive", version);
    }
    if let Ok(version) = parse_version(&text(VERSION_FILE)) {
        say(&format!("`{VERSION_FILE}` of the source archive"), &version);
    }
    let theirs = text(CMAKE);
    let (ours, theirs) = (version_in_cmake(facts.library), version_in_cmake(&theirs));
    if ours.is_none() || ours != theirs {
        let shown = |version: Option<&str>| version.unwrap_or("none").to_owned();
        let (ours, theirs) = (shown(ours), shown(theirs));
        findings.push(format!("libalgebra is of version {ours}, in the source archive {theirs}"));
    }
    findings
}

/// The version and the date of the newest section.
fn newest(changelog: &str) -> (&str, &str) {
    let heading = changelog.lines().find_map(|line| line.strip_prefix("## "));
    let heading = heading.unwrap_or_default();
    heading.split_once(" - ").unwrap_or((heading, ""))
}

/// The newest section is `Unreleased` until the version is released; then it has that and a date.
fn of_changelog(package: &str, changelog: &str, is_released: bool) -> Vec<String> {
    let (version, date) = newest(changelog);
    if version == "[Unreleased]" && date.is_empty() {
        let dateless = format!("CHANGELOG has no date for version {package}");
        return is_released.then_some(dateless).into_iter().collect();
    }
    let version = version.trim_matches(['[', ']']);
    if version != package {
        return vec![format!("CHANGELOG begins with version {version}, the package is {package}")];
    }
    if !is_date(date) {
        return vec![format!("CHANGELOG says `{date}` of version {version}, which is no date")];
    }
    Vec::new()
}

/// `2026-02-28`
pub fn is_date(text: &str) -> bool {
    let parsed: Result<Datetime, _> = text.parse();
    parsed.is_ok_and(|parsed| parsed.date.is_some() && parsed.time.is_none())
}

fn is_of_version(tag: &str) -> bool {
    tag.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
}

fn of_file(file: &str) -> Option<String> {
    match file.strip_suffix(".tar.gz") {
        Some(stem) => stem.split_once('-').map(|(_, version)| version.to_owned()),
        None => file.parse::<WheelName>().ok().map(|name| name.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::{PKG_INFO, WHEEL, entry, source};

    const PROJECT: &str = "project(libalgebra VERSION 0.1.0 LANGUAGES CXX)";

    #[track_caller]
    fn check(change: impl Fn(&mut Versions), expected: &[&str]) {
        let (source, files) = (source(), [WHEEL.to_owned(), "esig-1.1.0.tar.gz".to_owned()]);
        let mut facts = Versions {
            package: "1.1.0",
            changelog: "# Changelog\n\n## [1.1.0] - 2026-02-28\n\n- new\n\n## [1.0.0]\n",
            tags: vec!["v1.1.0".to_owned(), "nightly".to_owned()],
            files: &files,
            source: Some(&source),
            library: PROJECT,
        };
        change(&mut facts);
        assert_eq!(disagreements(&facts), expected);
    }

    #[test]
    fn versions_that_agree_have_no_findings() {
        check(|_| (), &[]);
        check(
            |facts| {
                facts.tags.clear();
                facts.changelog = "## [Unreleased]\n";
            },
            &[],
        );
    }

    #[test]
    fn each_place_with_another_version_is_named() {
        let section = "## [Unreleased]\n";
        let dateless = "CHANGELOG has no date for version 1.1.0";
        check(|facts| facts.changelog = section, &[dateless]);
        let other = "CHANGELOG begins with version 1.0.0, the package is 1.1.0";
        check(|facts| facts.changelog = "## [1.0.0] - 2020-01-01\n", &[other]);
        let soon = "CHANGELOG says `soon` of version 1.1.0, which is no date";
        check(|facts| facts.changelog = "## [1.1.0] - soon\n", &[soon]);
        let tag = "the tag `v1.2.0` is of version 1.2.0, the package of 1.1.0";
        check(|facts| facts.tags = vec!["v1.2.0".to_owned()], &[tag]);
        let library = "libalgebra is of version 0.2.0, in the source archive 0.1.0";
        check(|facts| facts.library = "project(libalgebra VERSION 0.2.0)", &[library]);
    }

    #[test]
    fn archives_of_another_version_are_named() {
        let old = PKG_INFO.replace("1.1.0", "1.0.9");
        let old = [entry("PKG-INFO", &old), entry(CMAKE, PROJECT)];
        let files = ["esig-1.0.9.tar.gz".to_owned()];
        let mut facts = Versions {
            package: "1.1.0",
            changelog: "## [Unreleased]\n",
            tags: Vec::new(),
            files: &files,
            source: Some(&old),
            library: PROJECT,
        };
        let found = disagreements(&facts);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("`esig-1.0.9.tar.gz` is of version 1.0.9"));
        assert!(found[1].starts_with("PKG-INFO of the source archive is of version 1.0.9"));
        facts.source = None;
        assert_eq!(disagreements(&facts).len(), 1);
    }

    #[test]
    fn a_release_has_a_tag_of_its_version_at_head_and_a_date() {
        let tags = |tags: &[&str]| tags.iter().map(|tag| tag.to_string()).collect::<Vec<_>>();
        let dated = "# Changelog\n\n## [1.1.0] - 2026-02-28\n";
        let lacks = |tags: &[String], text: &str| lacks("1.1.0", tags, text, "2026-03-02");
        assert_eq!(lacks(&tags(&["base", "v1.1.0"]), dated), [""; 0]);
        for other in ["1.1.0", "v1.1", "v1.1.0rc1", "release-v1.1.0"] {
            let found = lacks(&tags(&[other]), dated);
            assert_eq!(found, ["there is no tag `v1.1.0` at HEAD"], "{other}");
        }
        for heading in [
            "[Unreleased]",
            "[1.1.0] (unreleased)",
            "[1.1.0]",
            "[1.1.0] - unreleased",
            "[1.1.0] - 2026-02-30",
            "[1.1.0] - 2026-03-03",
            "[1.2.0] - 2026-02-28",
        ] {
            let found = lacks(&tags(&["v1.1.0"]), &format!("## {heading}\n{dated}"));
            assert_eq!(found.len(), 1, "{heading}: {found:?}");
        }
    }

    #[test]
    fn a_date_is_one_of_the_calendar() {
        assert!(is_date("2026-11-22"));
        assert!(is_date("2024-02-29"));
        for text in [
            "2026-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-1-1",
            "unreleased",
            "",
            "2026-00-10",
            "22-11-2026",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
