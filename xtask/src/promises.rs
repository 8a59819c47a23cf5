//! What a release promises: each with the name of its check, and what to do when it is broken.

/// Where, in `target/xtask`, it is noted which files kept all of them.
pub const NOTED: &str = "gate.json";

/// Something that is true of every release.
#[derive(Debug, PartialEq, Eq)]
pub struct Promise {
    /// Of its check, for `--only` and `--skip`.
    pub name: &'static str,
    pub what: &'static str,
    pub remedy: &'static str,
}

/// In the order of the table at the end.
pub const PROMISES: &[Promise] = &[
    Promise {
        name: "versions",
        what: "package, changelog, tag, libalgebra and archives have the same versions",
        remedy: "`cargo xtask release VERSION` sets them all; then build again",
    },
    Promise {
        name: "clean-tree",
        what: "what is in the working tree is what is committed",
        remedy: "commit it, or `git stash`; then build again",
    },
    Promise {
        name: "submodule",
        what: "libalgebra/ is what everybody can fetch",
        remedy: "`cargo xtask libalgebra status --release` says what is in the way",
    },
    Promise {
        name: "images-pinned",
        what: "the images that wheels are built in are pinned",
        remedy: "`cargo xtask images list` shows the digests for `[images]` of xtask/xtask.toml",
    },
    Promise {
        name: "sdist-complete",
        what: "the source archive holds what git tracks",
        remedy: "name it in MANIFEST.in, or in `[tool.check-sdist]` of pyproject.toml; then \
                 `cargo xtask sdist`",
    },
    Promise {
        name: "sdist-reproducible",
        what: "anybody who builds the source archive gets the same bytes",
        remedy: "`cargo xtask sdist`; if it still differs, look for what reads the environment",
    },
    Promise {
        name: "sdist-installs",
        what: "plain pip installs the source archive in the oldest and the newest CPython",
        remedy: "the log has what pip and the compiler said; `--install-tools` installs a CPython \
                 that is missing",
    },
    Promise {
        name: "wheels-complete",
        what: "there is every wheel of the configuration, and no other file",
        remedy: "`cargo xtask wheels IDENTIFIER`; what was not meant belongs elsewhere",
    },
    Promise {
        name: "audit",
        what: "each wheel's tags are true to its contents",
        remedy: "build it again; `cargo xtask audit WHEEL` judges one alone",
    },
    Promise {
        name: "hardened",
        what: "each library is hardened against attacks",
        remedy: "link with the flags of `toolchain/`, then build again",
    },
    Promise {
        name: "metadata",
        what: "METADATA is valid and that of the source archive",
        remedy: "change setup.cfg, not the result; then build again",
    },
    Promise {
        name: "contents",
        what: "the files of each wheel are those of the source archive",
        remedy: "build the wheels from this very source archive: `cargo xtask wheels`",
    },
    Promise {
        name: "private",
        what: "nothing absolute, private or secret is inside",
        remedy: "find what wrote it there; a secret that was ever public has to be replaced",
    },
    Promise {
        name: "licences",
        what: "each wheel has its licences and its bill of materials",
        remedy: "build it again with `cargo xtask wheels`, which puts them in",
    },
    Promise {
        name: "readme",
        what: "README renders, and its examples and commands work",
        remedy: "correct README.md, then build again: the archives hold it",
    },
    Promise {
        name: "tests-passed",
        what: "every wheel that can run here passed its tests",
        remedy: "`cargo xtask wheels IDENTIFIER` tests it",
    },
];

impl Promise {
    pub fn named(name: &str) -> Option<&'static Promise> {
        PROMISES.iter().find(|promise| promise.name == name)
    }
}
