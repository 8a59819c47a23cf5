//! Why Visual Studio's compiler or linker failed, where the machine is to blame and not the source.

use super::{Explanation, Failure, failure, recognise};

const FAILURES: &[Failure] = &[
    failure(
        &[&["c1083", "python.h"], &["c1083", "pyconfig.h"]],
        "the interpreter has no headers",
        "install it with the installer of python.org, or `nuget install python`",
    ),
    failure(
        &[&["c1083", "stdlib.h"], &["c1083", "stddef.h"], &["c1083", "stdio.h"]],
        "there is no Windows SDK",
        "add one with the Visual Studio Installer, or use `--builder zig`, which needs none",
    ),
    failure(
        &[&["lnk1104", "libs", "python"]],
        "the interpreter has no libraries to link against, beside its headers in `libs`",
        "install it with the installer of python.org, or `nuget install python`",
    ),
    failure(
        &[&["c1060"], &["c1076"], &["lnk1102"], &["c1002"]],
        "the compiler ran out of memory",
        "compile less at once: `--jobs 1`",
    ),
    failure(
        &[&["c1085"], &["lnk1140"], &["there is not enough space on the disk"]],
        "no space is left on the disk",
        "free some, then repeat the command",
    ),
];

pub fn explain(output: &str) -> Option<Explanation> {
    recognise(FAILURES, output)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written after Microsoft's descriptions of these errors, not recorded.
    #[test]
    fn what_the_machine_lacks_is_told() {
        let what = |said: &str| explain(said).map(|explanation| explanation.what.into_owned());
        let no_headers = "tosig.cpp(3): fatal error C1083: Cannot open include file: 'Python.h': \
                          No such file or directory";
        assert_eq!(what(no_headers).unwrap(), "the interpreter has no headers");
        let no_library = "LINK : fatal error LNK1104: cannot open file \
                          'C:/Program Files/Python311/libs/python3.lib'";
        assert!(what(no_library).unwrap().starts_with("the interpreter has no libraries"));
        let no_memory = "fatal error C1060: compiler is out of heap space";
        assert_eq!(what(no_memory).unwrap(), "the compiler ran out of memory");
        assert_eq!(what("a.cpp(1): error C2143: syntax error: missing ';' before '}'"), None);
    }
}
