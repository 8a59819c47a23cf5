//! A small release that keeps its promises, for the tests of the checks to break.

use wheel_audit::{Entry, read_zip};

use super::{ReleasedWheel, not_installed};
use crate::wheel::assemble;

pub const WHEEL: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

pub const PKG_INFO: &str = "\
Metadata-Version: 2.4
Name: esig
Version: 1.1.0
Summary: Signatures
License-Expression: MIT OR Apache-2.0
Requires-Python: >=2.7
Description-Content-Type: text/markdown
License-File: LICENSE
Requires-Dist: numpy

# esig
";

pub fn entry(path: &str, content: &str) -> Entry {
    Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
}

pub fn source() -> Vec<Entry> {
    vec![
        entry("LICENSE", "MIT OR Apache-2.0"),
        entry("PKG-INFO", PKG_INFO),
        entry("esig/__init__.py", "x = 1\n"),
        entry("esig/_version.py", "__version__ = \"1.1.0\"\n"),
        entry("libalgebra/CMakeLists.txt", "project(libalgebra VERSION 0.1.0 LANGUAGES CXX)\n"),
    ]
}

/// Made of a source archive as the build makes it.
pub fn wheel(source: &[Entry]) -> ReleasedWheel {
    let name = WHEEL.parse().unwrap();
    let extension = entry("tosig.cpython-38-x86_64-linux-gnu.so", "ELF");
    let bytes = assemble(&name, source, extension).unwrap();
    ReleasedWheel { file: WHEEL.to_owned(), name, entries: read_zip(&bytes).unwrap() }
}

impl ReleasedWheel {
    /// Another content, or another file.
    pub fn with(mut self, path: &str, content: &str) -> ReleasedWheel {
        self.entries.retain(|entry| entry.path != path);
        self.entries.push(entry(path, content));
        self
    }

    pub fn without(mut self, path: &str) -> ReleasedWheel {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.path != path);
        assert_eq!(self.entries.len(), before - 1, "there is no `{path}`");
        self
    }
}

#[test]
fn where_the_source_archive_was_not_tried_is_no_success() {
    assert!(not_installed(&[]).unwrap().is_empty());
    let expected = "there is no CPython 2.7 here to install it in";
    assert_eq!(not_installed(&["cp27mu".to_owned()]).unwrap(), [expected]);
    assert!(not_installed(&["none".to_owned()]).is_err());
}
