//! Stand-ins for C libraries: a library of nothing but the names that we use, to link against.
//!
//! To link against a library, its name and the names and versions of its functions are enough. With
//! a stand-in that has just those, a module is linked for any target at once, and cannot use a
//! function that is not listed here. The audit of a wheel goes by the same list.

use crate::ground::matrix::{Libc, Platform, Target};

/// All that libalgebra and the binding ask the C library for.
pub const C_FUNCTIONS: &[&str] =
    &["calloc", "free", "malloc", "memcpy", "memmove", "memset", "realloc"];

/// The DLLs in which Windows has them, from Windows 10 on, and wherever CPython 3.5 or newer is
/// installed.
pub const CRT: &[(&str, &[&str])] = &[
    ("api-ms-win-crt-heap-l1-1-0.dll", &["calloc", "free", "malloc", "realloc"]),
    ("api-ms-win-crt-private-l1-1-0.dll", &["memcpy", "memmove"]),
    ("api-ms-win-crt-string-l1-1-0.dll", &["memset"]),
];

/// The source of a symbol that Visual Studio's compilers ask for where floating point is used. A C
/// runtime has it; it has no other meaning.
pub const FLOATING_POINT: &str = "floating_point.c";

/// The files that a stand-in is made of, by name.
pub fn files(target: &Target) -> Vec<(String, String)> {
    match target.platform {
        Platform::Macos | Platform::Pyodide => Vec::new(),
        Platform::Linux => elf_files(target),
        Platform::Windows => {
            let file = |(dll, names): &(&str, &[&str])| {
                (format!("{dll}.def"), definition(dll, names.iter().map(|name| (*name).to_owned())))
            };
            let mark = (FLOATING_POINT.to_owned(), "int _fltused = 1;\n".to_owned());
            CRT.iter().map(file).chain([mark]).collect()
        }
    }
}

/// The name by which the loader knows the C library.
pub fn soname(target: &Target) -> String {
    match target.libc {
        Libc::Musl => format!("libc.musl-{}.so.1", target.musl_architecture()),
        Libc::Glibc { .. } | Libc::System => "libc.so.6".to_owned(),
    }
}

fn elf_files(target: &Target) -> Vec<(String, String)> {
    let function = |name: &&str| format!(".globl {name}\n.type {name}, %function\n{name}:\n");
    let functions: String = C_FUNCTIONS.iter().map(function).collect();
    let source = format!(".text\n{functions}.section .note.GNU-stack,\"\",%progbits\n");
    let mut files = vec![("libc.s".to_owned(), source)];
    if let Libc::Glibc { symbols, .. } = target.libc {
        let map = format!("{symbols} {{ {}; }};\n", C_FUNCTIONS.join("; "));
        files.push(("libc.map".to_owned(), map));
    }
    files
}

/// A module definition file: what a DLL has, for dlltool.
pub fn definition(dll: &str, names: impl Iterator<Item = String>) -> String {
    let names: String = names.map(|name| format!("    {name}\n")).collect();
    format!("LIBRARY \"{dll}\"\nEXPORTS\n{names}")
}

/// The names that objects import from Python, sorted, as a module definition file has them.
/// 32-bit Windows puts an underscore before every name of C.
pub fn python_names(undefined: &[String], is_32_bit: bool) -> Vec<String> {
    let mut names: Vec<String> = undefined
        .iter()
        .map(|symbol| symbol.strip_prefix("__imp_").unwrap_or(symbol))
        .filter_map(|symbol| if is_32_bit { symbol.strip_prefix('_') } else { Some(symbol) })
        .filter(|name| name.starts_with("Py") || name.starts_with("_Py"))
        .map(|name| if is_data(name) { format!("{name} DATA") } else { name.to_owned() })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a name is that of a variable, which is imported otherwise than a function.
fn is_data(name: &str) -> bool {
    name.starts_with("PyExc_") || name.ends_with("Struct") || name.ends_with("_Type")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn every_function_that_we_use_is_somewhere_on_windows() {
        let mut names: Vec<&str> = CRT.iter().flat_map(|(_, names)| *names).copied().collect();
        names.sort_unstable();
        assert_eq!(names, C_FUNCTIONS);
    }

    #[test]
    fn a_stand_in_for_glibc_has_the_versions_of_its_functions() {
        let files = files(Target::named("manylinux_s390x").unwrap());
        expect![[r#"
            GLIBC_2.2 { calloc; free; malloc; memcpy; memmove; memset; realloc; };
        "#]]
        .assert_eq(&files[1].1);
        assert_eq!(soname(Target::named("musllinux_i686").unwrap()), "libc.musl-x86.so.1");
    }

    #[test]
    fn names_are_those_that_the_dll_has() {
        let names = |symbols: &[&str], is_32_bit| {
            let symbols: Vec<String> = symbols.iter().map(|s| (*s).to_owned()).collect();
            python_names(&symbols, is_32_bit)
        };
        let of_64 = ["malloc", "__imp_PyLong_FromLong", "_Py_Dealloc", "__imp_PyExc_TypeError"];
        let expected = ["PyExc_TypeError DATA", "PyLong_FromLong", "_Py_Dealloc"];
        assert_eq!(names(&of_64, false), expected);
        let of_32 =
            ["_malloc", "__imp__PyLong_FromLong", "___Py_NoneStruct", "__imp__PyExc_KeyError"];
        let expected = ["PyExc_KeyError DATA", "PyLong_FromLong"];
        assert_eq!(names(&of_32, true)[..2], expected);
    }
}
