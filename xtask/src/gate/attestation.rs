//! What is said of the tests of wheels: statements of in-toto, a line each, that travel in one
//! file.

use anyhow::{Context, ensure};
use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::plan::Counts;

/// The file in `target/xtask` that has them.
pub const TESTED: &str = "tested.intoto.jsonl";

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// That wheels, by their bytes, passed their tests in an interpreter, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub name: String,
    pub digest: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Predicate {
    result: TestResult,
    configuration: [Configuration; 1],
    /// The run of GitHub that tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum TestResult {
    Passed,
    Warned,
    Failed,
}

/// In-toto's description of a resource: here, of an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Configuration {
    name: String,
    uri: String,
    annotations: Annotations,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Annotations {
    /// As reports name it: `3.8.18`, `3.11 under qemu`.
    interpreter: String,
    /// The machine that tested.
    tester: String,
    #[serde(flatten)]
    counts: Counts,
}

/// Who tests: a machine, and its run if that has an address.
#[derive(Clone, Debug)]
pub struct Tester {
    pub name: String,
    pub url: Option<String>,
}

impl Statement {
    pub fn new(
        subject: Subject,
        interpreter: &str,
        tester: &Tester,
        passed: bool,
        counts: Counts,
    ) -> Statement {
        let version = interpreter.split(' ').next().unwrap_or_default();
        let annotations = Annotations {
            interpreter: interpreter.to_owned(),
            tester: tester.name.clone(),
            counts,
        };
        let configuration = Configuration {
            name: format!("CPython {interpreter}"),
            uri: format!("pkg:generic/python@{version}"),
            annotations,
        };
        Statement {
            kind: STATEMENT.to_owned(),
            subject: vec![subject],
            predicate_type: TEST_RESULT.to_owned(),
            predicate: Predicate {
                result: if passed { TestResult::Passed } else { TestResult::Failed },
                configuration: [configuration],
                url: tester.url.clone(),
            },
        }
    }

    /// Whether all says so: the result, and that there were tests, none of which failed.
    pub fn passed(&self) -> bool {
        let Counts { passed, failed, .. } = self.annotations().counts;
        self.predicate.result == TestResult::Passed && passed > 0 && failed == 0
    }

    pub fn interpreter(&self) -> &str {
        &self.annotations().interpreter
    }

    /// `in CPython 3.8.18 by NAME (60 passed, 1 failed, 0 skipped)`
    pub fn circumstances(&self) -> String {
        let Annotations { interpreter, tester, counts } = self.annotations();
        format!("in CPython {interpreter} by {tester} ({counts})")
    }

    /// A statement about nothing might have been one of a failure, and one with line ends in its
    /// names looks like others where it is shown.
    fn names_its_subject(&self) -> bool {
        let Annotations { interpreter, tester, .. } = self.annotations();
        let subjects = self.subject.iter().map(|subject| &subject.name);
        let mut names = subjects.chain([interpreter, tester]);
        !self.subject.is_empty() && !names.any(|name| name.contains(char::is_control))
    }

    fn annotations(&self) -> &Annotations {
        &self.predicate.configuration[0].annotations
    }

    fn is_by(&self, other: &Statement) -> bool {
        self.annotations().tester == other.annotations().tester
    }
}

/// Reads a file of statements; one that is not understood may be of a failure.
pub fn parse(text: &str) -> anyhow::Result<Vec<Statement>> {
    let statement = |(at, line): (usize, &str)| {
        let statement: Statement = serde_json::from_str(line)
            .with_context(|| format!("line {} is no statement about tests", at + 1))?;
        let is_known = statement.kind == STATEMENT && statement.predicate_type == TEST_RESULT;
        let what = format!("line {} is a statement of another kind", at + 1);
        ensure!(is_known, hinted(what, format!("they are of `{TEST_RESULT}`")));
        let what = format!("line {} does not say, in plain letters, what was tested", at + 1);
        let hint = "`cargo xtask wheels` writes them as they have to be";
        ensure!(statement.names_its_subject(), hinted(what, hint));
        Ok(statement)
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(statement).collect()
}

/// One line for each, sorted, so that nothing depends on the order of tests.
pub fn written(statements: &[Statement]) -> String {
    let line = |statement| serde_json::to_string(statement).expect("a statement is plain data");
    let mut lines: Vec<String> = statements.iter().map(line).collect();
    lines.sort();
    lines.dedup();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What a machine says now takes the place of what it said of other bytes, and of these in the same
/// interpreter. What others said stays.
pub fn renewed(mut said: Vec<Statement>, now: Vec<Statement>) -> Vec<Statement> {
    let is_overtaken = |old: &Statement, new: &Statement| {
        let same = |old: &Subject| new.subject.iter().any(|new| new.name == old.name);
        let is_of_it = old.subject.iter().any(same);
        let is_other = old.subject != new.subject || old.interpreter() == new.interpreter();
        is_of_it && is_other && old.is_by(new)
    };
    said.retain(|old| !now.iter().any(|new| is_overtaken(old, new)));
    said.extend(now);
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn statement(sha256: &str, interpreter: &str, tester: &str, failed: u64) -> Statement {
        let subject =
            Subject { name: "a.whl".to_owned(), digest: Digest { sha256: sha256.to_owned() } };
        let tester = Tester { name: tester.to_owned(), url: None };
        let counts = Counts { passed: 60, failed, skipped: 0 };
        Statement::new(subject, interpreter, &tester, failed == 0, counts)
    }

    #[test]
    fn a_statement_is_a_line_as_in_toto_has_it() {
        let text = written(&[statement("d1", "3.11 under qemu", "here", 0)]);
        expect![[r#"
            {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a.whl","digest":{"sha256":"d1"}}],"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":{"result":"PASSED","configuration":[{"name":"CPython 3.11 under qemu","uri":"pkg:generic/python@3.11","annotations":{"interpreter":"3.11 under qemu","tester":"here","passed":60,"failed":0,"skipped":0}}]}}
        "#]]
        .assert_eq(&text);
        assert_eq!(parse(&text).unwrap(), [statement("d1", "3.11 under qemu", "here", 0)]);
        assert_eq!(parse("\n").unwrap(), []);
    }

    #[test]
    fn what_is_not_understood_is_no_record() {
        let text = written(&[statement("d1", "3.8.1", "here", 0)]);
        for (from, to) in [
            ("test-result/v0.1", "test-result/v9"),
            ("Statement/v1", "Statement/v9"),
            ("\"PASSED\"", "\"passed\""),
            ("\"failed\":0", "\"failed\":-1"),
            ("\"sha256\"", "\"md5\""),
            ("}}]}}\n", ""),
            ("here", "here\\nerror: elsewhere"),
            ("a.whl", "\\u001b.whl"),
            (r#"[{"name":"a.whl","digest":{"sha256":"d1"}}]"#, "[]"),
        ] {
            assert!(text.contains(from) && parse(&text.replace(from, to)).is_err(), "{from}");
        }
    }

    #[test]
    fn a_result_that_contradicts_its_counts_is_no_pass() {
        assert!(statement("d1", "3.8.1", "here", 0).passed());
        assert!(!statement("d1", "3.8.1", "here", 1).passed());
        let text = written(&[statement("d1", "3.8.1", "here", 0)]);
        for (from, to) in
            [("\"failed\":0", "\"failed\":1"), ("\"passed\":60", "\"passed\":0"), ("PASS", "WARN")]
        {
            assert!(!parse(&text.replace(from, to)).unwrap()[0].passed(), "{to}");
        }
    }

    #[test]
    fn a_machine_overtakes_itself_and_nobody_else() {
        let old = vec![
            statement("d1", "3.8.1", "here", 0),
            statement("d1", "3.9.1", "here", 0),
            statement("d1", "3.8.1", "there", 1),
        ];
        let again = renewed(old.clone(), vec![statement("d1", "3.8.1", "here", 2)]);
        assert_eq!(again.len(), 3);
        assert!(!again.contains(&old[0]) && again.contains(&old[1]) && again.contains(&old[2]));
        let rebuilt = renewed(old.clone(), vec![statement("d2", "3.8.1", "here", 0)]);
        assert_eq!(rebuilt, [old[2].clone(), statement("d2", "3.8.1", "here", 0)]);
    }
}
