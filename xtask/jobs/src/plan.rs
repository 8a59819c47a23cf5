//! What is going to happen, as data: a graph of jobs, printed or carried out.
//!
//! Paths are relative to the root of the workplace and use `/`.

use std::{collections::BTreeSet, fmt};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Command, Vocabulary};

/// Jobs in an order in which they could run one after the other.
#[derive(Debug, Default)]
pub struct Plan<V: Vocabulary> {
    jobs: Vec<Job<V>>,
}

/// A job of a plan, by its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(usize);

/// Steps that run in order and together make `outputs`. Failing, it leaves none of them.
#[derive(Clone, Debug, Default)]
pub struct Job<V: Vocabulary> {
    /// Unique in its plan.
    pub name: String,
    /// What it means to whoever made the plan.
    pub role: V::Role,
    /// The jobs that end before it begins.
    pub needs: Vec<JobId>,
    /// What it does.
    pub steps: Vec<Step<V>>,
    /// The files and folders that the result depends on.
    pub inputs: Vec<Material>,
    /// What else the result depends on besides the steps.
    pub facts: Vec<String>,
    /// The files and folders that it makes.
    pub outputs: Vec<Material>,
    /// Runs even if nothing changed: what it looks at is more than its inputs.
    pub always: bool,
    /// Runs when its needs have ended, well or not: it clears away what they used.
    pub in_any_case: bool,
    /// What it makes comes from elsewhere.
    pub fetches: bool,
    /// It judges what others made: if it fails, the next run makes that anew.
    pub judges: bool,
}

/// A file or folder, and how a change of it is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// By content.
    Content(Utf8PathBuf),
    /// By names, sizes and times: for large trees that are none of ours.
    Listing(Utf8PathBuf),
    /// By whether it is there; by content before a job uses it that needs the one that made it.
    Kept(Utf8PathBuf),
}

/// A line of a job.
#[derive(Clone, Debug)]
pub enum Step<V: Vocabulary> {
    /// A program is started.
    Run(Command),
    /// This program does it itself.
    Own(V::Step),
}

impl<V: Vocabulary> Plan<V> {
    /// Adds a job, whose needs are in the plan already.
    pub fn add(&mut self, job: Job<V>) -> JobId {
        debug_assert!(job.needs.iter().all(|need| need.0 < self.jobs.len()));
        self.jobs.push(job);
        JobId(self.jobs.len() - 1)
    }

    /// The jobs by their places, in order.
    pub fn ids(&self) -> impl Iterator<Item = JobId> + use<V> {
        (0..self.jobs.len()).map(JobId)
    }

    /// The job at a place.
    pub fn job(&self, id: JobId) -> &Job<V> {
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

    /// The plan of some jobs alone and of what they need.
    pub fn only(&self, which: impl Fn(&Job<V>) -> bool) -> Plan<V> {
        let chosen = self.ids().filter(|id| which(self.job(*id)));
        let kept: BTreeSet<JobId> = chosen.flat_map(|id| self.with_needs(id)).collect();
        let kept: Vec<JobId> = kept.into_iter().collect();
        let place = |need: &JobId| JobId(kept.binary_search(need).expect("needs are kept"));
        let mut plan = Plan::default();
        for id in &kept {
            let job = self.job(*id).clone();
            let needs = job.needs.iter().map(place).collect();
            plan.add(Job { needs, ..job });
        }
        plan
    }

    /// Has some jobs done even if nothing changed.
    pub fn always(&mut self, which: impl Fn(&Job<V>) -> bool) {
        self.jobs.iter_mut().filter(|job| which(job)).for_each(|job| job.always = true);
    }

    /// All of them, in order.
    pub fn jobs(&self) -> &[Job<V>] {
        &self.jobs
    }
}

impl JobId {
    /// From 0.
    pub fn index(self) -> usize {
        self.0
    }
}

impl<V: Vocabulary> Job<V> {
    /// A job without steps; its name is unique in its plan.
    pub fn new(name: impl Into<String>) -> Job<V> {
        Job { name: name.into(), ..Job::default() }
    }

    /// What it means to whoever made the plan.
    pub fn role(mut self, role: V::Role) -> Job<V> {
        self.role = role;
        self
    }

    /// It runs after these, if they succeed.
    pub fn needs(mut self, ids: impl IntoIterator<Item = JobId>) -> Job<V> {
        self.needs.extend(ids);
        self
    }

    /// Adds a program to start.
    pub fn run(mut self, command: Command) -> Job<V> {
        self.steps.push(Step::Run(command));
        self
    }

    /// Adds a step that this program takes itself.
    pub fn own(mut self, step: impl Into<V::Step>) -> Job<V> {
        self.steps.push(Step::Own(step.into()));
        self
    }

    /// Adds steps.
    pub fn steps(mut self, steps: Vec<Step<V>>) -> Job<V> {
        self.steps.extend(steps);
        self
    }

    /// A file or folder whose content decides the result.
    pub fn input(mut self, path: impl AsRef<Utf8Path>) -> Job<V> {
        self.inputs.push(Material::Content(path.as_ref().to_owned()));
        self
    }

    /// A large folder, or a program, whose change decides the result.
    pub fn input_listing(mut self, path: impl AsRef<Utf8Path>) -> Job<V> {
        self.inputs.push(Material::Listing(path.as_ref().to_owned()));
        self
    }

    /// A plain fact that decides the result.
    pub fn fact(mut self, fact: impl Into<String>) -> Job<V> {
        self.facts.push(fact.into());
        self
    }

    /// A file or folder that the steps make.
    pub fn output(mut self, path: impl AsRef<Utf8Path>) -> Job<V> {
        self.outputs.push(Material::Content(path.as_ref().to_owned()));
        self
    }

    /// A large folder that the steps make, or a file, of no interest until it is used.
    pub fn output_kept(mut self, path: impl AsRef<Utf8Path>) -> Job<V> {
        self.outputs.push(Material::Kept(path.as_ref().to_owned()));
        self
    }

    /// See [`Job::always`](struct.Job.html#structfield.always).
    pub fn always(mut self) -> Job<V> {
        self.always = true;
        self
    }

    /// See [`Job::in_any_case`](struct.Job.html#structfield.in_any_case).
    pub fn in_any_case(mut self) -> Job<V> {
        self.in_any_case = true;
        self
    }

    /// See [`Job::fetches`](struct.Job.html#structfield.fetches).
    pub fn fetches(mut self) -> Job<V> {
        self.fetches = true;
        self
    }

    /// See [`Job::judges`](struct.Job.html#structfield.judges).
    pub fn judges(mut self) -> Job<V> {
        self.judges = true;
        self
    }

    /// The lines of its steps, as they are printed and echoed.
    pub fn lines(&self) -> Vec<String> {
        self.steps.iter().map(Step::to_string).collect()
    }
}

impl Material {
    /// Where it is.
    pub fn path(&self) -> &Utf8PathBuf {
        match self {
            Material::Content(path) | Material::Listing(path) | Material::Kept(path) => path,
        }
    }
}

/// A section per job, a line per step.
impl<V: Vocabulary> fmt::Display for Plan<V> {
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

/// One line that can be pasted into a shell at the root of the workplace.
impl<V: Vocabulary> fmt::Display for Step<V> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Step::Run(command) => command.fmt(f),
            Step::Own(step) => step.fmt(f),
        }
    }
}

/// A job's name as a file name.
pub fn slug(job_name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    job_name.chars().map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Launcher,
        tests::{Own, Words},
    };
    use expect_test::{Expect, expect};

    fn check(job: Job<Words>, expected: Expect) {
        let mut plan = Plan::default();
        plan.add(job);
        expected.assert_eq(&plan.to_string());
    }

    #[test]
    fn a_job_prints_as_a_section_with_pasteable_lines() {
        let compile = Command::new("c++").args(["-c", "a.cpp", "-DNAME=a b"]);
        check(
            Job::new("core manylinux_x86_64").run(compile).own(Own::named("audit a.whl")),
            expect![[r#"
                # core manylinux_x86_64
                c++ -c a.cpp '-DNAME=a b'
                helper audit a.whl
            "#]],
        );
    }

    #[test]
    fn a_part_of_a_plan_has_what_it_needs_and_nothing_else() {
        let mut plan: Plan<Words> = Plan::default();
        let ids = ["a", "b", "c"].map(|name| plan.add(Job::new(name)));
        plan.add(Job::new("d").needs([ids[0], ids[2]]));
        let part = plan.only(|job| job.name == "d");
        assert_eq!(part.to_string(), "# a\n\n# c\n\n# d\n");
        assert_eq!(part.jobs()[2].needs, [JobId(0), JobId(1)]);
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
    fn a_program_that_a_step_of_ours_starts_stands_after_two_hyphens() {
        let words = vec!["with-environment".to_owned(), "target/x64.json".to_owned()];
        let launcher = Launcher { program: "helper", words };
        let compile = Command::new("cl").args(["-c", "a.cpp"]).launched_by(launcher);
        check(
            Job::new("core win_amd64").run(compile),
            expect![[r#"
                # core win_amd64
                helper with-environment target/x64.json -- cl -c a.cpp
            "#]],
        );
    }
}
