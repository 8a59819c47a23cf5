//! Killed at any moment, a build leaves no half of anything and nothing running.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::copy::{Copy, REFERENCE, Wheelhouse, assert_same, only, two_wheels};

const KILLS: usize = 20;

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn killed_at_any_moment_it_leaves_no_half_of_a_file_and_the_next_run_succeeds() {
    let copy = Copy::warm("killed");
    let [wheel, _] = two_wheels();
    let words = ["wheels", &wheel.identifier];
    let expected = only(&REFERENCE.wheelhouse(), &[&wheel]);
    let mut random = Random::new();

    let whole = run_whole(&copy, &words, &expected);
    let mut killed = 0;
    while killed < KILLS {
        start_again(&copy);
        // Several times on what the last one left, with less and less to do; then to the end.
        for time in 1..=4 {
            if run_and_kill(&copy, &words, random.below(whole / time)) {
                killed += 1;
            }
            check_wheelhouse(&copy, &expected);
            check_nothing_runs(&copy.root);
        }
        run_whole(&copy, &words, &expected);
    }
}

/// To the end; how long it took.
fn run_whole(copy: &Copy, words: &[&str], expected: &Wheelhouse) -> Duration {
    let started = Instant::now();
    copy.xtask(words).answer();
    assert_same(&copy.wheelhouse(), expected);
    started.elapsed()
}

fn start_again(copy: &Copy) {
    copy.xtask(&["clean"]).answer();
    copy.empty_wheelhouse();
}

/// Whether it was still running.
fn run_and_kill(copy: &Copy, words: &[&str], after: Duration) -> bool {
    let mut command = copy.command(words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(after);
    let was_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_running
}

/// Every file is one that belongs there, whole: its bytes are those that were audited and tested.
#[track_caller]
fn check_wheelhouse(copy: &Copy, expected: &Wheelhouse) {
    for (name, content) in copy.wheelhouse() {
        assert!(expected.get(&name) == Some(&content), "`{name}` is half of something");
    }
}

/// Once the lock is free, all programs of the killed run have been told to end.
#[track_caller]
fn check_nothing_runs(root: &Path) {
    let path = root.join("target/xtask/lock");
    if let Ok(lock) = OpenOptions::new().write(true).open(path) {
        lock.lock().unwrap();
    }
    let told = Instant::now();
    let mut running = programs_in(root);
    while !running.is_empty() && told.elapsed() < Duration::from_secs(1) {
        thread::sleep(Duration::from_millis(5));
        running = programs_in(root);
    }
    assert!(running.is_empty(), "still running: {running:?}");
}

/// Programs that run in a folder or below it.
fn programs_in(root: &Path) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let is_within = |process: &PathBuf| {
        fs::read_link(process.join("cwd")).is_ok_and(|folder| folder.starts_with(root))
    };
    processes
        .filter(is_within)
        .map(|process| fs::read_link(process.join("exe")).unwrap_or(process))
        .collect()
}

/// Moments, different in each run of the test: the more often it runs, the more it has seen.
struct Random(u64);

impl Random {
    fn new() -> Random {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Random(now.as_nanos() as u64 | 1)
    }

    fn below(&mut self, limit: Duration) -> Duration {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(self.0 % limit.as_millis() as u64)
    }
}
