//! Testing a wheel: an environment that holds the wheel and what it needs, and nothing else.

use camino::Utf8Path;

use super::{Pipeline, PlannedWheel};
use crate::{
    ground::{
        cli::OwnStep,
        matrix::Platform,
        paths::STATE,
        plan::{Command, Job, JobId, Role, slug},
    },
    planning::{
        place::Place,
        testers::{NumPy, Rewrite, Runner},
    },
};

/// From the empty folder that a test runs in to the root.
const UP: &str = "../../../../..";

/// What esig computes on this machine, for other platforms to be compared with.
pub struct Reference {
    job: JobId,
    /// The file of its values.
    values: String,
}

/// The script that writes or compares them.
const COMPARE: &str = "build-scripts/compare-values.py";

/// The folder of what stands in for NumPy.
const STAND_IN: &str = "build-scripts/stand-in";

/// A folder with a wheel and what it needs, and an empty one to run in.
struct TestEnvironment {
    site: String,
    empty: String,
    job: Job,
}

impl Pipeline<'_> {
    /// The self-test of a wheel in one interpreter. After `reference`, also whether it computes
    /// what this machine does.
    pub fn test(
        &mut self,
        wheel: &PlannedWheel,
        runner: Runner,
        reference: Option<&Reference>,
    ) -> anyhow::Result<JobId> {
        let identifier = wheel.identifier.to_string();
        let role = Role::Testing { identifier: identifier.clone(), release: runner.title.clone() };
        let name = format!("test {identifier} in {}", runner.title);
        let TestEnvironment { empty, job, site } = self.environment(name, wheel, &runner)?;
        let mut job = job.role(role).output_kept(&site);
        if let Some(Rewrite { library }) = &runner.rewrite {
            let folder = format!("{site}/{}", self.project.name).into();
            job = library.iter().fold(job, Job::input);
            job = job.own(OwnStep::AsElf { folder, library: library.as_ref().map(Into::into) });
        }
        let is_replaced = runner.numpy == NumPy::Replaced;
        let run = if let Some(Reference { job: made, values }) = reference {
            let sent = self.sent(values, *made, &runner.place);
            let script = self.sent(COMPARE, *made, &runner.place);
            job = job.needs([sent, script]).input(values).input(COMPARE);
            let first = if is_replaced { "--count" } else { "--self-test" };
            [format!("{UP}/{COMPARE}"), format!("{UP}/{values}"), first.to_owned()].to_vec()
        } else {
            ["-m".to_owned(), format!("{}.tests", self.project.name)].to_vec()
        };
        if is_replaced {
            job = job.input(STAND_IN);
        }
        job = job.run(runner.place.run(self.python(&runner, &run).folder(&empty)));
        job = job.needs(self.provided(&runner)?);
        Ok(self.add(job))
    }

    /// The jobs that make an interpreter.
    fn provided(&mut self, runner: &Runner) -> anyhow::Result<Vec<JobId>> {
        let tools = self.tools()?;
        let provision = runner.provision.iter();
        Ok(provision.map(|job| self.add(job.clone().needs([tools]))).collect())
    }

    /// What a wheel computes in an interpreter for this machine's own architecture.
    pub fn reference(
        &mut self,
        wheel: &PlannedWheel,
        runner: &Runner,
    ) -> anyhow::Result<Reference> {
        let place = &runner.place;
        let name = format!("reference values{}", place.title());
        let values = format!("{STATE}/{}.txt", slug(&name));
        let TestEnvironment { empty, job, site } = self.environment(name, wheel, runner)?;
        let arguments = [format!("{UP}/{COMPARE}"), "--write".to_owned(), format!("{UP}/{values}")];
        let write = self.python(runner, &arguments).folder(&empty);
        let job = job
            .steps(place.send(COMPARE.into()))
            .run(place.run(write))
            .steps(place.fetch(Utf8Path::new(&values)))
            .input(COMPARE)
            .output(&values)
            .output_kept(&site);
        Ok(Reference { job: self.add(job), values })
    }

    /// A job that unpacks a wheel where it is tested. pip would do no more, and take as long as the
    /// test.
    fn environment(
        &mut self,
        name: String,
        wheel: &PlannedWheel,
        runner: &Runner,
    ) -> anyhow::Result<TestEnvironment> {
        let folder = format!("{STATE}/test/{}", slug(&name));
        let (site, empty) = (format!("{folder}/site"), format!("{folder}/empty"));
        let unpack = OwnStep::Unpack { archive: wheel.path.clone(), folder: site.clone().into() };
        let mut job = Job::new(name)
            .needs(wheel.audited.iter().copied())
            .needs(self.containers.get(&runner.place).copied())
            .own(OwnStep::empty([&site, &empty]))
            .own(unpack)
            .steps(runner.place.send(Utf8Path::new(&folder)))
            .input(&wheel.path)
            .fact(&runner.identity);
        if runner.place == Place::Here {
            job = job.input_listing(&runner.program);
        }
        if runner.numpy == NumPy::Locked {
            let folder = requirements_folder("installed", runner);
            let fetched = self.fetch_requirements(runner)?;
            let sent = self.sent(&folder, fetched, &runner.place);
            job = job.needs([fetched, sent]).input_listing(&folder);
        }
        Ok(TestEnvironment { site, empty, job })
    }

    /// What the self-test needs besides the wheel, so that the test needs no network. What it imports
    /// of that is compiled here once, and never written to by a test.
    fn fetch_requirements(&mut self, runner: &Runner) -> anyhow::Result<JobId> {
        let wheels = requirements_folder("fetched", runner);
        let folder = requirements_folder("installed", runner);
        let requirements = self.project.test_requirements(runner.interpreter)?;
        let tags = tags_of(runner);
        let download = self.pip(&["download", "--require-hashes", "--dest", &wheels]);
        let download = download.args(&tags).args(["--requirement", &requirements]);
        let install = self.pip(&["install", "--no-index", "--no-compile", "--target", &folder]);
        let install = install.args(["--find-links", &wheels]).args(&tags);
        let install = install.args(["--requirement", &requirements]);
        let compile = started(runner, "").args(["-c", "import numpy.testing"]);
        let compile = compile.env("PYTHONDONTWRITEBYTECODE", "").env("PYTHONPATH", &folder);
        let is_here = runner.place == Place::Here;
        let tools = self.tools()?;
        let target = runner.target.name;
        let mut job = Job::new(format!("fetch requirements for {} {target}", runner.interpreter))
            .needs([tools])
            .own(OwnStep::empty([&wheels, &folder]))
            .run(download)
            .run(install)
            .input(requirements)
            .output_kept(&wheels)
            .output_kept(&folder)
            .fetches();
        if is_here {
            job = job.needs(self.provided(runner)?).run(compile);
        }
        Ok(self.add(job))
    }

    /// An interpreter that runs in the empty folder of a test.
    fn python(&self, runner: &Runner, arguments: &[String]) -> Command {
        let numpy = match &runner.numpy {
            NumPy::At(folder) => Some(folder.clone()),
            NumPy::Replaced => Some(format!("{UP}/{STAND_IN}")),
            NumPy::Locked => Some(format!("{UP}/{}", requirements_folder("installed", runner))),
            NumPy::There => None,
        };
        let separator = if self.host.platform == Platform::Windows { ";" } else { ":" };
        let path: Vec<String> = ["../site".to_owned()].into_iter().chain(numpy).collect();
        let command = started(runner, &format!("{UP}/")).args(arguments);
        let environment = runner.environment.iter();
        environment
            .fold(command, |command, (name, value)| command.env(name, value))
            .env("PYTHONPATH", path.join(separator))
    }
}

/// An interpreter where `up` leads to the root. Without `site`, nothing that is installed on this
/// machine can be imported.
fn started(runner: &Runner, up: &str) -> Command {
    let up = if runner.program.starts_with(STATE) { up } else { "" };
    let program = format!("{up}{}", runner.program);
    let mut words = runner.launcher.iter().map(|word| word.to_string()).chain([program]);
    let first = words.next().expect("the program is among them");
    Command::new(first).args(words).arg("-S")
}

/// The folder of what the self-test needs, the same for every wheel tested in an interpreter:
/// `fetched` as wheels, or `installed`.
fn requirements_folder(how: &str, runner: &Runner) -> String {
    format!("{STATE}/{how}/{}-{}", runner.interpreter, runner.target.name)
}

/// Tells pip for which interpreter and target it installs: it runs in the build's own tools.
fn tags_of(runner: &Runner) -> Vec<String> {
    let exact = runner.interpreter;
    let platforms = runner.target.pip_platforms();
    let platforms = platforms.iter().map(|platform| format!("--platform={platform}"));
    let version = format!("--python-version={}", exact.version());
    let abi = format!("--abi={}", exact.abi_tag());
    let implementation = format!("--implementation={}", &exact.python_tag()[..2]);
    [implementation, version, abi].into_iter().chain(platforms).collect()
}
