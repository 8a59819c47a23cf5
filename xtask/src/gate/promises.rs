//! What a release promises: the name of each promise, and what to do when it is broken.

use std::{fmt, str::FromStr};

use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::meant::did_you_mean;

/// The file in `target/xtask` that notes which files kept all promises.
pub const NOTED: &str = "gate.json";

macro_rules! promises {
    ($($promise:ident $name:literal: $what:literal, else $remedy:literal;)*) => {
        /// Something that is true of every release.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Promise {
            $(#[serde(rename = $name)] $promise,)*
        }

        impl Promise {
            /// All of them, in the order of the table at the end.
            pub const ALL: &[Promise] = &[$(Promise::$promise,)*];

            /// Its name, for `--only` and `--skip`.
            pub fn name(self) -> &'static str {
                match self { $(Promise::$promise => $name,)* }
            }

            /// What is true of the release.
            pub fn what(self) -> &'static str {
                match self { $(Promise::$promise => $what,)* }
            }

            /// What to do when it is not.
            pub fn remedy(self) -> &'static str {
                match self { $(Promise::$promise => $remedy,)* }
            }
        }
    };
}

promises! {
    Versions "versions": "package, changelog, tag, libalgebra and archives have the same versions",
        else "`cargo xtask release VERSION` sets them all; then build again";
    CleanTree "clean-tree": "what is in the working tree is what is committed",
        else "commit it, or `git stash`; then build again";
    Submodule "submodule": "libalgebra/ is what everybody can fetch",
        else "`cargo xtask libalgebra status --release` says what is in the way";
    ImagesPinned "images-pinned": "the images that wheels are built in are pinned",
        else "`cargo xtask images list` shows the digests for `[images]` of xtask/xtask.toml";
    SdistComplete "sdist-complete": "the source archive holds what git tracks",
        else "name it in MANIFEST.in, or in `[tool.check-sdist]` of pyproject.toml; then `cargo \
              xtask sdist`";
    SdistReproducible "sdist-reproducible": "anybody who builds the source archive gets the same bytes",
        else "`cargo xtask sdist`; if it still differs, look for what reads the environment";
    SdistInstalls "sdist-installs": "plain pip installs the source archive in the oldest and the newest CPython",
        else "the log has what pip and the compiler said; `--install-tools` installs a CPython \
              that is missing";
    WheelsComplete "wheels-complete": "there is every wheel of the configuration, and no other file",
        else "`cargo xtask wheels IDENTIFIER`; what was not meant belongs elsewhere";
    Audit "audit": "each wheel's tags are true to its contents",
        else "build it again; `cargo xtask audit WHEEL` judges one alone";
    Hardened "hardened": "each library is hardened against attacks",
        else "link with the flags of `toolchain/`, then build again";
    Metadata "metadata": "METADATA is valid and that of the source archive",
        else "change setup.cfg, not the result; then build again";
    Contents "contents": "the files of each wheel are those of the source archive",
        else "build the wheels from this very source archive: `cargo xtask wheels`";
    Private "private": "nothing absolute, private or secret is inside",
        else "find what wrote it there; a secret that was ever public has to be replaced";
    Licences "licences": "each wheel has its licences and its bill of materials",
        else "build it again with `cargo xtask wheels`, which puts them in";
    Readme "readme": "README renders, and its examples and commands work",
        else "correct README.md, then build again: the archives hold it";
    TestsPassed "tests-passed": "every wheel passed its tests, or is listed as audited only",
        else "`cargo xtask wheels IDENTIFIER` tests it; `cargo xtask gather DIR` takes over what \
              other machines say; `audited-only` of xtask/xtask.toml lists what nobody can run";
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Promise {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Promise> {
        let found = Promise::ALL.iter().find(|promise| promise.name() == name);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Promise::ALL.iter().map(|promise| promise.name()).collect();
            let hint = format!("{}they are {}", did_you_mean(name, &names), names.join(", "));
            hinted(format!("`{name}` is no check"), hint)
        })
    }
}
