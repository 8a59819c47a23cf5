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

    // A folder is short for its wheels; cmd.exe hands patterns over as they were typed.
    for words in [["audit", "dist"], ["audit", "dist/*.whl"], ["audit", "dist/p-?.0-*"]] {
        let run = xtask(outside.path(), &words);
        let path = if cfg!(windows) { "dist\\p-1.0" } else { "dist/p-1.0" };
        assert!(run.stdout.starts_with(path), "{}{}", run.stdout, run.stderr);
    }
    fs::create_dir(outside.path().join("empty")).unwrap();
    for (words, what) in [
        (&["audit", "empty"][..], "`empty/*.whl` matches no file"),
        (&["audit", "dist/q*.whl"], "`dist/q*.whl` matches no file"),
        (&["audit", "--previous", "dist", "dist"], "cannot read"),
        (&["audit", "--previous", "dist/p-1.0-py3-none-any.whl", "dist"], "is no wheel: it is no"),
    ] {
        let run = xtask(outside.path(), words);
        let said = run.stderr.replace('\\', "/");
        assert!(said.contains(what) && said.contains("\nhint: "), "{words:?}: {said}");
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    }

    let run = xtask(outside.path(), &["audit", "not-there.whl"]);
    assert!(run.stdout.is_empty() && run.stderr.contains("cannot read"), "{}", run.stderr);
}
