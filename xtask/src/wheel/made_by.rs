//! The compiler that made a library, by what the library says.

use object::{Object, ObjectSection};

/// The section in which gcc and clang leave their names on Linux.
const SIGNATURES: &str = ".comment";

/// `gcc@12.2.0`; none where the library does not tell, as those for macOS and Windows never do.
pub fn compiler_of(library: &[u8]) -> Option<String> {
    let file = object::File::parse(library).ok()?;
    let section = file.section_by_name(SIGNATURES)?;
    let signatures = String::from_utf8_lossy(section.data().ok()?).into_owned();
    signatures.split('\0').find_map(of_signature)
}

/// The compiler in a signature. Distributors put their own names before or behind the version.
fn of_signature(signature: &str) -> Option<String> {
    let (name, rest) = match signature.strip_prefix("GCC: (") {
        Some(rest) => ("gcc", rest.split_once(") ")?.1),
        None => ("clang", signature.split_once("clang version ")?.1),
    };
    let version = rest.split([' ', '-']).next().filter(|version| !version.is_empty())?;
    Some(format!("{name}@{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_sign_what_they_make() {
        for (signature, expected) in [
            ("GCC: (Debian 12.2.0-14+deb12u1) 12.2.0", Some("gcc@12.2.0")),
            ("GCC: (GNU) 10.2.1 20210130 (Red Hat 10.2.1-11)", Some("gcc@10.2.1")),
            ("Debian clang version 14.0.6", Some("clang@14.0.6")),
            ("clang version 19.1.7 (https://example.org/zig-bootstrap 1c3c)", Some("clang@19.1.7")),
            ("Linker: LLD 19.1.7", None),
            ("GCC: (GNU) ", None),
            ("", None),
        ] {
            assert_eq!(of_signature(signature).as_deref(), expected, "{signature}");
        }
    }

    #[test]
    fn what_is_no_library_says_nothing() {
        assert_eq!(compiler_of(b"\x7fELF"), None);
        assert_eq!(compiler_of(b""), None);
    }
}
