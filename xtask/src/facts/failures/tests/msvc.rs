//! Why Visual Studio's compiler or linker failed.

use super::super::recognise;

/// Written after Microsoft's descriptions of these errors, not recorded.
#[test]
fn what_the_machine_lacks_is_told() {
    let what = |said: &str| recognise("visual_studio", said).map(|explanation| explanation.what);
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
