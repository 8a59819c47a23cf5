//! What is going to happen, as data: a graph of jobs, printed by `--dry-run` or executed.
//!
//! Paths are relative to the root of the checkout and use `/`.

use std::{collections::BTreeSet, fmt};

use camino::{Utf8Path, Utf8PathBuf};

/// Jobs in an order in which they could run one after the other.
#[derive(Debug, Default)]
pub struct Plan {
    jobs: Vec<Job>,
}

/// A job of a plan, by its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(usize);

/// Steps that run in order and together make `outputs`. Failing, it leaves none of them.
#[derive(Clone, Debug, Default)]
pub struct Job {
    pub name: String,
    pub role: Role,
    pub needs: Vec<JobId>,
    pub steps: Vec<Step>,
    /// What the result depends on besides the steps: files and folders, and plain facts.
    pub inputs: Vec<Material>,
    pub facts: Vec<String>,
    pub outputs: Vec<Material>,
    /// Runs even if nothing changed: what it looks at is more than its inputs.
    pub always: bool,
    /// Runs when its needs have ended, well or not: it clears away what they used.
    pub in_any_case: bool,
}

/// What a job means to the report at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Needed by other jobs, nothing by itself.
    #[default]
    Preparation,
    /// The wheel's self-test in one interpreter.
    Testing { identifier: String, release: String },
    /// The last job of a wheel: after it, the wheel is in the wheelhouse.
    Finishing { identifier: String },
    /// A suite of tests that says how many passed.
    Suite,
    /// A check of what a release promises.
    Promise { name: &'static str },
}

impl Role {
    /// Whether a log of the job says how many tests passed.
    pub fn has_counts(&self) -> bool {
        matches!(self, Role::Suite | Role::Testing { .. })
    }
}

/// A file or folder, and how a change of it is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// By content.
    Content(Utf8PathBuf),
    /// By names, sizes and times: for large trees that other programs made.
    Listing(Utf8PathBuf),
}

#[derive(Clone, Debug)]
pub enum Step {
    Run(Command),
    /// A step of our own, as the words of the `cargo xtask …` line that does the same alone.
    Own(Vec<String>),
}

/// A program to start; its output goes to the job's log.
#[derive(Clone, Debug, Default)]
pub struct Command {
    pub program: String,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    /// A file that adds to the environment what is known only when the plan is carried out.
    pub environment_file: Option<Utf8PathBuf>,
    /// Where it runs, if not at the root.
    pub folder: Option<Utf8PathBuf>,
}

impl Plan {
    pub fn add(&mut self, job: Job) -> JobId {
        debug_assert!(job.needs.iter().all(|need| need.0 < self.jobs.len()));
        self.jobs.push(job);
        JobId(self.jobs.len() - 1)
    }

    pub fn ids(&self) -> impl Iterator<Item = JobId> + use<> {
        (0..self.jobs.len()).map(JobId)
    }

    pub fn job(&self, id: JobId) -> &Job {
        &self.jobs[id.0]
    }

    /// A job and all that it needs, directly or not, in the order of the plan.
    pub fn with_needs(&self, id: JobId) -> BTreeSet<JobId> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(&self.job(id).needs);
            }
        }
        found
    }

    /// Has some jobs done even if nothing changed.
    pub fn always(&mut self, which: impl Fn(&Job) -> bool) {
        self.jobs.iter_mut().filter(|job| which(job)).for_each(|job| job.always = true);
    }

    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }
}

impl JobId {
    pub fn index(self) -> usize {
        self.0
    }
}

impl Job {
    pub fn new(name: impl Into<String>) -> Job {
        Job { name: name.into(), ..Job::default() }
    }

    pub fn role(mut self, role: Role) -> Job {
        self.role = role;
        self
    }

    pub fn needs(mut self, ids: impl IntoIterator<Item = JobId>) -> Job {
        self.needs.extend(ids);
        self
    }

    pub fn run(mut self, command: Command) -> Job {
        self.steps.push(Step::Run(command));
        self
    }

    pub fn own<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Job {
        self.steps.push(Step::Own(words.into_iter().map(Into::into).collect()));
        self
    }

    pub fn steps(mut self, steps: Vec<Step>) -> Job {
        self.steps.extend(steps);
        self
    }

    /// A file or folder whose content decides the result.
    pub fn input(mut self, path: impl AsRef<Utf8Path>) -> Job {
        self.inputs.push(Material::Content(path.as_ref().to_owned()));
        self
    }

    /// A large folder, or a program, whose change decides the result.
    pub fn input_listing(mut self, path: impl AsRef<Utf8Path>) -> Job {
        self.inputs.push(Material::Listing(path.as_ref().to_owned()));
        self
    }

    pub fn fact(mut self, fact: impl Into<String>) -> Job {
        self.facts.push(fact.into());
        self
    }

    pub fn output(mut self, path: impl AsRef<Utf8Path>) -> Job {
        self.outputs.push(Material::Content(path.as_ref().to_owned()));
        self
    }

    pub fn output_listing(mut self, path: impl AsRef<Utf8Path>) -> Job {
        self.outputs.push(Material::Listing(path.as_ref().to_owned()));
        self
    }

    pub fn always(mut self) -> Job {
        self.always = true;
        self
    }

    pub fn in_any_case(mut self) -> Job {
        self.in_any_case = true;
        self
    }

    /// The lines that `--dry-run` prints and execution echoes.
    pub fn lines(&self) -> Vec<String> {
        self.steps.iter().map(Step::to_string).collect()
    }
}

impl Material {
    pub fn path(&self) -> &Utf8PathBuf {
        match self {
            Material::Content(path) | Material::Listing(path) => path,
        }
    }
}

impl Command {
    pub fn new(program: impl AsRef<str>) -> Command {
        Command { program: program.as_ref().to_owned(), ..Command::default() }
    }

    pub fn arg(mut self, argument: impl AsRef<str>) -> Command {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub fn args<S: AsRef<str>>(mut self, arguments: impl IntoIterator<Item = S>) -> Command {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Command {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub fn environment_file(mut self, file: impl Into<Utf8PathBuf>) -> Command {
        self.environment_file = Some(file.into());
        self
    }

    pub fn folder(mut self, folder: impl Into<Utf8PathBuf>) -> Command {
        self.folder = Some(folder.into());
        self
    }
}

/// A section per job, a line per step.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (at, job) in self.jobs.iter().enumerate() {
            let gap = if at == 0 { "" } else { "\n" };
            writeln!(f, "{gap}# {}", job.name)?;
            for line in job.lines() {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

/// One line that can be pasted into a shell at the root of the checkout.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Step::Run(command) => write!(f, "{command}"),
            Step::Own(words) => {
                write!(f, "cargo xtask")?;
                words.iter().try_for_each(|word| write!(f, " {}", quoted(word)))
            }
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(folder) = &self.folder {
            write!(f, "(cd {} && ", quoted(folder.as_str()))?;
        }
        for (name, value) in &self.environment {
            write!(f, "{name}={} ", quoted(value))?;
        }
        if let Some(file) = &self.environment_file {
            write!(f, "cargo xtask with-environment {} -- ", quoted(file.as_str()))?;
        }
        write!(f, "{}", quoted(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quoted(argument)))?;
        if self.folder.is_some() {
            write!(f, ")")?;
        }
        Ok(())
    }
}

/// A job's name as a file name.
pub fn slug(job_name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    job_name.chars().map(kept).collect()
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(job: Job, expected: Expect) {
        let mut plan = Plan::default();
        plan.add(job);
        expected.assert_eq(&plan.to_string());
    }

    #[test]
    fn a_job_prints_as_a_section_with_pasteable_lines() {
        let compile = Command::new("c++").args(["-c", "a.cpp", "-DNAME=a b"]);
        check(
            Job::new("core manylinux_x86_64").run(compile).own(["audit", "a.whl"]),
            expect![[r#"
                # core manylinux_x86_64
                c++ -c a.cpp '-DNAME=a b'
                cargo xtask audit a.whl
            "#]],
        );
    }

    #[test]
    fn a_folder_and_an_environment_hold_for_one_line_only() {
        let test = Command::new("python").arg("-S").env("PYTHONPATH", "../site").folder("empty");
        check(
            Job::new("test").run(test),
            expect![[r#"
                # test
                (cd empty && PYTHONPATH=../site python -S)
            "#]],
        );
    }

    #[test]
    fn an_environment_that_is_yet_to_come_is_named_by_its_file() {
        let compile = Command::new("cl").args(["-c", "a.cpp"]).environment_file("target/x64.json");
        check(
            Job::new("core win_amd64").run(compile),
            expect![[r#"
                # core win_amd64
                cargo xtask with-environment target/x64.json -- cl -c a.cpp
            "#]],
        );
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a/b-c_1.2,d=e"), "a/b-c_1.2,d=e");
        assert_eq!(quoted("$HOME"), "'$HOME'");
        assert_eq!(quoted(":all:"), ":all:");
    }
}
