//! CPython's stable ABI: which version added which symbol, and whether a module keeps to them.

use std::{collections::HashMap, sync::LazyLock};

use super::tables::{STABLE_ABI, rows};
use crate::{finding::Subject, name::WheelName, tags::Version};

/// The version that added each symbol of the stable ABI.
static ADDED: LazyLock<HashMap<&str, Version>> = LazyLock::new(|| {
    let mut added = HashMap::new();
    let mut version = (0, 0);
    for line in rows(STABLE_ABI) {
        match line.strip_prefix("[3.").and_then(|line| line.strip_suffix(']')) {
            Some(minor) => version = (3, minor.parse().expect("it is a number")),
            None => added.extend(line.split(' ').map(|name| (name, version))),
        }
    }
    added
});

/// The oldest CPython that a wheel of the stable ABI promises to work with, by its Python tags.
pub fn promise(wheel: &WheelName) -> Option<Version> {
    if !wheel.abi_tags().any(|abi| abi == "abi3") {
        return None;
    }
    let versions = wheel.python_tags().filter_map(|tag| tag.strip_prefix("cp3"));
    let oldest = versions.map(|minor| minor.parse().unwrap_or(2)).min();
    Some((3, oldest.unwrap_or(2)))
}

pub fn check(promised: Version, imports: &[String], subject: &mut Subject<'_>) {
    let mut of_python: Vec<&str> = imports
        .iter()
        .map(String::as_str)
        .filter(|name| name.starts_with("Py") || name.starts_with("_Py"))
        .collect();
    of_python.sort_unstable();
    for name in of_python {
        match ADDED.get(name) {
            None => subject.error(format!("imports `{name}`, which the stable ABI does not have")),
            Some((major, minor)) if (*major, *minor) > promised => {
                let (_, says) = promised;
                let what = format!("has from {major}.{minor} on; the wheel says 3.{says}");
                subject.error(format!("imports `{name}`, which the stable ABI {what}"));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;

    #[test]
    fn symbols_are_those_of_the_version_that_is_promised() {
        let mut findings = Findings::default();
        let imports = [
            "PyLong_FromLong",
            "_Py_Dealloc",
            "PyObject_GetBuffer",
            "PyType_GetModuleByDef",
            "_PyLong_AsByteArray",
            "malloc",
        ];
        let imports = imports.map(str::to_owned);
        check((3, 10), &imports, &mut findings.about_wheel("abi"));
        let found: Vec<String> = findings.into_vec().iter().map(ToString::to_string).collect();
        let expected = [
            "imports `PyObject_GetBuffer`, which the stable ABI has from 3.11 on; \
             the wheel says 3.10",
            "imports `PyType_GetModuleByDef`, which the stable ABI has from 3.13 on; \
             the wheel says 3.10",
            "imports `_PyLong_AsByteArray`, which the stable ABI does not have",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_promise_is_the_oldest_version_of_the_tags() {
        let of = |name: &str| promise(&name.parse().unwrap());
        assert_eq!(of("p-1-cp311-abi3-win32.whl"), Some((3, 11)));
        assert_eq!(of("p-1-cp39.cp310-abi3-win32.whl"), Some((3, 9)));
        assert_eq!(of("p-1-cp311-cp311-win32.whl"), None);
    }
}
