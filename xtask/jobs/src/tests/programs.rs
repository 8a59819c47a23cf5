//! What a program of a job gets, where its output goes, and that it ends when we do.

use super::*;

#[test]
fn the_log_holds_each_line_with_all_that_its_program_said() {
    let checkout = Checkout::new();
    let talking = job("talk", ["print:to output", "complain:to error", "print:again", "exit:4"]);
    let outcome = checkout.run(vec![talking]);
    let log = checkout.log("talk");
    let (echo, rest) = log.split_once('\n').unwrap();
    assert!(echo.starts_with("$ ") && echo.ends_with("exit:4"), "{echo}");
    let said = format!("to output\nto error\nagain\nerror: {}\n", reason(&outcome, 0));
    assert_eq!(rest, said);
}

#[test]
fn a_failure_says_which_program_ended_how() {
    let checkout = Checkout::new();
    let outcome = checkout.run(vec![job("fail", ["exit:4"])]);
    let (suffix, ended) = (env::consts::EXE_SUFFIX, if cfg!(windows) { "code" } else { "status" });
    let expected = format!("`tiny_program{suffix} exit:4` ended with exit {ended}: 4");
    assert_eq!(reason(&outcome, 0), expected);
    let outcome = checkout.run(vec![Job::new("none").run(Command::new("no-such-program"))]);
    assert!(reason(&outcome, 0).starts_with("cannot start `no-such-program`: "));
    assert_eq!(hint(&outcome, 0), "repeat the command");
}

/// A shell by the name of engine: `./engine exec …` runs the script `exec`.
#[cfg(unix)]
fn with_engine(scripts: &[(&str, &str)]) -> Checkout {
    let checkout = Checkout::new();
    std::os::unix::fs::symlink("/bin/sh", checkout.root.join("engine")).unwrap();
    scripts.iter().for_each(|(name, script)| checkout.write(name, script));
    checkout
}

#[cfg(unix)]
#[test]
fn a_failure_that_is_recognised_is_said_in_a_sentence_with_a_way_out() {
    let checkout = with_engine(&[("cp", "echo 'write /a: no space left on device'; exit 1")]);
    let copy = Command::new("./engine").args(["cp", "a", "x:"]);
    let outcome = checkout.run(vec![Job::new("copy").run(copy)]);
    assert_eq!(reason(&outcome, 0), "no space is left");
    assert_eq!(hint(&outcome, 0), "make some");
    let said = "\nwrite /a: no space left on device\nerror: no space is left\nhint: make some\n";
    assert!(checkout.log("copy").ends_with(said));
}

#[cfg(unix)]
#[test]
fn only_what_the_failing_command_said_counts() {
    let checkout = with_engine(&[("cp", "exit 1")]);
    let copy = job("copy", ["print:no space left on device"]);
    let outcome = checkout.run(vec![copy.run(Command::new("./engine").args(["cp", "a", "x:"]))]);
    assert_eq!(reason(&outcome, 0), "`engine cp a` ended with exit status: 1");
}

#[cfg(unix)]
#[test]
fn an_end_without_a_word_is_asked_after_and_the_log_has_the_answer() {
    let inspect = "echo OOMKilled=true Running=true";
    let checkout = with_engine(&[("exec", "exit 137"), ("inspect", inspect)]);
    let exec = Command::new("./engine").args(["exec", "esig-x", "python"]);
    let outcome = checkout.run(vec![Job::new("test").run(exec)]);
    assert_eq!(reason(&outcome, 0), "a program was killed for want of memory");
    let log = checkout.log("test");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[1..3], ["$ ./engine inspect", "OOMKilled=true Running=true"]);
}

#[test]
fn the_steps_after_a_failing_one_are_not_taken() {
    let checkout = Checkout::new();
    let job = job("stop", ["exit:1"]).run(tiny(["write:out:"]));
    assert_eq!(checkout.ends(vec![job]), ["failed"]);
    assert!(!checkout.has("out"));
}

#[cfg(unix)]
#[test]
fn a_program_named_by_a_relative_path_is_found_from_the_folder_it_runs_in() {
    let checkout = Checkout::new();
    fs::create_dir_all(checkout.root.join("bin")).unwrap();
    fs::create_dir_all(checkout.root.join("empty")).unwrap();
    std::os::unix::fs::symlink(&*TINY_PROGRAM, checkout.root.join("bin/tiny")).unwrap();
    let run = Command::new("../bin/tiny").arg("folder").folder("empty");
    assert_eq!(checkout.ends(vec![Job::new("where").run(run)]), ["done"]);
    assert!(checkout.log("where").ends_with("empty\n"), "{}", checkout.log("where"));
}

#[test]
fn a_program_inherits_nothing_and_a_step_has_the_last_word_on_its_environment() {
    let checkout = Checkout::new();
    let test =
        in_own_process(&checkout, "programs::started_by_another_test_to_print_its_environment")
            .env("DECISIVE", "theirs")
            .env("UNKNOWN", "theirs")
            .env("PASSED", "theirs")
            .status();
    assert!(test.unwrap().success());
    let log = checkout.log("environment");
    let said: Vec<&str> = log.lines().skip(1).filter(|line| !line.starts_with("$ ")).collect();
    assert_eq!(
        said,
        [
            "DECISIVE=Some(\"ours\")",
            "UNKNOWN=None",
            "PASSED=Some(\"theirs\")",
            "UNKNOWN=Some(\"a step's\")",
        ]
    );
}

#[test]
#[ignore = "another test starts it"]
fn started_by_another_test_to_print_its_environment() {
    let Some(checkout) = given_checkout() else { return };
    let names = ["DECISIVE", "UNKNOWN", "PASSED"].map(|name| format!("variable:{name}"));
    let job = job("environment", names.iter().map(String::as_str))
        .run(tiny(["variable:UNKNOWN"]).env("UNKNOWN", "a step's"));
    assert_eq!(checkout.ends(vec![job]), ["done"]);
}

#[test]
fn a_program_that_does_not_end_is_ended_and_the_message_says_which_limit_that_was() {
    let checkout = Checkout::new();
    let outcome = checkout.run(vec![job("short", ["print:before", "stay"])]);
    let reason = reason(&outcome, 0);
    assert!(reason.ends_with("did not end within 0.1 s and was ended"), "{reason}");
    assert_eq!(hint(&outcome, 0), "if it only needs longer: raise `short`");
    assert!(checkout.log("short").contains("\nbefore\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_holds_the_output_of_a_program_that_has_ended_does_not_hold_up_its_job() {
    let checkout = Checkout::new();
    assert_eq!(checkout.ends(vec![job("leave", ["start:stay"])]), ["done"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_cannot_fill_the_disk_with_a_file() {
    let checkout = Checkout::new();
    let fill = Command::new("dd").args(["if=/dev/zero", "of=out", "bs=1M", "count=200"]);
    assert_eq!(checkout.ends(vec![Job::new("fill").run(fill).output("out")]), ["failed"]);
    assert!(!checkout.has("out"));
}

#[test]
fn a_log_is_bounded_and_says_so_and_keeps_its_end() {
    let checkout = Checkout::new();
    let counted = "print:3 passed, 0 failed, 0 skipped";
    let flood = job("flood", ["flood:40", counted]).role(Suite(true));
    let outcome = checkout.run(vec![flood]);
    assert_eq!(outcome.jobs[0].counts.unwrap().passed, 3);
    let log = checkout.log("flood");
    assert!(log.len() < 33 << 20, "{}", log.len());
    let end = &log[log.len() - 100..];
    assert!(end.ends_with("xx\n3 passed, 0 failed, 0 skipped\n"), "{end}");
    assert!(log.contains(" bytes are left out, for a log has a limit …\n"));
}

/// Starts a program that starts another, is killed, and then neither of them may go on.
#[test]
fn when_we_are_killed_all_programs_end_before_the_next_run_begins() {
    let checkout = Checkout::new();
    let meeting = Meeting::new();
    let mut run =
        in_own_process(&checkout, "programs::started_by_another_test_to_run_until_it_is_killed")
            .env("XTASK_TEST_CHILD", meeting.thing("child"))
            .env("XTASK_TEST_GRANDCHILD", meeting.thing("grandchild"))
            .spawn()
            .unwrap();
    let guests: [Guest; 2] = meeting.guests();
    run.kill().unwrap();
    run.wait().unwrap();

    // The lock is free once the programs have been killed; our sign comes too late for them.
    assert_eq!(checkout.ends(vec![job("next", ["print:x"])]), ["done"]);
    for guest in guests {
        let name = guest.name.clone();
        assert!(!guest.goes_on(), "{name} went on");
    }
}

#[test]
#[ignore = "another test starts it"]
fn started_by_another_test_to_run_until_it_is_killed() {
    let Some(checkout) = given_checkout() else { return };
    let [child, grandchild] =
        ["CHILD", "GRANDCHILD"].map(|name| env::var(format!("XTASK_TEST_{name}")).unwrap());
    checkout.run(vec![job("long", [format!("start:{grandchild}").as_str(), &child])]);
}

#[test]
fn what_a_program_left_running_ends_with_the_run() {
    let checkout = Checkout::new();
    let meeting = Meeting::new();
    // Its output goes elsewhere: whoever holds the job's output holds up the job.
    let start = format!("start-quietly:{}", meeting.thing("left"));
    let leave = job("leave", [start.as_str(), &meeting.thing("leaver")]);
    let left = thread::scope(|scope| {
        let run = scope.spawn(|| checkout.ends(vec![leave]));
        let guests: [Guest; 2] = meeting.guests();
        let (left, leaver): (Vec<Guest>, Vec<Guest>) =
            guests.into_iter().partition(|guest| guest.name == "left");
        assert!(leaver.into_iter().all(Guest::goes_on));
        assert_eq!(run.join().unwrap(), ["done"]);
        left
    });
    assert_eq!(left.len(), 1);
    assert!(!left.into_iter().any(Guest::goes_on), "it went on");
}
