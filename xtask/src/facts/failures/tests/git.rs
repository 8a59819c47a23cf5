//! Why git could not fetch.

use super::{super::recognise, recorded};

#[track_caller]
fn check(name: &str, expected: &str) {
    let said = recorded::failure("git", name).output;
    assert_eq!(recognise("git", &said).unwrap().what, expected, "{name}");
}

#[test]
fn why_a_submodule_was_not_fetched_is_recognised() {
    check("transport_file", "git fetches no submodule from such an address");
    check("commit_missing", "the remote lacks the recorded commit");
    check("login_http", "the remote does not let you in");
    check("host_unknown", "the remote is not reachable");
    check("host_refuses", "the remote is not reachable");
    check("absent_http", "there is no repository at that address");
    check("absent_path", "there is no repository at that address");
}

#[test]
fn what_is_not_known_is_not_explained() {
    assert_eq!(recognise("git", "fatal: bad object HEAD"), None);
}
