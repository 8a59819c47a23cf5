//! Binaries for Pyodide: whether its loader takes them for libraries, and finds what they need.

use super::code::Code;
use crate::finding::Subject;

pub fn check(code: Code<'_>, subject: &mut Subject<'_>) {
    let Code { wheel, file, slice, .. } = code;
    if slice.is_program && file.ends_with(".so") {
        subject.error("is no library: it does not begin with the section `dylink.0`");
    }
    // Packages of Pyodide's own distribution find libraries that it has loaded before.
    for library in slice.needed.iter().filter(|library| !wheel.has_named(library)) {
        subject.warning(format!("needs `{library}`, which is not in the wheel"));
    }
}
