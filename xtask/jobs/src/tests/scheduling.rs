//! Which jobs run, how many at a time, and what a failure leaves.

use super::*;

#[test]
fn a_failure_stops_what_needs_it_and_nothing_else() {
    let checkout = Checkout::new();
    let ends = checkout.ends(vec![
        job("fails", ["exit:1"]),
        job("needs it", ["write:a:"]).needs([id(0)]),
        job("needs that", ["write:b:"]).needs([id(1)]),
        job("other", ["write:c:"]),
        job("needs other", ["write:d:"]).needs([id(3)]),
    ]);
    assert_eq!(ends, ["failed", "not run", "not run", "done", "done"]);
    assert!(!checkout.has("a") && !checkout.has("b") && checkout.has("d"));
}

#[test]
fn there_are_no_more_workers_than_jobs_whatever_is_asked_for() {
    let checkout = Checkout::new();
    let plan = plan_of(vec![job("one", ["append:order:1"])]);
    assert_eq!(word(&checkout.run_as(usize::MAX, false, &plan).jobs[0].end), "done");
}

#[test]
fn nothing_more_begins_after_a_failure_where_that_is_asked_for_and_what_was_done_is_kept() {
    let checkout = Checkout::new();
    let plan = |first: &str| {
        plan_of(vec![
            job("first", [first]),
            job("other", ["write:other:"]).output("other"),
            job("new", ["write:new:"]).fact(first).output("new"),
            job("clear", ["append:order:1"]).needs([id(0)]).always().in_any_case(),
        ])
    };
    let ends = |first: &str| {
        let outcome = checkout.run_as(1, true, &plan(first));
        outcome.jobs.iter().map(|job| word(&job.end)).collect::<Vec<_>>()
    };
    assert_eq!(ends("exit:0"), ["done"; 4]);
    // What each took would decide which begins first.
    fs::remove_file(checkout.root.join(STATE).join("durations.json")).unwrap();
    assert_eq!(ends("exit:1"), ["failed", "up to date", "not run", "done"]);
    assert!(checkout.has("other") && !checkout.has("new"));
}

#[test]
fn what_clears_away_runs_in_any_case_and_last() {
    let checkout = Checkout::new();
    let ends = checkout.ends(vec![
        job("start", ["append:order:1"]),
        job("fails", ["exit:1"]).needs([id(0)]),
        job("needs it", ["append:order:2"]).needs([id(1)]),
        job("clear", ["append:order:3"]).needs([id(0), id(1), id(2)]).in_any_case(),
    ]);
    assert_eq!(ends, ["done", "failed", "not run", "done"]);
    assert_eq!(checkout.read("order"), "1\n3\n");
}

#[test]
fn a_job_runs_after_those_that_it_needs() {
    let checkout = Checkout::new();
    let meeting = Meeting::new();
    let plan = plan_of(vec![
        job("first", [meeting.thing("first").as_str(), "append:order:1"]),
        job("second", ["append:order:2"]).needs([id(0)]),
        job("third", ["append:order:3"]).needs([id(1)]),
        job("beside", [meeting.thing("beside").as_str()]),
    ]);
    thread::scope(|scope| {
        scope.spawn(|| checkout.run_with(3, &plan));
        let guests: [Guest; 2] = meeting.guests();
        let (first, beside): (Vec<Guest>, Vec<Guest>) =
            guests.into_iter().partition(|guest| guest.name == "first");
        assert!(beside.into_iter().chain(first).all(Guest::goes_on));
    });
    assert_eq!(checkout.read("order"), "1\n2\n3\n");
}

#[test]
fn a_failing_job_withdraws_what_it_made() {
    let checkout = Checkout::new();
    let job = job("half", ["write:out:half", "exit:1"]).output("out");
    assert_eq!(checkout.ends(vec![job]), ["failed"]);
    assert!(!checkout.has("out"));
}

#[test]
fn after_a_failure_nothing_of_an_earlier_run_is_left() {
    let checkout = Checkout::new();
    let plan = |code: &str| {
        vec![
            job("compile", ["write:object:1", &format!("exit:{code}")]).output("object"),
            job("place", ["copy:object:wheel"]).needs([id(0)]).input("object").output("wheel"),
        ]
    };
    assert_eq!(checkout.ends(plan("0")), ["done", "done"]);
    assert_eq!(checkout.ends(plan("1")), ["failed", "not run"]);
    assert!(!checkout.has("object") && !checkout.has("wheel"));
    assert_eq!(checkout.ends(plan("0")), ["done", "done"]);
}

#[test]
fn what_a_judge_found_bad_is_made_anew_but_not_what_came_from_elsewhere() {
    let checkout = Checkout::new();
    let plan = |judgement: &str| {
        vec![
            job("fetch", ["write:compiler:1"]).output("compiler").fetches(),
            job("compile", ["copy:compiler:object"])
                .needs([id(0)])
                .input("compiler")
                .output("object"),
            job("judge", ["print:judged", judgement]).needs([id(1)]).input("object").judges(),
        ]
    };
    assert_eq!(checkout.ends(plan("exit:1")), ["done", "done", "failed"]);
    assert_eq!(checkout.ends(plan("exit:0")), ["up to date", "done", "done"]);
    assert_eq!(checkout.ends(plan("exit:0")), ["up to date"; 3]);
}

#[test]
fn a_job_that_does_not_make_its_output_has_failed() {
    let checkout = Checkout::new();
    let outcome = checkout.run(vec![job("idle", ["print:done"]).output("out")]);
    assert!(reason(&outcome, 0).contains("cannot read"), "{}", reason(&outcome, 0));
}

#[test]
fn a_missing_input_is_named_and_no_older_log_is_shown_as_if_it_were_of_this_run() {
    let checkout = Checkout::new();
    checkout.write("in", "");
    assert_eq!(checkout.ends(vec![job("read", ["print:old"]).input("in")]), ["done"]);
    let outcome = checkout.run(vec![job("read", ["print:new"]).input("in").input("missing")]);
    assert!(reason(&outcome, 0).contains("missing"));
    assert!(!checkout.log("read").contains("old"));
}

#[test]
fn a_suite_without_a_counted_test_has_failed() {
    let checkout = Checkout::new();
    let suite = |words: &str| job("suite", [words]).role(Suite(true));
    let outcome = checkout.run(vec![suite("print:all is well")]);
    assert_eq!(reason(&outcome, 0), "no test ran");
    let outcome = checkout.run(vec![suite("print:0 passed, 0 failed, 7 skipped")]);
    assert_eq!(reason(&outcome, 0), "no test ran");
    let outcome = checkout.run(vec![suite("print:3 passed, 1 failed, 0 skipped")]);
    assert_eq!(reason(&outcome, 0), "3 passed, 1 failed, 0 skipped");
    assert_eq!(outcome.jobs[0].counts.unwrap().to_string(), "3 passed, 1 failed, 0 skipped");
    let ended = job("suite", ["print:3 passed, 0 failed, 0 skipped", "exit:1"]).role(Suite(true));
    let counts = checkout.run(vec![ended]).jobs[0].counts;
    assert_eq!(counts.unwrap().to_string(), "3 passed, 1 failed, 0 skipped");
    assert_eq!(checkout.ends(vec![suite("print:3 passed, 0 failed, 0 skipped")]), ["done"]);
}

#[test]
fn no_more_jobs_run_at_a_time_than_there_are_workers() {
    let most = |workers| {
        let checkout = Checkout::new();
        let part = |at: u32| job(&format!("job {at}"), [format!("take-part:now:{at}").as_str()]);
        checkout.run_with(workers, &plan_of((0..6).map(part).collect()));
        let lines = checkout.read("together");
        lines.lines().map(|line| line.parse::<usize>().unwrap()).max().unwrap()
    };
    assert_eq!(most(1), 1);
    assert!(most(2) <= 2);
}

#[test]
fn as_many_run_at_a_time_as_there_are_workers() {
    let checkout = Checkout::new();
    let meeting = Meeting::new();
    let plan =
        plan_of(["a", "b", "c"].map(|name| job(name, [meeting.thing(name).as_str()])).into());
    thread::scope(|scope| {
        let run = scope.spawn(|| checkout.run_with(3, &plan));
        // None goes on before all three are there.
        let guests: [Guest; 3] = meeting.guests();
        assert!(guests.into_iter().all(Guest::goes_on));
        assert!(run.join().unwrap().is_good());
    });
}

#[test]
fn a_second_run_waits_for_the_first() {
    let checkout = Checkout::new();
    let meeting = Meeting::new();
    let first = job("first", [meeting.thing("first").as_str(), "append:order:first"]);
    thread::scope(|scope| {
        let first = scope.spawn(|| checkout.run(vec![first]));
        let [guest] = meeting.guests();
        let mut second =
            in_own_process(&checkout, "scheduling::started_by_another_test_to_run_second")
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        let mut said = String::new();
        BufReader::new(second.stderr.take().unwrap()).read_line(&mut said).unwrap();
        let holder = format!("at work in this checkout: process {}, `helper ", std::process::id());
        assert!(said.contains(&holder), "{said}");
        let hasty = in_own_process(&checkout, "scheduling::started_by_another_test_to_run_second")
            .env("JOBS_TEST_NO_WAIT", "1")
            .output()
            .unwrap();
        assert!(!hasty.status.success());
        assert!(guest.goes_on());
        assert!(first.join().unwrap().is_good() && second.wait().unwrap().success());
    });
    assert_eq!(checkout.read("order"), "first\nsecond\n");
}

#[test]
#[ignore = "another test starts it"]
fn started_by_another_test_to_run_second() {
    let Some(checkout) = given_checkout() else { return };
    assert_eq!(checkout.ends(vec![job("second", ["append:order:second"])]), ["done"]);
}

#[test]
fn a_defect_of_ours_is_a_failure_of_its_job_and_not_the_end_of_the_others() {
    let checkout = Checkout::new();
    let broken = Job::new("broken").own(Own::named("panic"));
    assert_eq!(checkout.ends(vec![broken, job("other", ["write:a:"])]), ["failed", "done"]);
}

#[test]
fn what_a_killed_run_left_half_written_is_swept_away() {
    let checkout = Checkout::new();
    let partial = format!("{STATE}/partial");
    fs::create_dir_all(checkout.root.join(&partial)).unwrap();
    checkout.write(&format!("{partial}/1.esig.whl"), "half");
    checkout.run(vec![job("any", ["print:x"])]);
    assert!(!checkout.has(&format!("{partial}/1.esig.whl")));
}

#[test]
fn a_job_that_began_knows_when_it_did_and_by_which_worker() {
    let checkout = Checkout::new();
    let outcome = checkout.run(vec![
        job("first", ["print:x"]),
        job("second", ["exit:1"]).needs([id(0)]),
        job("third", ["print:x"]).needs([id(1)]),
    ]);
    let spans: Vec<_> = outcome.jobs.iter().map(|job| job.span).collect();
    let (first, second) = (spans[0].unwrap(), spans[1].unwrap());
    assert!(first.start < first.end && first.end <= second.start && second.end <= outcome.wall);
    assert!(first.worker < 2 && second.worker < 2);
    assert_eq!(spans[2], None);
}
