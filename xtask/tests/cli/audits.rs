//! `cargo xtask audit` from outside: of any wheel, wherever it is.

use std::fs;

use expect_test::expect;

use crate::support::xtask;

#[test]
fn wheels_need_not_be_in_a_checkout_and_are_named_as_they_were_asked_for() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("dist");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("p-1.0-py3-none-any.whl"), "no archive").unwrap();

    let run = xtask(&folder, &["audit", "p-1.0-py3-none-any.whl"]);
    assert_eq!(run.code, 1);
    expect![[r#"
        p-1.0-py3-none-any.whl
          error: it is no zip archive: it has no directory
        audited 1 wheel: 1 error, 0 warnings
    "#]]
    .assert_eq(&run.stdout);
    expect![[r#"
        error: not every wheel keeps what its name and metadata promise
    "#]]
    .assert_eq(&run.stderr);

    let run = xtask(outside.path(), &["audit", "--json", "dist/p-1.0-py3-none-any.whl"]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &answer["errors"]), (1, &1.into()));
    assert_eq!(answer["wheels"][0]["findings"][0]["check"], "archive");

    let run = xtask(outside.path(), &["audit", "not-there.whl"]);
    assert!(run.stdout.is_empty() && run.stderr.contains("cannot read"), "{}", run.stderr);
}
