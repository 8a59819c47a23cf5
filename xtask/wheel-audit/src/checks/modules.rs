//! Extension modules: whether interpreters of the wheel's tags find them and their init function.

use super::code::Code;
use crate::{
    binary::Format,
    finding::Subject,
    name::WheelName,
    tags::{PlatformTag, System},
    wheel::base_name,
};

pub fn check(code: Code<'_>, tags: &[PlatformTag], subject: &mut Subject<'_>) {
    let Code { wheel, file, format, slice } = code;
    let Some((name, suffix)) = split(base_name(file)) else { return };
    let init = [format!("PyInit_{name}"), format!("init{name}"), format!("PyModExport_{name}")];
    let is_exported = slice.exports.iter().any(|export| init.contains(export));
    if !is_exported && name.is_ascii() {
        subject.error(format!("exports no init function: `{}` is what would be called", init[0]));
    }
    check_suffix(&wheel.name, suffix, subject);
    let is_for_glibc = tags.iter().any(|tag| matches!(tag.system, System::Glibc(_)));
    if format == Format::Elf && suffix.ends_with("-linux-musl") && is_for_glibc {
        subject
            .error(format!("has the suffix `{suffix}`, which no interpreter with glibc looks for"));
    }
}

/// The name and suffix of a file that its suffix makes an extension module.
fn split(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".so").or_else(|| file.strip_suffix(".pyd"))?;
    let (name, suffix) = stem.split_once('.')?;
    let starts = ["cpython-", "cp3", "abi3", "pypy", "graalpy"];
    starts.iter().any(|start| suffix.starts_with(start)).then_some((name, suffix))
}

/// Checks the Python that a suffix is for: only cp312 looks for `cpython-312-x86_64-linux-gnu`, and
/// only the PyPy of `pypy311_pp73` for `pypy311-pp73-x86_64-linux-gnu`.
fn check_suffix(wheel: &WheelName, suffix: &str, subject: &mut Subject<'_>) {
    if suffix.starts_with("pypy") {
        let is_looked_for = |abi: &str| suffix.starts_with(&(abi.replace('_', "-") + "-"));
        if !wheel.abi_tags().any(is_looked_for) {
            let abi = &wheel.abi;
            subject.error(format!("has the suffix `{suffix}`, which no PyPy of {abi} looks for"));
        }
        return;
    }
    let of_cpython = suffix.strip_prefix("cpython-").or_else(|| suffix.strip_prefix("cp"));
    let Some(version) = of_cpython else { return };
    let version = version.split('-').next().unwrap_or_default();
    let abi = version.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_for = |tag: &str| tag.strip_prefix("cp") == Some(abi);
    let is_any = wheel.python_tags().all(|tag| tag.starts_with("py"));
    let is_stable = wheel.abi_tags().any(|abi| abi == "abi3");
    if is_stable || !(is_any || wheel.python_tags().any(is_for)) {
        let (python, abi) = (&wheel.python, &wheel.abi);
        let what = "which not every interpreter of the wheel's tags looks for";
        subject.error(format!("has the suffix `{suffix}`, {what}: {python}-{abi}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;

    #[test]
    fn a_module_for_pypy_has_the_suffix_of_the_abi_of_its_wheel() {
        let findings = |wheel: &str| {
            let mut findings = Findings::default();
            let suffix = "pypy311-pp73-x86_64-linux-gnu";
            check_suffix(&wheel.parse().unwrap(), suffix, &mut findings.about_wheel("module"));
            findings.into_vec()
        };
        assert!(findings("p-1-pp311-pypy311_pp73-manylinux2014_x86_64.whl").is_empty());
        assert_eq!(
            findings("p-1-pp310-pypy310_pp73-manylinux2014_x86_64.whl")[0].to_string(),
            "has the suffix `pypy311-pp73-x86_64-linux-gnu`, which no PyPy of pypy310_pp73 looks for"
        );
        assert_eq!(findings("p-1-cp311-cp311-manylinux2014_x86_64.whl").len(), 1);
    }

    #[test]
    fn modules_are_known_by_what_follows_their_names() {
        assert_eq!(split("_a.abi3.so"), Some(("_a", "abi3")));
        assert_eq!(split("a.cp312-win_amd64.pyd"), Some(("a", "cp312-win_amd64")));
        assert_eq!(split("a.cpython-38-darwin.so"), Some(("a", "cpython-38-darwin")));
        assert_eq!(split("libz.so.1"), None);
        assert_eq!(split("libz.1.so"), None);
        assert_eq!(split("a.pyd"), None);
    }
}
