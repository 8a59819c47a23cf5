//! METADATA is valid and that of the source archive; WHEEL is valid too.

use wheel_audit::{Entry, Metadata};

use super::{Release, Wheel, audit::of_promise, content};

pub fn verify(release: &Release) -> anyhow::Result<Vec<String>> {
    let source = release.source()?;
    let mut findings = of_pkg_info(&source);
    findings.extend(release.wheels()?.iter().flat_map(|wheel| of_wheel(&source, wheel)));
    findings.extend(of_promise(release, "metadata")?);
    Ok(findings)
}

/// What every index wants to be told.
const REQUIRED: &[&str] = &[
    "Name",
    "Version",
    "Summary",
    "Requires-Python",
    "License-Expression",
    "Description-Content-Type",
];

/// Those that indexes know, with licences as PEP 639 has them.
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
    let version = metadata.all("Metadata-Version");
    if !matches!(version[..], [version] if VERSIONS.contains(&version)) {
        findings.push(format!("PKG-INFO is metadata of version `{}`", version.join(", ")));
    }
    for field in REQUIRED {
        match metadata.all(field)[..] {
            [value] if !value.is_empty() => {}
            ref values => findings.push(format!("PKG-INFO has `{field}` {} times", values.len())),
        }
    }
    if metadata.all("Requires-Dist") != ["numpy"] {
        findings.push("PKG-INFO does not require NumPy alone".to_owned());
    }
    if metadata.all("Name") != ["esig"] {
        findings.push("PKG-INFO is not that of esig".to_owned());
    }
    if !metadata.all("License").is_empty() {
        findings.push("PKG-INFO has `License` beside `License-Expression`".to_owned());
    }
    let description = text.split_once("\n\n").map_or("", |(_, description)| description);
    if description.trim().is_empty() {
        findings.push("PKG-INFO has no description".to_owned());
    }
    findings
}

fn of_wheel(source: &[Entry], wheel: &Wheel) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |what: &str| findings.push(format!("`{}`: {what}", wheel.file));
    match (wheel.of_dist_info("METADATA"), content(source, "PKG-INFO")) {
        (None, _) => say("it has no METADATA"),
        (ours, theirs) if ours != theirs => say("METADATA is not that of the source archive"),
        _ => {}
    }
    let text = String::from_utf8_lossy(wheel.of_dist_info("WHEEL").unwrap_or_default());
    let fields = Metadata::parse(&text);
    for (field, value) in [("Wheel-Version", "1.0"), ("Root-Is-Purelib", "false")] {
        if fields.all(field) != [value] {
            say(&format!("WHEEL does not say `{field}: {value}`"));
        }
    }
    if fields.all("Generator").len() != 1 {
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
        check("# esig\n", "", "PKG-INFO has no description");
    }

    #[test]
    fn metadata_of_another_source_archive_is_not_good() {
        let path = "esig-1.1.0.dist-info/METADATA";
        let changed = wheel(&source()).with(path, "Name: esig\n");
        let expected = format!("`{WHEEL}`: METADATA is not that of the source archive");
        assert_eq!(of_wheel(&source(), &changed), [expected]);
        let changed = wheel(&source()).with("esig-1.1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n");
        assert_eq!(of_wheel(&source(), &changed).len(), 2);
    }
}
