//! Each wheel has the licence of all that is in it, and a bill of materials that says what that is.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wheel_audit::{Entry, Metadata};

use super::{ReleaseFiles, ReleasedWheel, content};
use crate::wheel::{BILL, Library};

pub fn findings(release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let library = Library::of(&release.source()?)?;
    release.of_each_wheel(|source, wheel| of_wheel(source, &library, wheel))
}

/// The licences of the project, in words of SPDX.
const EXPRESSION: &str = "MIT OR Apache-2.0";

fn of_wheel(source: &[Entry], library: &Library, wheel: &ReleasedWheel) -> Vec<String> {
    let mut findings = Vec::new();
    let metadata = String::from_utf8_lossy(wheel.of_dist_info("METADATA").unwrap_or_default());
    let metadata = Metadata::parse(&metadata);
    if metadata.all("License-Expression") != [EXPRESSION] {
        findings.push(format!("METADATA does not say `License-Expression: {EXPRESSION}`"));
    }
    // Of what is compiled in, too: libalgebra has its own.
    let of_source = source.iter().map(|entry| entry.path.as_str());
    let licences: BTreeSet<&str> =
        of_source.filter(|path| path.rsplit('/').next() == Some("LICENSE")).collect();
    let named: BTreeSet<&str> = metadata.all("License-File").into_iter().collect();
    for licence in licences.union(&named) {
        if !named.contains(licence) {
            findings.push(format!("METADATA does not name `{licence}`"));
        }
        let ours = wheel.of_dist_info(&format!("licenses/{licence}"));
        if ours.is_none_or(|ours| ours.is_empty() || content(source, licence) != Some(ours)) {
            findings.push(format!("`licenses/{licence}` is missing or another"));
        }
    }
    match wheel.of_dist_info(BILL).map(serde_json::from_slice::<Value>) {
        None => findings.push("it has no bill of materials".to_owned()),
        Some(Err(error)) => findings.push(format!("the bill of materials is no JSON: {error}")),
        Some(Ok(bill)) => findings.extend(of_bill(&bill, &wheel.name.version, library)),
    }
    findings.iter().map(|what| format!("`{}`: {what}", wheel.file)).collect()
}

fn of_bill(bill: &Value, version: &str, library: &Library) -> Vec<String> {
    let own = &bill["metadata"]["component"];
    let components = bill["components"].as_array().map_or(&[][..], Vec::as_slice);
    let of_library = components.iter().find(|component| component["name"] == "libalgebra");
    let is_ours = |c: &Value| {
        c["version"] == library.version.as_str() && c["swhid"] == json!([library.swhid()])
    };
    let has_licence = |c: &Value| c["licenses"].as_array().is_some_and(|all| !all.is_empty());
    let expected = [
        (bill["bomFormat"] == "CycloneDX" && bill["specVersion"] == "1.6", "is no CycloneDX 1.6"),
        (own["name"] == "esig" && own["version"] == version, "is of another release"),
        (of_library.is_some_and(is_ours), "names another libalgebra, or none"),
        (components.iter().chain([own]).all(has_licence), "has a component without licence"),
    ];
    let broken = expected.iter().filter(|(is_so, _)| !is_so);
    broken.map(|(_, what)| format!("the bill of materials {what}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::{WHEEL, source, wheel};

    #[track_caller]
    fn check(wheel: &ReleasedWheel, expected: &[&str]) {
        let expected: Vec<String> =
            expected.iter().map(|what| format!("`{WHEEL}`: {what}")).collect();
        assert_eq!(of_wheel(&source(), &Library::of(&source()).unwrap(), wheel), expected);
    }

    #[test]
    fn licences_and_bill_are_as_the_build_puts_them_in() {
        check(&wheel(&source()), &[]);
    }

    #[test]
    fn what_is_missing_or_of_something_else_is_named() {
        let path = |file: &str| format!("esig-1.1.0.dist-info/{file}");
        let without = wheel(&source()).without(&path("licenses/LICENSE"));
        check(&without, &["`licenses/LICENSE` is missing or another"]);
        check(&wheel(&source()).without(&path(BILL)), &["it has no bill of materials"]);
        let bill =
            String::from_utf8(wheel(&source()).of_dist_info(BILL).unwrap().to_vec()).unwrap();
        let old = wheel(&source()).with(&path(BILL), &bill.replace("0.1.0", "0.0.9"));
        check(&old, &["the bill of materials names another libalgebra, or none"]);
        let swhid = Library::of(&source()).unwrap().swhid();
        let changed = bill.replace(&swhid, &format!("swh:1:dir:{}", "0".repeat(40)));
        let changed = wheel(&source()).with(&path(BILL), &changed);
        check(&changed, &["the bill of materials names another libalgebra, or none"]);
        let other = wheel(&source()).with(&path(BILL), &bill.replace("\"1.6\"", "\"1.5\""));
        check(&other, &["the bill of materials is no CycloneDX 1.6"]);
    }
}
