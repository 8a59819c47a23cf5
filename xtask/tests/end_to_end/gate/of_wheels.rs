//! What is wrong in a wheel, but for its library.

use super::{
    Mutation,
    archives::{Files, edit_sdist, edit_wheel, edit_wheel_alone, find, remove, replace},
    of_checkout::named,
};

/// Parts of names, so that each mutation is of another wheel than the one before it.
pub const WHEELS: &[&str] = &[
    "cp38-cp38-manylinux_2_17_x86_64",
    "cp311-abi3-manylinux_2_17_x86_64",
    "cp38-cp38-manylinux_2_17_armv7l",
    "cp311-abi3-manylinux_2_17_armv7l",
    "cp38-cp38-win_amd64",
    "cp311-abi3-win_amd64",
    "cp38-cp38-macosx",
    "cp311-abi3-macosx",
];

/// A change, what it is called, and which checks find it.
type Change = (&'static str, &'static [&'static str], fn(&mut Files));

type Edit = fn(&[u8], fn(&mut Files)) -> Vec<u8>;

fn on_wheels(changes: &[Change], edit: Edit) -> Vec<Mutation> {
    let one = |(at, &(name, broken, change)): (usize, &Change)| {
        let part = WHEELS[at % WHEELS.len()];
        Mutation::new(format!("{name} in {part}"), broken, move |_, files| {
            let file = named(files, part);
            let changed = edit(&files[&file], change);
            files.insert(file, changed);
        })
    };
    changes.iter().enumerate().map(one).collect()
}

fn replace_in(files: &mut Files, end: &str, from: &str, to: &str) {
    replace(find(files, end), from.as_bytes(), to.as_bytes());
}

fn add(files: &mut Files, path: &str, content: &str) {
    files.push((path.to_owned(), content.as_bytes().to_vec()));
}

const RECORD: &str = ".dist-info/RECORD";
const METADATA: &str = ".dist-info/METADATA";
const WHEEL: &str = ".dist-info/WHEEL";
const BILL: &str = "/sboms/esig.cdx.json";

/// Found because RECORD does not hold.
const OF_RECORD: &[Change] = &[
    ("a hash off", &["audit"], |f| replace_in(f, RECORD, "sha256=4", "sha256=5")),
    ("a size off", &["audit"], |f| replace_in(f, RECORD, "__init__.py,sha256", "__init__.py,md5")),
    ("a line less", &["audit"], |f| {
        let text = String::from_utf8(find(f, RECORD).clone()).unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        *find(f, RECORD) = (lines.join("\n") + "\n").into_bytes();
    }),
    ("a line more", &["audit"], |f| find(f, RECORD).extend(b"esig/ghost.py,,\n")),
    ("a line twice", &["audit"], |f| {
        let text = String::from_utf8(find(f, RECORD).clone()).unwrap();
        let line = text.lines().next().unwrap().to_owned() + "\n";
        find(f, RECORD).extend(line.bytes());
    }),
    ("no RECORD", &["audit"], |f| remove(f, RECORD)),
    ("an empty RECORD", &["audit"], |f| find(f, RECORD).clear()),
    ("a file that was changed later", &["audit", "contents"], |f| {
        find(f, "esig/__init__.py").push(b'\n');
    }),
    ("a file that was added later", &["audit", "contents"], |f| add(f, "esig/late.py", "")),
    ("a licence that was changed later", &["audit", "licences"], |f| {
        find(f, "/licenses/LICENSE").push(b'\n');
    }),
];

/// RECORD holds; what it records is wrong.
const OF_FILES: &[Change] = &[
    ("other tags in WHEEL", &["metadata"], |f| replace_in(f, WHEEL, "Tag: cp3", "Tag: cp4")),
    ("no WHEEL", &["metadata"], |f| remove(f, WHEEL)),
    ("no METADATA", &["metadata", "licences"], |f| remove(f, METADATA)),
    ("another name", &["metadata"], |f| replace_in(f, METADATA, "Name: esig", "Name: gise")),
    ("another version", &["metadata"], |f| {
        replace_in(f, METADATA, "\nVersion: 1.1.0", "\nVersion: 1.1.1");
    }),
    ("names that differ in case", &["audit", "contents"], |f| add(f, "esig/__INIT__.py", "")),
    ("a path that leads out", &["audit"], |f| add(f, "../evil.py", "")),
    ("another description", &["metadata"], |f| find(f, METADATA).extend(b"more\n")),
    ("another requirement", &["metadata"], |f| {
        replace_in(f, METADATA, "Requires-Dist: numpy", "Requires-Dist: numpy<2");
    }),
    ("a pure library", &["metadata"], |f| replace_in(f, WHEEL, "Purelib: false", "Purelib: true")),
    ("a newer format", &["metadata"], |f| {
        replace_in(f, WHEEL, "Wheel-Version: 1.0", "Wheel-Version: 2.0");
    }),
    ("no word of what made it", &["metadata"], |f| replace_in(f, WHEEL, "Generator", "Maker")),
    ("a module more", &["contents"], |f| add(f, "esig/extra.py", "")),
    ("a module less", &["contents"], |f| remove(f, "esig/backends.py")),
    ("another module", &["contents"], |f| find(f, "esig/backends.py").push(b'\n')),
    ("no types", &["contents"], |f| remove(f, "esig/py.typed")),
    ("a self-test less", &["contents"], |f| remove(f, "esig/tests/test_contract.py")),
    ("sources of the extension", &["contents"], |f| add(f, "esig/ext/tosig.cpp", "")),
    ("the manifest of the extension", &["contents"], |f| add(f, "esig/extension.json", "{}")),
    ("a file that runs at every start", &["contents"], |f| add(f, "esig.pth", "import esig")),
    ("another package", &["contents", "audit"], |f| add(f, "tests/__init__.py", "")),
    ("a program", &["contents"], |f| add(f, "esig-1.1.0.data/scripts/esig", "#!python\n")),
    ("no licence", &["licences", "metadata"], |f| remove(f, "dist-info/licenses/LICENSE")),
    ("no licence of libalgebra", &["licences", "metadata"], |f| {
        remove(f, "licenses/libalgebra/LICENSE")
    }),
    ("another licence", &["licences"], |f| find(f, "info/licenses/LICENSE").push(b'!')),
    ("an empty licence", &["licences"], |f| find(f, "libalgebra/LICENSE").clear()),
    ("no bill of materials", &["licences"], |f| remove(f, BILL)),
    ("a bill that is no JSON", &["licences"], |f| find(f, BILL).truncate(20)),
    ("a bill of another format", &["licences"], |f| replace_in(f, BILL, "\"1.6\"", "\"1.4\"")),
    ("a bill of another release", &["licences"], |f| {
        replace_in(f, BILL, "\"version\": \"1.1.0\"", "\"version\": \"1.0.0\"");
    }),
    ("a bill of another libalgebra", &["licences"], |f| {
        replace_in(f, BILL, "\"0.1.0\"", "\"0.2.0\"")
    }),
    ("a bill without libalgebra", &["licences"], |f| {
        replace_in(f, BILL, "\"name\": \"libalgebra\"", "\"name\": \"liebalgebra\"");
    }),
    ("a part without licence", &["licences"], |f| {
        replace_in(f, BILL, "\"licenses\"", "\"licences\"")
    }),
    ("a note of where it was installed from", &["private"], |f| {
        let url = ["{\"url\": \"file:///ho", "me/ada/esig\"}"].concat();
        add(f, "esig-1.1.0.dist-info/direct_url.json", &url);
    }),
    ("a token of PyPI", &["private"], |f| {
        let token = ["pypi-AgEI", "cHlwaS5vcmcCJDU"].concat();
        add(f, "esig-1.1.0.dist-info/notes.txt", &token);
    }),
    ("a token of GitHub", &["private"], |f| {
        let token = format!("{}{}", ["gh", "p_"].concat(), "aB3".repeat(12));
        add(f, "esig-1.1.0.dist-info/notes.txt", &token);
    }),
    ("a temporary path", &["private", "audit"], |f| {
        add(f, "esig-1.1.0.dist-info/notes.txt", &["/t", "mp/build-1/"].concat());
    }),
];

pub fn mutations() -> Vec<Mutation> {
    let mut all = on_wheels(OF_RECORD, |bytes, change| edit_wheel_alone(bytes, change));
    all.extend(on_wheels(OF_FILES, |bytes, change| edit_wheel(bytes, change)));
    all.extend(of_all());
    all.extend(of_names());
    all
}

/// In the source archive and every wheel: they agree, and are wrong all the same.
fn of_all() -> Vec<Mutation> {
    const CHANGES: &[(&str, &[&str], &str, &str)] = &[
        ("no summary", &["metadata"], "Summary: Signatures and log signatures of paths\n", ""),
        ("old metadata", &["metadata"], "Metadata-Version: 2.4", "Metadata-Version: 2.1"),
        (
            "a requirement more",
            &["metadata"],
            "Requires-Dist: numpy\n",
            "Requires-Dist: numpy\nRequires-Dist: scipy\n",
        ),
        ("two summaries", &["metadata"], "Summary: ", "Summary: first\nSummary: "),
        (
            "a licence twice",
            &["metadata"],
            "License-Expression",
            "License: MIT\nLicense-Expression",
        ),
        (
            "another licence expression",
            &["licences"],
            "Expression: MIT OR Apache-2.0",
            "Expression: GPL-3.0-only",
        ),
        ("a licence that is not named", &["licences"], "License-File: libalgebra/LICENSE\n", ""),
    ];
    let one = |&(name, broken, from, to): &(
        &'static str,
        &'static [&'static str],
        &'static str,
        &'static str,
    )| {
        Mutation::new(format!("{name} anywhere"), broken, move |_, files| {
            for (file, bytes) in files.iter_mut() {
                *bytes = match file.ends_with(".whl") {
                    true => edit_wheel(bytes, |f| replace_in(f, METADATA, from, to)),
                    false => edit_sdist(bytes, |f| {
                        replace_in(f, "esig-1.1.0/PKG-INFO", from, to);
                    }),
                };
            }
        })
    };
    CHANGES.iter().map(one).collect()
}

/// Names, and archives that are none.
fn of_names() -> Vec<Mutation> {
    fn bytes(
        name: &'static str,
        broken: &'static [&'static str],
        change: fn(&[u8]) -> Vec<u8>,
    ) -> Mutation {
        Mutation::new(name, broken, move |_, files| {
            let file = named(files, WHEELS[1]);
            let changed = change(&files[&file]);
            files.insert(file, changed);
        })
    }
    fn renamed(broken: &'static [&'static str], from: &'static str, to: &'static str) -> Mutation {
        Mutation::new(format!("{from} called {to}"), broken, move |_, files| {
            let file = named(files, from);
            let content = files.remove(&file).unwrap();
            files.insert(file.replace(from, to), content);
        })
    }
    vec![
        bytes("a wheel that is cut off", &["audit"], |bytes| bytes[..bytes.len() - 100].to_vec()),
        bytes("an empty wheel", &["audit"], |_| Vec::new()),
        bytes("a wheel that is a source archive", &["audit"], |_| b"\x1f\x8b\x08\0noise".to_vec()),
        bytes("a wheel that was packed again", &["tests-passed"], |bytes| {
            edit_wheel_alone(bytes, |_| ())
        })
        .also("tests-passed"),
        renamed(
            &["wheels-complete", "metadata"],
            "cp38-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "cp38-manylinux_2_17_x86_64",
        ),
        renamed(&["audit", "metadata", "wheels-complete"], "cp38-macosx_10_13", "cp38-macosx_10_9"),
        renamed(
            &["versions", "contents", "licences", "metadata", "wheels-complete"],
            "esig-1.1.0-cp38-cp38-win",
            "esig-1.1.1-cp38-cp38-win",
        ),
        renamed(
            &["audit", "contents", "metadata", "wheels-complete"],
            "cp38-cp38-win",
            "cp39-cp39-win",
        ),
        renamed(&["metadata", "wheels-complete"], "cp311-abi3-win", "cp312-abi3-win"),
    ]
}
