//! The bill of materials of a wheel (CycloneDX, as PEP 770 asks for): what is compiled into it, by
//! which compiler, and under which licences. It depends on the wheel's contents alone.

use anyhow::Context;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wheel_audit::{Entry, WheelName};

use super::{made_by::compiler_of, tree::tree_id};
use jobs::digest::hexadecimal;

/// The path of the bill in `.dist-info`.
pub const BILL: &str = "sboms/esig.cdx.json";

/// An extension module, and what its compiler added to it.
pub struct Extension {
    pub file: Entry,
    /// `zig@0.17.1`, or `gcc` alone if only the module itself may tell the version.
    pub compiler: Option<String>,
    /// Runtime libraries that are linked in, such as `compiler-rt@0.17.1`.
    pub linked: Vec<String>,
}

impl From<Entry> for Extension {
    fn from(file: Entry) -> Extension {
        Extension { file, compiler: None, linked: Vec::new() }
    }
}

const OWN: &str = "MIT OR Apache-2.0";

/// Runtime libraries that may be linked in, and their licences.
const LICENCES: &[(&str, &str)] = &[
    ("compiler-rt", "Apache-2.0 WITH LLVM-exception"),
    ("libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1"),
];

/// The libalgebra that is compiled into a wheel.
pub struct Library {
    /// The version that its own build says.
    pub version: String,
    /// Git's identifier of its contents, whether it is a folder or a submodule.
    pub tree: String,
}

impl Library {
    /// Reads it from the files of a source archive.
    pub fn of(source: &[Entry]) -> anyhow::Result<Library> {
        let file = source.iter().find(|entry| entry.path == CMAKE);
        let file = file.with_context(|| format!("the source archive has no file `{CMAKE}`"))?;
        let version = version_in_cmake(&String::from_utf8_lossy(&file.content)).map(str::to_owned);
        let version = version.with_context(|| {
            format!("`{CMAKE}` says no version: `project(libalgebra VERSION …`")
        })?;
        Ok(Library { version, tree: tree_id(source, LIBALGEBRA) })
    }

    /// Its contents as a Software Heritage identifier (ISO/IEC 18670).
    pub fn swhid(&self) -> String {
        format!("swh:1:dir:{}", self.tree)
    }
}

pub fn bill(name: &WheelName, library: &Library, extension: &Extension) -> anyhow::Result<Vec<u8>> {
    let WheelName { distribution, version, .. } = name;
    let own = format!("pkg:pypi/{distribution}@{version}");
    let mut of_library = component("libalgebra", &library.version, OWN);
    of_library["swhid"] = json!([library.swhid()]);
    let mut components = vec![of_library];
    let compiler = compiler(extension);
    for part in &extension.linked {
        // A compiler's own runtime library has the compiler's version.
        let of_compiler = compiler.as_deref().and_then(|name| name.split_once('@'));
        let of_compiler = of_compiler.map_or("", |(_, version)| version);
        let (name, version) = part.split_once('@').unwrap_or((part, of_compiler));
        let known = LICENCES.iter().find(|(known, _)| *known == name);
        let (_, licence) =
            known.with_context(|| format!("the licence of `{name}` is not known"))?;
        components.push(component(name, version, licence));
    }
    let parts: Vec<&Value> = components.iter().map(|part| &part["bom-ref"]).collect();
    let mut tools = vec![tool(&format!("xtask@{}", env!("CARGO_PKG_VERSION")))];
    tools.extend(compiler.as_deref().map(tool));
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": own,
                "type": "library",
                "name": distribution,
                "version": version,
                "purl": own,
                "licenses": [{ "expression": OWN }],
                "properties": [{ "name": "esig:wheel", "value": name.to_string() }],
            },
            "tools": { "components": tools },
        },
        "components": components,
        "dependencies": [{ "ref": own, "dependsOn": parts }],
    });
    bill["serialNumber"] = json!(serial_number(&bill));
    Ok((serde_json::to_string_pretty(&bill)? + "\n").into_bytes())
}

/// The compiler with its version: from the plan if it is known there, else from the module.
fn compiler(extension: &Extension) -> Option<String> {
    let planned = extension.compiler.clone();
    let is_complete = planned.as_deref().is_some_and(|name| name.contains('@'));
    if is_complete { planned } else { compiler_of(&extension.file.content).or(planned) }
}

fn component(name: &str, version: &str, licence: &str) -> Value {
    let mut component = json!({
        "bom-ref": format!("pkg:generic/{name}@{version}").trim_end_matches('@'),
        "type": "library",
        "name": name,
        "licenses": [{ "expression": licence }],
    });
    if !version.is_empty() {
        component["version"] = json!(version);
    }
    component
}

/// A tool of the bill, with its version where that is known.
fn tool(name: &str) -> Value {
    match name.split_once('@') {
        Some((name, version)) => {
            json!({ "type": "application", "name": name, "version": version })
        }
        None => json!({ "type": "application", "name": name }),
    }
}

/// A UUID that is made of the content (version 8): the same content has the same number.
fn serial_number(bill: &Value) -> String {
    let mut bytes = Sha256::digest(bill.to_string())[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hexadecimal(&bytes);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// The folder of libalgebra, in the checkout and in source archives.
const LIBALGEBRA: &str = "libalgebra";

/// The file in which libalgebra says its version.
pub const CMAKE: &str = "libalgebra/CMakeLists.txt";

/// The version in `project(libalgebra VERSION 0.1.0 …`.
pub fn version_in_cmake(text: &str) -> Option<&str> {
    let rest = text.split_once("project(libalgebra VERSION ")?.1;
    rest.split(|c: char| !c.is_ascii_digit() && c != '.').next().filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(linked: &[&str]) -> Extension {
        let file = Entry { path: "tosig.so".to_owned(), content: Vec::new() };
        let linked = linked.iter().map(|part| part.to_string()).collect();
        Extension { file, compiler: Some("zig@0.17.1".to_owned()), linked }
    }

    fn name() -> WheelName {
        "esig-1.1.0-cp38-cp38-manylinux_2_17_armv7l.manylinux2014_armv7l.whl".parse().unwrap()
    }

    fn library(version: &str) -> Library {
        Library { version: version.to_owned(), tree: "1".repeat(40) }
    }

    #[test]
    fn all_that_is_compiled_in_is_listed_with_its_licence() {
        let bill = bill(&name(), &library("0.1.0"), &extension(&["compiler-rt@0.17.1"])).unwrap();
        let bill: Value = serde_json::from_slice(&bill).unwrap();
        let line = |part: &Value| {
            let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
            let licence = text(&part["licenses"][0]["expression"]);
            format!("{} {}, {licence}", text(&part["name"]), text(&part["version"]))
        };
        let parts = bill["components"].as_array().unwrap().iter();
        let lines: Vec<String> =
            [&bill["metadata"]["component"]].into_iter().chain(parts).map(line).collect();
        let expected = [
            "esig 1.1.0, MIT OR Apache-2.0",
            "libalgebra 0.1.0, MIT OR Apache-2.0",
            "compiler-rt 0.17.1, Apache-2.0 WITH LLVM-exception",
        ];
        assert_eq!(lines, expected);
        assert_eq!(bill["metadata"]["tools"]["components"][1]["name"], "zig");
        assert_eq!(bill["specVersion"], "1.6");
        assert_eq!(bill["components"][0]["swhid"][0], format!("swh:1:dir:{}", "1".repeat(40)));
    }

    #[test]
    fn the_same_wheel_has_the_same_bill_and_another_one_another_number() {
        let number = |version, linked: &[&str]| {
            let bill = bill(&name(), &library(version), &extension(linked)).unwrap();
            let bill: Value = serde_json::from_slice(&bill).unwrap();
            bill["serialNumber"].as_str().unwrap().to_owned()
        };
        assert_eq!(number("0.1.0", &[]), number("0.1.0", &[]));
        assert_ne!(number("0.1.0", &[]), number("0.2.0", &[]));
        assert_ne!(number("0.1.0", &[]), number("0.1.0", &["libgcc"]));
    }

    #[test]
    fn a_part_whose_licence_nobody_looked_up_is_refused() {
        let error = bill(&name(), &library("0.1.0"), &extension(&["libstdc++"])).unwrap_err();
        assert_eq!(error.to_string(), "the licence of `libstdc++` is not known");
    }

    #[test]
    fn a_runtime_is_as_old_as_its_compiler() {
        let compiler = Some("gcc@12.2.0".to_owned());
        let extension = Extension { compiler, ..extension(&["libgcc"]) };
        let bill = bill(&name(), &library("0.1.0"), &extension).unwrap();
        let bill: Value = serde_json::from_slice(&bill).unwrap();
        assert_eq!(bill["components"][1]["version"], "12.2.0");
        assert_eq!(bill["metadata"]["tools"]["components"][1]["version"], "12.2.0");
    }

    #[test]
    fn the_version_of_the_library_is_in_its_build() {
        let file = |text: &str| {
            let content = text.as_bytes().to_vec();
            [Entry { path: "libalgebra/CMakeLists.txt".to_owned(), content }]
        };
        let library = Library::of(&file("project(libalgebra VERSION 0.1.0 LANGUAGES)"));
        assert_eq!(library.unwrap().version, "0.1.0");
        assert!(Library::of(&file("project(libalgebra)")).is_err());
        assert!(Library::of(&[]).is_err());
    }
}
