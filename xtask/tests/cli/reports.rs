//! `--report`: the files that are written besides the answer.

use std::fs;

use crate::support::{Run, command, copy_checkout};

/// Of the folders of two machines; `check` is about no wheels.
#[test]
fn reports_of_several_machines_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = folder.path().join("checkout");
    copy_checkout(&checkout);
    let run = |words: &[&str]| Run::of(command(&checkout, words).output().unwrap());
    for machine in ["out/linux", "out/macos"] {
        run(&["clean", "--report", machine]).answer();
    }
    let merge = ["report", "merge", "out/linux", "out/macos", "--json", "--report", "out/all"];
    let whole: serde_json::Value = serde_json::from_str(&run(&merge).answer()).unwrap();
    let machines: Vec<&str> =
        whole["jobs"].as_array().unwrap().iter().filter_map(|j| j["machine"].as_str()).collect();
    assert_eq!(machines, ["linux", "macos"]);
    let page = fs::read_to_string(checkout.join("out/all/report.html")).unwrap();
    assert!(page.contains("<b>macos worker "), "{page}");

    let missing = run(&["report", "merge", "xtask"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("hint: give the folder that was named with `--report`"));
}

#[test]
fn a_report_is_written_where_it_is_asked_for_and_added_to_what_github_shows() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = folder.path().join("checkout");
    copy_checkout(&checkout);
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").unwrap();
    let run = |words: &[&str]| {
        let mut command = command(&checkout, words);
        Run::of(command.env("GITHUB_STEP_SUMMARY", &summary).output().unwrap()).answer()
    };

    run(&["clean"]);
    assert_eq!(fs::read_to_string(&summary).unwrap(), "before\n");

    let answer = run(&["clean", "--json", "--report", "out/report"]);
    let read = |name: &str| fs::read_to_string(checkout.join("out/report").join(name)).unwrap();
    assert_eq!(read("report.json"), answer);
    assert!(read("report.md").starts_with("## esig: done\n"));
    assert!(read("report.html").contains("<title>esig: done</title>"));
    assert_eq!(fs::read_to_string(&summary).unwrap(), format!("before\n{}", read("report.md")));
}
