//! What is wrong with what is said of the tests of wheels, or with wheels after their tests.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{
    Files, Mutation,
    archives::{edit_wheel, edit_wheel_alone, replace},
    of_checkout::named,
    of_wheels::WHEELS,
    records::{PATH, digest, passed},
};
use crate::support::repository::Repository;

const BROKEN: &[&str] = &["tests-passed"];

pub fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in WHEELS {
        all.push(after_its_test(part));
        all.push(said(format!("no record of {part}"), move |lines, files| {
            let digest = digest(&files[&named(files, part)]);
            lines.retain(|line| line["subject"][0]["digest"]["sha256"] != json!(digest));
        }));
        all.push(of_wheel("a failure elsewhere of", part, |line| {
            line["predicate"]["result"] = json!("FAILED");
        }));
        all.push(of_wheel("a pass with a failed test of", part, |line| {
            line["predicate"]["configuration"][0]["annotations"]["failed"] = json!(1);
        }));
        all.push(of_wheel("a record of other bytes by the name of", part, |line| {
            line["subject"][0]["digest"]["sha256"] = json!("0".repeat(64));
        }));
        all.push(of_wheel("a test in another interpreter of", part, |line| {
            line["predicate"]["configuration"][0]["annotations"]["interpreter"] = json!("3.7.1");
        }));
    }
    all.extend(of_all());
    all
}

/// Changed after its test, with a RECORD that is true to it.
fn after_its_test(part: &'static str) -> Mutation {
    Mutation::new(format!("{part}, changed after its test"), BROKEN, move |_, files| {
        let file = named(files, part);
        // A module for macOS has hashes of its own, which the audit compares.
        let changed = match part.contains("macosx") {
            true => edit_wheel_alone(&files[&file], |_| ()),
            false => edit_wheel(&files[&file], |files| {
                let is_library = |path: &str| path.ends_with(".so") || path.ends_with(".pyd");
                let library = files.iter_mut().find(|(path, _)| is_library(path)).unwrap();
                replace(&mut library.1, b" of ", b" oF ");
            }),
        };
        assert_ne!(changed, files[&file]);
        files.insert(file, changed);
    })
    .also("tests-passed")
}

/// A record more, of a machine elsewhere.
fn of_wheel(name: &'static str, part: &'static str, change: fn(&mut Value)) -> Mutation {
    said(format!("{name} {part}"), move |lines, files| {
        let file = named(files, part);
        let release = if part.contains("abi3") { "3.12.2" } else { "3.8.9" };
        let mut line = passed(&file, &files[&file], release);
        change(&mut line);
        lines.push(line);
    })
}

fn said(name: String, change: impl Fn(&mut Vec<Value>, &Files) + 'static) -> Mutation {
    text(name, move |text, files| {
        let read = |line| serde_json::from_str(line).unwrap();
        let mut lines: Vec<Value> = text.lines().map(read).collect();
        change(&mut lines, files);
        *text = lines.iter().map(|line| format!("{line}\n")).collect();
    })
}

fn text(name: String, change: impl Fn(&mut String, &Files) + 'static) -> Mutation {
    Mutation::new(name, BROKEN, move |repository: &Repository, files| {
        let path = repository.root.join(PATH);
        let mut text = fs::read_to_string(&path).unwrap();
        let before = text.clone();
        change(&mut text, files);
        assert_ne!(text, before);
        fs::write(path, text).unwrap();
    })
    .also("tests-passed")
}

/// What makes the whole file worth nothing, or one line of it.
fn of_all() -> Vec<Mutation> {
    const CHANGES: &[(&str, &str, &str)] = &[
        ("a result of another kind", "test-result/v0.1", "test-result/v0.2"),
        ("a statement of another kind", "in-toto.io/Statement/v1", "in-toto.io/Statement/v2"),
        ("warnings", "\"PASSED\"", "\"WARNED\""),
        ("a result that is unknown", "\"PASSED\"", "\"MAYBE\""),
        ("no hash", "\"sha256\"", "\"sha512\""),
        ("no count of what failed", "\"failed\":", "\"fallen\":"),
        ("no subject", "\"subject\"", "\"object\""),
    ];
    let mut all: Vec<Mutation> = vec![
        text("nothing said of any test".to_owned(), |text, _| text.clear()),
        text("what is said cut off".to_owned(), |text, _| text.truncate(text.len() - 40)),
        text("noise in what is said".to_owned(), |text, _| text.push_str("all tests passed\n")),
        said("no test at all in a test that passed".to_owned(), |lines, _| {
            lines[0]["predicate"]["configuration"][0]["annotations"]["passed"] = json!(0);
        }),
        said("the records of two wheels exchanged".to_owned(), |lines, files| {
            let digests: BTreeSet<String> = files.values().map(|content| digest(content)).collect();
            let other = |of: &Value| digests.iter().find(|d| json!(d) != *of).unwrap().clone();
            for line in lines {
                let of = &mut line["subject"][0]["digest"]["sha256"];
                *of = json!(other(of));
            }
        }),
    ];
    all.extend(CHANGES.iter().map(|&(name, from, to)| {
        text(format!("{name} in what is said"), move |text, _| *text = text.replacen(from, to, 1))
    }));
    all
}
