//! Assembles a wheel from the files of the source archive and an extension module.

use anyhow::{Context, ensure};
use wheel_audit::{Entry, Metadata, WheelName, record_of, write_zip};

use super::{
    BILL, Extension,
    bill::{Library, bill},
};

/// Parts of the package that only its build reads, which are left out of wheels.
pub const BUILD_ONLY: &[&str] = &["esig/ext/", "esig/extension.json"];

/// The bytes of a wheel of this name; `source` is the unpacked source archive.
pub fn assemble(
    name: &WheelName,
    source: &[Entry],
    extension: impl Into<Extension>,
) -> anyhow::Result<Vec<u8>> {
    let extension = extension.into();
    let find = |path: &str| {
        let found = source.iter().find(|entry| entry.path == path);
        found.with_context(|| format!("the source archive has no file `{path}`"))
    };
    let package = format!("{}/", name.distribution);
    let dist_info = name.dist_info();
    let pkg_info = find("PKG-INFO")?;
    let pkg_info_text = std::str::from_utf8(&pkg_info.content).context("PKG-INFO is not UTF-8")?;
    let metadata = Metadata::parse(pkg_info_text);
    let version = metadata.first("Version").context("PKG-INFO has no field `Version`")?;
    ensure!(version == name.version, "`{name}` would hold version {version}");

    let is_shipped = |entry: &&Entry| {
        entry.path.starts_with(&package) && !BUILD_ONLY.iter().any(|p| entry.path.starts_with(p))
    };
    let mut files: Vec<Entry> = source.iter().filter(is_shipped).cloned().collect();
    let bill = bill(name, &Library::of(source)?, &extension)?;
    let module = extension.file;
    files.push(Entry { path: format!("{package}{}", module.path), ..module });
    files.sort_by(|a, b| a.path.cmp(&b.path));

    // The specification recommends that archives end with the metadata, and that with RECORD.
    let mut add = |path: String, content: Vec<u8>| files.push(Entry { path, content });
    add(format!("{dist_info}/METADATA"), pkg_info.content.clone());
    add(format!("{dist_info}/WHEEL"), wheel_file(name).into_bytes());
    for license in metadata.all("License-File") {
        add(format!("{dist_info}/licenses/{license}"), find(license)?.content.clone());
    }
    add(format!("{dist_info}/{BILL}"), bill);
    let record_path = format!("{dist_info}/RECORD");
    let record = record_of(&files, &record_path);
    files.push(Entry { path: record_path, content: record.into_bytes() });
    Ok(write_zip(&files)?)
}

fn wheel_file(name: &WheelName) -> String {
    let generator = concat!("xtask ", env!("CARGO_PKG_VERSION"));
    let tags: String = name.tags().iter().map(|tag| format!("Tag: {tag}\n")).collect();
    format!("Wheel-Version: 1.0\nGenerator: {generator}\nRoot-Is-Purelib: false\n{tags}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use wheel_audit::{check_record, read_zip};

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn source() -> Vec<Entry> {
        vec![
            entry("LICENSE", "MIT OR Apache-2.0"),
            entry("PKG-INFO", "Name: esig\nVersion: 1.1.0\nLicense-File: LICENSE\n\nesig"),
            entry("esig/tests/__init__.py", ""),
            entry("esig/__init__.py", ""),
            entry("esig/ext/tosig.cpp", "int main;"),
            entry("esig/extension.json", "{}"),
            entry("libalgebra/CMakeLists.txt", "project(libalgebra VERSION 0.1.0)"),
            entry("libalgebra/src/tensor.cpp", ""),
        ]
    }

    fn name(version: &str) -> WheelName {
        format!("esig-{version}-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_wheel_holds_the_package_the_extension_and_its_metadata() {
        let bytes = assemble(&name("1.1.0"), &source(), entry("tosig.so", "ELF")).unwrap();
        let entries = read_zip(&bytes).unwrap();
        let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        expect![[r#"
            [
                "esig/__init__.py",
                "esig/tests/__init__.py",
                "esig/tosig.so",
                "esig-1.1.0.dist-info/METADATA",
                "esig-1.1.0.dist-info/WHEEL",
                "esig-1.1.0.dist-info/licenses/LICENSE",
                "esig-1.1.0.dist-info/sboms/esig.cdx.json",
                "esig-1.1.0.dist-info/RECORD",
            ]
        "#]]
        .assert_debug_eq(&paths);
        let files: Vec<(&str, &[u8])> =
            entries.iter().map(|e| (e.path.as_str(), e.content.as_slice())).collect();
        assert!(check_record(&files, "esig-1.1.0.dist-info/RECORD").is_empty());
    }

    #[test]
    fn every_tag_has_its_line() {
        expect![[r#"
            Wheel-Version: 1.0
            Generator: xtask 0.1.0
            Root-Is-Purelib: false
            Tag: cp38-cp38-manylinux_2_17_x86_64
            Tag: cp38-cp38-manylinux2014_x86_64
        "#]]
        .assert_eq(&wheel_file(&name("1.1.0")));
    }

    #[test]
    fn a_version_that_the_source_does_not_have_is_refused() {
        let error = assemble(&name("1.2.0"), &source(), entry("tosig.so", "")).unwrap_err();
        assert!(error.to_string().ends_with("would hold version 1.1.0"));
    }

    #[test]
    fn a_license_that_is_missing_is_refused() {
        let error = assemble(&name("1.1.0"), &source()[1..], entry("tosig.so", "")).unwrap_err();
        assert!(error.to_string().contains("has no file `LICENSE`"));
    }
}
