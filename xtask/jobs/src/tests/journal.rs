//! What is done again and what is not.

use super::*;

/// Makes `out` from `in`, and notes in `count` that it ran.
fn copying() -> Job {
    job("copy", ["copy:in:out", "append:count:ran"]).input("in").output("out")
}

fn checkout() -> Checkout {
    let checkout = Checkout::new();
    checkout.write("in", "first");
    assert_eq!(checkout.ends(vec![copying()]), ["done"]);
    checkout
}

#[track_caller]
fn check(checkout: &Checkout, job: Job, end: &str, out: &str) {
    assert_eq!(checkout.ends(vec![job]), [end]);
    assert_eq!(checkout.read("out"), out);
}

#[test]
fn a_job_whose_inputs_and_outputs_are_unchanged_is_up_to_date() {
    let checkout = checkout();
    check(&checkout, copying(), "up to date", "first");
    assert_eq!(checkout.read("count"), "ran\n");
}

#[test]
fn a_changed_input_has_it_done_again() {
    let checkout = checkout();
    checkout.write("in", "other");
    check(&checkout, copying(), "done", "other");
}

#[test]
fn an_input_with_a_new_time_and_old_content_does_not() {
    let checkout = checkout();
    checkout.write("in", "first");
    check(&checkout, copying(), "up to date", "first");
}

#[test]
fn tests_of_what_changed_meanwhile_did_not_pass() {
    let checkout = checkout();
    let suite = |step: &str| {
        let suite = job("suite", ["print:3 passed, 0 failed, 0 skipped", step]);
        checkout.run(vec![suite.role(Suite(true)).input("in")])
    };
    assert_eq!(word(&suite("append:count:tested").jobs[0].end), "done");
    assert_eq!(reason(&suite("append:in:and more"), 0), "what was tested changed meanwhile");
}

#[test]
fn a_changed_output_has_it_done_again() {
    let checkout = checkout();
    checkout.write("out", "forged");
    check(&checkout, copying(), "done", "first");
}

#[test]
fn a_deleted_output_has_it_done_again() {
    let checkout = checkout();
    fs::remove_file(checkout.root.join("out")).unwrap();
    check(&checkout, copying(), "done", "first");
}

#[test]
fn a_changed_command_or_fact_has_it_done_again() {
    let checkout = checkout();
    check(&checkout, copying().fact("another compiler"), "done", "first");
    check(&checkout, copying().run(tiny(["print:more"])), "done", "first");
}

#[test]
fn a_variable_that_decides_the_result_has_it_done_again() {
    let checkout = checkout();
    checkout.write("decisive", "theirs");
    check(&checkout, copying(), "done", "first");
    check(&checkout, copying(), "up to date", "first");
}

#[test]
fn a_file_that_is_new_in_an_input_folder_has_it_done_again() {
    let checkout = Checkout::new();
    fs::create_dir_all(checkout.root.join("folder/below")).unwrap();
    let job = || job("list", ["print:x"]).input("folder");
    checkout.write("folder/a", "bc");
    assert_eq!(checkout.ends(vec![job()]), ["done"]);
    checkout.write("folder/below/d", "");
    assert_eq!(checkout.ends(vec![job()]), ["done"]);
    assert_eq!(checkout.ends(vec![job()]), ["up to date"]);
}

#[test]
fn a_job_that_always_runs_runs() {
    let checkout = checkout();
    check(&checkout, copying().always(), "done", "first");
    assert_eq!(checkout.read("count"), "ran\nran\n");
}

#[test]
fn a_corrupted_record_costs_time_and_nothing_else() {
    for garbage in ["", "{", "{}", "[1]", "\u{0}\u{fffd}", "{\"fingerprint\":\"0\",\"outputs\":[]}"]
    {
        let checkout = checkout();
        checkout.write(&format!("{STATE}/journal/copy.json"), garbage);
        check(&checkout, copying(), "done", "first");
        check(&checkout, copying(), "up to date", "first");
    }
}

#[test]
fn a_deleted_journal_costs_time_and_nothing_else() {
    let checkout = checkout();
    fs::remove_dir_all(checkout.root.join(STATE)).unwrap();
    check(&checkout, copying(), "done", "first");
}

#[test]
fn what_failed_is_done_again() {
    let checkout = Checkout::new();
    let job = || job("try", ["append:count:ran", "exit:3"]);
    assert_eq!(checkout.ends(vec![job()]), ["failed"]);
    assert_eq!(checkout.ends(vec![job()]), ["failed"]);
    assert_eq!(checkout.read("count"), "ran\nran\n");
}

#[test]
fn counts_of_a_suite_are_remembered() {
    let checkout = Checkout::new();
    let job = || job("test", ["print:4 passed, 0 failed, 1 skipped"]).role(Suite(true));
    let first = checkout.run(vec![job()]);
    let second = checkout.run(vec![job()]);
    assert_eq!(word(&second.jobs[0].end), "up to date");
    assert_eq!(second.jobs[0].counts, first.jobs[0].counts);
    assert_eq!(second.jobs[0].counts.unwrap().passed, 4);
}

#[test]
fn what_would_be_skipped_is_known_beforehand_and_nothing_is_touched() {
    let checkout = Checkout::new();
    checkout.write("in", "first");
    let standing =
        || crate::standing(&checkout.workplace(), &plan_of(vec![copying()]), &Recogniser);
    assert!(standing().done.is_empty());
    assert!(!checkout.has(STATE));
    assert_eq!(checkout.ends(vec![copying()]), ["done"]);
    assert!(standing().done.contains("copy"));
    checkout.write("in", "other");
    let standing = standing();
    assert!(standing.done.is_empty());
    assert_eq!(standing.replaced_bytes, "first".len() as u64);
    assert_eq!(checkout.read("out"), "first");
}

/// Makes a folder with a file, a link and compiled Python in it; another job uses it.
#[cfg(unix)]
fn tools_and_user(input: &str) -> Vec<Job> {
    let make = "mkdir -p tools/__pycache__ && echo tool > tools/a && echo pyc > tools/__pycache__/a \
                && ln -sf a tools/b && echo ran >> count";
    let make = Command::new("/bin/sh").args(["-c", make]);
    let tools = Job::new("tools").run(make).output_kept("tools");
    vec![tools, job("user", [format!("copy:tools/b:{input}").as_str()]).needs([id(0)])]
}

#[cfg(unix)]
#[test]
fn what_is_about_to_be_used_is_made_anew_if_anything_of_it_is_not_what_it_was() {
    let harm: [fn(&Utf8Path); 6] = [
        |tools| fs::write(tools.join("a"), "xxxx\n").unwrap(),
        |tools| fs::write(tools.join("__pycache__/a"), "pyx\n").unwrap(),
        |tools| fs::write(tools.join("more"), "").unwrap(),
        |tools| fs::remove_file(tools.join("b")).unwrap(),
        |tools| fs::remove_dir_all(tools).unwrap(),
        |tools| {
            fs::remove_file(tools.join("b")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", tools.join("b")).unwrap();
        },
    ];
    for harm in harm {
        let checkout = Checkout::new();
        assert_eq!(checkout.ends(tools_and_user("first")), ["done", "done"]);
        harm(&checkout.root.join("tools"));
        assert!(checkout.ends(tools_and_user("second")).ends_with(&["done"]));
        assert_eq!(checkout.read("second"), "tool\n");
        assert_eq!(checkout.read("count"), "ran\nran\n");
    }
}

#[cfg(unix)]
#[test]
fn what_nobody_uses_is_not_looked_at() {
    let checkout = Checkout::new();
    assert_eq!(checkout.ends(tools_and_user("first")), ["done", "done"]);
    fs::write(checkout.root.join("tools/a"), "xxxx\n").unwrap();
    assert_eq!(checkout.ends(tools_and_user("first")), ["up to date", "up to date"]);
}

#[test]
fn a_record_with_a_flipped_bit_tells_of_nothing() {
    let checkout = checkout();
    let path = format!("{STATE}/journal/copy.json");
    let text = checkout.read(&path).replace("\"counts\":null", "\"counts\":nulm");
    checkout.write(&path, &text);
    check(&checkout, copying(), "done", "first");
}

#[test]
fn a_cache_is_used_again_only_if_it_is_as_the_last_run_left_it() {
    let checkout = Checkout::new();
    fs::create_dir_all(checkout.root.join(CACHE)).unwrap();
    let remember = || job("remember", [format!("append:{CACHE}/kept:x").as_str()]).always();
    let ends = |checkout: &Checkout| checkout.ends(vec![remember()]);
    assert_eq!(ends(&checkout), ["failed"]);
    for (harm, left) in [(None, "x\nx\n"), (Some("y"), "")] {
        let checkout = Checkout::new();
        let make = Job::new("make").run(tiny([format!("make:{CACHE}").as_str()])).always();
        assert_eq!(checkout.ends(vec![make, remember().needs([id(0)])]), ["done", "done"]);
        harm.iter().for_each(|text| checkout.write(&format!("{CACHE}/kept"), text));
        let end = if harm.is_some() { "failed" } else { "done" };
        assert_eq!(ends(&checkout), [end]);
        assert_eq!(
            fs::read_to_string(checkout.root.join(CACHE).join("kept")).unwrap_or_default(),
            left
        );
    }
}
