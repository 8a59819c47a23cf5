//! METADATA is valid and that of the source archive. The audit judges METADATA and WHEEL by the
//! rules of all wheels; this adds those of esig.

use wheel_audit::{Entry, Metadata};

use super::{ReleaseFiles, ReleasedWheel, audit, content};
use crate::gate::promises::Promise;

pub fn findings(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let mut findings = of_pkg_info(&release.source()?);
    findings.extend(release.of_each_wheel(of_wheel)?);
    findings.extend(audit::findings(release, Promise::Metadata)?);
    Ok(findings)
}

/// Fields that every index wants.
const REQUIRED: &str =
    "Name Version Summary Requires-Python License-Expression Description-Content-Type";

/// Versions of the metadata that indexes know and that have licences as PEP 639 wants them.
const VERSIONS: &[&str] = &["2.4", "2.5"];

fn of_pkg_info(source: &[Entry]) -> Vec<String> {
    let Some(bytes) = content(source, "PKG-INFO") else {
        return vec!["the source archive has no PKG-INFO".to_owned()];
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return vec!["PKG-INFO is not UTF-8".to_owned()];
    };
    let metadata = Metadata::parse(text);
    let mut findings = Vec::new();
    let version = metadata.all("Metadata-Version").join(", ");
    if !VERSIONS.contains(&version.as_str()) {
        findings.push(format!("PKG-INFO is metadata of version `{version}`"));
    }
    for field in REQUIRED.split(' ') {
        match metadata.all(field)[..] {
            [value] if !value.is_empty() => {}
            ref values => findings.push(format!("PKG-INFO has `{field}` {} times", values.len())),
        }
    }
    // What an extra asks for is installed by whom names it.
    let is_of_extra = |requirement: &&str| requirement.contains("extra ==");
    let mut required = metadata.all("Requires-Dist");
    required.retain(|requirement| !is_of_extra(requirement));
    let description = text.split_once("\n\n").map_or("", |(_, description)| description);
    for (is_so, what) in [
        (required == ["numpy"], "does not require NumPy alone"),
        (metadata.all("Name") == ["esig"], "is not that of esig"),
        (metadata.all("License").is_empty(), "has `License` beside `License-Expression`"),
        (!description.trim().is_empty(), "has no description"),
    ] {
        if !is_so {
            findings.push(format!("PKG-INFO {what}"));
        }
    }
    findings
}

fn of_wheel(source: &[Entry], wheel: &ReleasedWheel) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |what: &str| findings.push(format!("`{}`: {what}", wheel.file));
    match (wheel.of_dist_info("METADATA"), content(source, "PKG-INFO")) {
        (None, _) => say("it has no METADATA"),
        (ours, theirs) if ours != theirs => say("METADATA is not that of the source archive"),
        _ => {}
    }
    let text = String::from_utf8_lossy(wheel.of_dist_info("WHEEL").unwrap_or_default());
    if Metadata::parse(&text).all("Generator").len() != 1 {
        say("WHEEL does not say what made it");
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::{PKG_INFO, WHEEL, entry, source, wheel};

    #[test]
    fn metadata_of_the_source_archive_is_good() {
        assert_eq!(of_pkg_info(&source()), [""; 0]);
        assert_eq!(of_wheel(&source(), &wheel(&source())), [""; 0]);
    }

    #[test]
    fn what_an_extra_asks_for_is_no_requirement() {
        let extra = "Requires-Dist: numpy\nRequires-Dist: iisignature; extra == 'iisignature'";
        let text = PKG_INFO.replace("Requires-Dist: numpy", extra);
        assert_eq!(of_pkg_info(&[entry("PKG-INFO", &text)]), [""; 0]);
    }

    #[test]
    fn a_field_that_is_missing_or_there_twice_is_named() {
        #[track_caller]
        fn check(from: &str, to: &str, expected: &str) {
            let text = PKG_INFO.replace(from, to);
            assert_eq!(of_pkg_info(&[entry("PKG-INFO", &text)]), [expected]);
        }
        check("Summary: Signatures\n", "", "PKG-INFO has `Summary` 0 times");
        check("Name: esig\n", "Name: esig\nSummary: more\n", "PKG-INFO has `Summary` 2 times");
        check("2.4", "2.1", "PKG-INFO is metadata of version `2.1`");
        check("numpy", "numpy<2", "PKG-INFO does not require NumPy alone");
        let two = "Requires-Dist: numpy\nRequires-Dist: scipy";
        check("Requires-Dist: numpy", two, "PKG-INFO does not require NumPy alone");
        check("# esig\n", "", "PKG-INFO has no description");
    }

    #[test]
    fn metadata_of_another_source_archive_is_not_good() {
        let path = "esig-1.1.0.dist-info/METADATA";
        let changed = wheel(&source()).with(path, "Name: esig\n");
        let expected = format!("`{WHEEL}`: METADATA is not that of the source archive");
        assert_eq!(of_wheel(&source(), &changed), [expected]);
    }
}
