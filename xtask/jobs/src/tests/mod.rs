//! Plans of tiny programs, carried out: what is skipped, withdrawn, waited for, and killed.

mod journal;
mod programs;
mod scheduling;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command as Process, Stdio},
    sync::LazyLock,
    thread,
    time::Duration,
};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::{
    Actor, Command, End, Environment, Limits, Options, Outcome, OwnStep, Role, Verbosity,
    Vocabulary, Workplace, hinted,
    plan::{self, JobId},
};

type Job = plan::Job<Words>;
type Plan = plan::Plan<Words>;

/// Where runs of the tests keep what they know.
const STATE: &str = "state";

/// What programs of the tests keep for later runs.
const CACHE: &str = "cache";

/// How large a file programs of the tests may write.
const FILE_BYTES: u64 = 100 << 20;

/// The steps and roles of the tests.
#[derive(Clone, Debug, Default)]
pub struct Words;

impl Vocabulary for Words {
    const PROGRAM: &'static str = "helper";
    type Step = Own;
    type Role = Suite;
}

/// A step by its words; the word `panic` does what it says.
#[derive(Clone, Debug)]
pub struct Own(String);

impl Own {
    pub fn named(words: &str) -> Own {
        Own(words.to_owned())
    }
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "helper {}", self.0)
    }
}

impl OwnStep for Own {
    fn depends_on_program(&self) -> bool {
        true
    }
}

/// Whether a job is a suite of tests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Suite(bool);

impl Role for Suite {
    fn has_counts(&self) -> bool {
        self.0
    }
}

/// Recognises one failure, and asks the program `engine` after an end without a word.
struct Recogniser;

impl Actor<Words> for Recogniser {
    fn take(&self, _root: &Utf8Path, step: &Own) -> anyhow::Result<()> {
        assert_ne!(step.0, "panic");
        Ok(())
    }

    fn caches(&self) -> &[&str] {
        &[CACHE]
    }

    /// A job that says so has little time; all write small files.
    fn limits(&self, job: &Job) -> Limits {
        let time = if job.name.starts_with("short") { 100 } else { 600_000 };
        let (time, setting) = (Duration::from_millis(time), "raise `short`".to_owned());
        Limits { time, file_bytes: Some(FILE_BYTES), setting }
    }

    fn environment(&self, root: &Utf8Path, _: &Job, _: &Command) -> Environment {
        let passed = env::vars_os().filter(|(name, _)| name == "PASSED" || name == "PATH");
        // A test changes what this file says while its own process goes on.
        let decisive = fs::read_to_string(root.join("decisive")).unwrap_or("ours".to_owned());
        Environment { passed: passed.collect(), decisive: vec![("DECISIVE".to_owned(), decisive)] }
    }

    fn question(&self, command: &Command, exit_code: Option<i32>) -> Option<Command> {
        let is_silent = command.program.ends_with("engine") && exit_code == Some(137);
        is_silent.then(|| Command::new(&command.program).arg("inspect"))
    }

    fn explain(&self, _: &Command, said: &str, _: Option<i32>) -> Option<anyhow::Error> {
        let is_full = said.contains("no space left on device");
        let is_killed = said.contains("OOMKilled=true");
        is_full.then(|| hinted("no space is left", "make some")).or_else(|| {
            is_killed.then(|| hinted("a program was killed for want of memory", "give it more"))
        })
    }

    fn hint_for_unstartable(&self, _: &Command) -> String {
        "repeat the command".to_owned()
    }
}

/// A folder for a plan to work in, gone after the test.
struct Checkout {
    root: Utf8PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Checkout {
    fn new() -> Checkout {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().canonicalize().unwrap()).unwrap();
        Checkout { root, _folder: Some(folder) }
    }

    fn workplace(&self) -> Workplace {
        Workplace::new(&self.root, STATE)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|e| format!("{path}: {e}"))
    }

    fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    fn log(&self, job: &str) -> String {
        self.read(&format!("{STATE}/logs/{job}.log"))
    }

    fn run(&self, jobs: Vec<Job>) -> Outcome {
        self.run_with(2, &plan_of(jobs))
    }

    fn run_with(&self, workers: usize, plan: &Plan) -> Outcome {
        self.run_as(workers, false, plan)
    }

    fn run_as(&self, workers: usize, fail_fast: bool, plan: &Plan) -> Outcome {
        let verbosity = Verbosity::Silent;
        let options = Options { workers, verbosity, fail_fast, ..Options::default() };
        let workplace = self.workplace();
        let wait = env::var_os("JOBS_TEST_NO_WAIT").is_none();
        let lock = workplace.lock(Words::PROGRAM, wait).unwrap();
        crate::run(plan, &workplace, &options, &Recogniser, &lock).unwrap()
    }

    /// How each job ended, in a word.
    fn ends(&self, jobs: Vec<Job>) -> Vec<&'static str> {
        self.run(jobs).jobs.iter().map(|job| word(&job.end)).collect()
    }
}

fn word(end: &End) -> &'static str {
    match end {
        End::Done => "done",
        End::UpToDate => "up to date",
        End::Failed { .. } => "failed",
        End::NotRun => "not run",
        End::Interrupted => "interrupted",
    }
}

fn reason(outcome: &Outcome, at: usize) -> &str {
    match &outcome.jobs[at].end {
        End::Failed { reason, .. } => reason,
        end => panic!("job {at} ended as {end:?}"),
    }
}

fn hint(outcome: &Outcome, at: usize) -> &str {
    match &outcome.jobs[at].end {
        End::Failed { hint, .. } => hint.as_deref().unwrap_or_default(),
        end => panic!("job {at} ended as {end:?}"),
    }
}

fn plan_of(jobs: Vec<Job>) -> Plan {
    let mut plan = Plan::default();
    for job in jobs {
        plan.add(job);
    }
    plan
}

/// The job at a place of a plan.
fn id(at: usize) -> JobId {
    plan_of((0..=at).map(|_| Job::new("")).collect()).ids().nth(at).unwrap()
}

/// A job of one program that does these things.
fn job<'a>(name: &str, things: impl IntoIterator<Item = &'a str>) -> Job {
    Job::new(name).run(tiny(things))
}

fn tiny<'a>(things: impl IntoIterator<Item = &'a str>) -> Command {
    Command::new(&*TINY_PROGRAM).args(things)
}

/// Where programs of jobs meet a test, and stay until it lets them go.
struct Meeting(TcpListener);

impl Meeting {
    fn new() -> Meeting {
        Meeting(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    /// For a tiny program to do: to come here under this name.
    fn thing(&self, name: &str) -> String {
        format!("meet:{}:{name}", self.0.local_addr().unwrap().port())
    }

    /// Waits for so many programs.
    fn guests<const COUNT: usize>(&self) -> [Guest; COUNT] {
        std::array::from_fn(|_| {
            let mut guest = Guest { name: String::new(), program: self.0.accept().unwrap().0 };
            BufReader::new(&guest.program).read_line(&mut guest.name).unwrap();
            guest.name.pop();
            guest
        })
    }
}

/// A program that waits at a meeting.
struct Guest {
    name: String,
    program: TcpStream,
}

impl Guest {
    /// Lets it go; whether it went on, which a program that has ended does not.
    fn goes_on(mut self) -> bool {
        self.program.write_all(b".").is_ok() && self.program.read_exact(&mut [0]).is_ok()
    }
}

/// Compiled once, in a folder of its own: other compilers may run at the same time.
static TINY_PROGRAM: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    if let Ok(compiled) = env::var(TINY_PROGRAM_VARIABLE) {
        return compiled.into();
    }
    let source = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/tiny_program.rs");
    let ourselves = Utf8PathBuf::try_from(env::current_exe().unwrap()).unwrap();
    let program = ourselves.with_file_name(format!("tiny_program{}", env::consts::EXE_SUFFIX));
    let folder = tempfile::tempdir_in(ourselves.parent().unwrap()).unwrap();
    let partial = folder.path().join("tiny_program");
    let mut rustc = Process::new("rustc");
    rustc.current_dir(&folder).args(["--edition=2024", "-o"]).arg(&partial).arg(source);
    assert!(rustc.status().expect("cargo runs this, so rustc is there").success());
    fs::rename(partial, &program).unwrap();
    program
});

/// Where a test in a process of its own finds the program that its parent has compiled.
const TINY_PROGRAM_VARIABLE: &str = "JOBS_TEST_PROGRAM";

/// This very program, to carry out one test that is ignored otherwise: for what needs a process of
/// its own, to have another environment, or to be killed.
fn in_own_process(checkout: &Checkout, test: &str) -> Process {
    let mut process = Process::new(env::current_exe().unwrap());
    process.args(["--exact", "--ignored", "--nocapture"]);
    process.arg(format!("{}::{test}", module_path!().split_once("::").unwrap().1));
    process.env("JOBS_TEST_ROOT", &checkout.root);
    process.env(TINY_PROGRAM_VARIABLE, &*TINY_PROGRAM);
    // What it prints looks like a result of this program.
    process.stdout(Stdio::null()).stderr(Stdio::null());
    process
}

/// The checkout of a test in a process of its own.
fn given_checkout() -> Option<Checkout> {
    let root = env::var("JOBS_TEST_ROOT").ok()?.into();
    Some(Checkout { root, _folder: None })
}
