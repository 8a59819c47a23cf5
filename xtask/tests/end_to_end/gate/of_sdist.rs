//! What is wrong in the source archive.

use super::{
    Mutation,
    archives::{EPOCH, Files, edit_sdist, find, read_sdist, remove, replace, write_sdist},
};

const SDIST: &str = "esig-1.1.0.tar.gz";

fn archive(
    name: impl Into<String>,
    broken: &'static [&'static str],
    change: impl Fn(&[u8]) -> Vec<u8> + 'static,
) -> Mutation {
    Mutation::new(name, broken, move |_, files| {
        let changed = change(&files[SDIST]);
        files.insert(SDIST.to_owned(), changed);
    })
}

fn content(
    name: impl Into<String>,
    broken: &'static [&'static str],
    change: impl Fn(&mut Files) + 'static,
) -> Mutation {
    archive(name, broken, move |bytes| edit_sdist(bytes, &change))
}

const COMPLETE: &[&str] = &["sdist-complete"];
const INSTALLS: &[&str] = &["sdist-installs", "sdist-complete"];
/// What is compiled in, a bill of materials names to the byte.
const OF_LIBRARY: &[&str] = &["sdist-complete", "licences"];
const METADATA: &[&str] = &["metadata"];
const PRIVATE: &[&str] = &["private", "sdist-complete"];

pub fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    for file in [
        "/esig/ext/arguments.h",
        "/MANIFEST.in",
        "/setup.py",
        "/tests/conftest.py",
        "/esig/extension.json",
    ] {
        all.push(content(format!("no {file} in the sdist"), COMPLETE, move |files| {
            remove(files, file);
        }));
    }
    for file in ["/libalgebra/src/checked.h", "/libalgebra/src/tensor.cpp"] {
        all.push(content(format!("no {file} in the sdist"), OF_LIBRARY, move |files| {
            remove(files, file);
        }));
    }
    all.extend([
        content("another libalgebra of the same version", OF_LIBRARY, |files| {
            find(files, "/libalgebra/README.md").push(b'\n');
        }),
        content("a module that the wheels lack", &["contents", "sdist-complete"], |files| {
            files.push(("esig-1.1.0/esig/extra.py".into(), Vec::new()));
        }),
        content("a file beside the sources", COMPLETE, |files| {
            files.push(("esig-1.1.0/core.dump".into(), b"core".to_vec()));
        }),
        content("a changed header", COMPLETE, |files| {
            find(files, "/esig/ext/buffers.h").push(b'\n');
        }),
        content("other settings of setuptools", COMPLETE, |files| {
            replace(find(files, "/setup.cfg"), b"install_requires = numpy", b"install_requires =");
        }),
        content("a version in PKG-INFO alone", &["metadata", "versions"], |files| {
            let info = files.iter_mut().find(|(path, _)| path == "esig-1.1.0/PKG-INFO").unwrap();
            replace(&mut info.1, b"\nVersion: 1.1.0", b"\nVersion: 1.1.1");
        }),
        content("no PKG-INFO", METADATA, |files| {
            files.retain(|(path, _)| path != "esig-1.1.0/PKG-INFO");
        }),
        content("a path of somebody in a source", PRIVATE, |files| {
            let home = ["// /ho", "me/ada/esig\n"].concat();
            find(files, "/esig/ext/tosig.cpp").extend(home.bytes());
        }),
        content("a private key", PRIVATE, |files| {
            let key = ["-----BEGIN PRIVATE", " KEY-----\n"].concat();
            find(files, "/tests/conftest.py").extend(key.bytes());
        }),
    ]);
    all.extend(of_bytes());
    all.extend(of_users());
    all
}

/// What pip and an index would say: only asking them tells that.
fn of_users() -> [Mutation; 3] {
    [
        content("a build that fails", INSTALLS, |files| {
            find(files, "/setup.py").extend(b"raise SystemExit('no compiler')\n");
        })
        .also("sdist-installs"),
        content("a build requirement that is not declared", INSTALLS, |files| {
            find(files, "/setup.py").extend(b"import pyparsing\n");
        })
        .also("sdist-installs"),
        content("a README of no known kind", &["readme", "metadata"], |files| {
            let info = files.iter_mut().find(|(path, _)| path == "esig-1.1.0/PKG-INFO").unwrap();
            replace(&mut info.1, b"Type: text/markdown", b"Type: text/hypertext");
        })
        .also("readme"),
    ]
}

/// The same files in other bytes: only building it again tells that.
fn of_bytes() -> Vec<Mutation> {
    let reproducible = &["sdist-reproducible"];
    let all = [
        archive("another time in the sdist", reproducible, |bytes| {
            write_sdist(&read_sdist(bytes), EPOCH + 1)
        }),
        content("another order in the sdist", reproducible, |files| files.reverse()),
        archive("a time in gzip's header", reproducible, |bytes| {
            let mut bytes = bytes.to_vec();
            bytes[4] = 1;
            bytes
        }),
    ];
    let unreadable: &[&str] =
        &["sdist-complete", "contents", "licences", "metadata", "sdist-reproducible"];
    let cut = [
        archive("a sdist that is cut off", unreadable, |bytes| bytes[..bytes.len() / 2].to_vec()),
        archive("an empty sdist", unreadable, |_| Vec::new()),
    ];
    all.into_iter().chain(cut).map(|mutation| mutation.also("sdist-reproducible")).collect()
}
