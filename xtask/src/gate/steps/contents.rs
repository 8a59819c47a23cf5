//! The files of each wheel are those of the source archive, and the extension, and no others.

use wheel_audit::Entry;

use super::{ReleasedWheel, content};
use crate::{ground::matrix::Identifier, wheel::BUILD_ONLY};

const MODULE: &str = "esig.tosig";

pub fn of_wheel(source: &[Entry], wheel: &ReleasedWheel) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |what: String| findings.push(format!("`{}` {what}", wheel.file));
    let is_shipped = |path: &str| {
        path.starts_with("esig/") && !BUILD_ONLY.iter().any(|start| path.starts_with(start))
    };
    for entry in source.iter().filter(|entry| is_shipped(&entry.path)) {
        match wheel.content(&entry.path) {
            None => say(format!("lacks `{}`", entry.path)),
            Some(theirs) if theirs != entry.content => {
                say(format!("has another `{}` than the source archive", entry.path));
            }
            Some(_) => {}
        }
    }
    let dist_info = format!("{}/", wheel.name.dist_info());
    let extension = extension(wheel);
    for path in wheel.entries.iter().map(|entry| entry.path.as_str()) {
        let is_known = path.starts_with(&dist_info)
            || is_shipped(path) && content(source, path).is_some()
            || Some(path) == extension.as_deref();
        if !is_known {
            say(format!("has `{path}`, which the source archive has not"));
        }
    }
    if let Some(extension) = extension.filter(|path| wheel.content(path).is_none()) {
        say(format!("lacks `{extension}`"));
    }
    findings
}

/// None if the tags of the wheel are not of ours, which is a finding of another promise.
fn extension(wheel: &ReleasedWheel) -> Option<String> {
    let name = &wheel.name;
    let identifier = Identifier::of_tags(&name.python, &name.abi, &name.platform).ok()?;
    Some(format!("esig/{}", identifier.extension_name(MODULE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::{WHEEL, source, wheel};

    #[test]
    fn a_wheel_of_its_source_archive_is_complete() {
        assert_eq!(of_wheel(&source(), &wheel(&source())), [""; 0]);
    }

    #[test]
    fn what_is_missing_changed_or_more_is_named() {
        let changed = wheel(&source())
            .with("esig/__init__.py", "x = 2\n")
            .with("esig/extra.py", "")
            .without("esig/tosig.cpython-38-x86_64-linux-gnu.so");
        let expected = [
            format!("`{WHEEL}` has another `esig/__init__.py` than the source archive"),
            format!("`{WHEEL}` has `esig/extra.py`, which the source archive has not"),
            format!("`{WHEEL}` lacks `esig/tosig.cpython-38-x86_64-linux-gnu.so`"),
        ];
        assert_eq!(of_wheel(&source(), &changed), expected);
    }
}
