//! Why git could not fetch, recognised by what it says.

use super::{Explanation, Failure, failure, recognise};

/// In the order in which they are looked for.
const FAILURES: &[Failure] = &[
    failure(
        &[&["transport '", "not allowed"]],
        "git fetches no submodule from such an address",
        "name one that others have too, https:// or ssh://; to allow folders of this machine all \
         the same: `git config --global protocol.file.allow always`",
    ),
    failure(
        &[&["not our ref"], &["but it did not contain"]],
        "the remote lacks the recorded commit",
        "whoever recorded it has to push it there",
    ),
    failure(
        &[&["could not read username"], &["authentication failed"], &["permission denied ("]],
        "the remote does not let you in",
        "`git ls-remote URL` asks for a login, which a credential helper or `ssh-add` keeps",
    ),
    failure(
        &[
            &["could not resolve host"],
            &["failed to connect"],
            &["connection refused"],
            &["timed out"],
        ],
        "the remote is not reachable",
        "check the network and the name of the host, then repeat the command",
    ),
    failure(
        &[
            &["repository '", "not found"],
            &["repository '", "does not exist"],
            &["does not appear to be a git repository"],
        ],
        "there is no repository at that address",
        "check it with `git ls-remote URL`",
    ),
    failure(
        &[&["no space left on device"]],
        "no space is left on this machine's disk",
        "`cargo xtask clean` makes some",
    ),
];

pub fn explain(output: &str) -> Option<Explanation> {
    recognise(FAILURES, output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::failures::tests::recorded;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let said = recorded::failure("git", name).output;
        assert_eq!(explain(&said).unwrap().what, expected, "{name}");
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
        assert_eq!(explain("fatal: bad object HEAD"), None);
    }
}
