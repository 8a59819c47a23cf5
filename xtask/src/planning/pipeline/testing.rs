//! Testing a wheel: an environment that holds the wheel and what it needs, and nothing else.

use camino::Utf8Path;

use super::{Pipeline, PlannedWheel};
use crate::{
    ground::{
        cli::OwnStep,
        matrix::Interpreter,
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
        job = job.run(runner.place.run(python(&runner, &run).folder(&empty)));
        let tools = self.tools()?;
        for provision in runner.provision {
            job = job.needs([self.add(provision.needs([tools]))]);
        }
        Ok(self.add(job))
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
        let write = python(runner, &arguments).folder(&empty);
        let job = job
            .steps(place.send(COMPARE.into()))
            .run(place.run(write))
            .steps(place.fetch(Utf8Path::new(&values)))
            .input(COMPARE)
            .output(&values)
            .output_kept(&site);
        Ok(Reference { job: self.add(job), values })
    }

    /// A job that installs a wheel and, unless the interpreter brings it, NumPy, where it runs.
    fn environment(
        &mut self,
        name: String,
        wheel: &PlannedWheel,
        runner: &Runner,
    ) -> anyhow::Result<TestEnvironment> {
        let folder = format!("{STATE}/test/{}", slug(&name));
        let (site, empty) = (format!("{folder}/site"), format!("{folder}/empty"));
        let requirements = requirements_folder(runner);
        let tools = self.tools()?;
        let install = self.pip(&["install", "--no-index", "--no-compile", "--target", &site]);
        let install = match runner.numpy {
            NumPy::Locked => install.args(["--find-links", &requirements]),
            NumPy::There | NumPy::At(_) | NumPy::Replaced => install.arg("--no-deps"),
        };
        let mut job = Job::new(name)
            .needs([tools])
            .needs(wheel.audited.iter().copied())
            .needs(self.containers.get(&runner.place).copied())
            .own(OwnStep::empty([&site, &empty]))
            .run(install.args(tags_with(wheel, runner)).arg(&wheel.path))
            .steps(runner.place.send(Utf8Path::new(&folder)))
            .input(&wheel.path)
            .fact(&runner.identity);
        if runner.place == Place::Here {
            job = job.input_listing(&runner.program);
        }
        if runner.numpy == NumPy::Locked {
            let fetched = self.fetch_requirements(runner)?;
            job = job.needs([fetched]).input_listing(&requirements);
        }
        Ok(TestEnvironment { site, empty, job })
    }

    /// What the self-test needs besides the wheel, downloaded, so that the test needs no network.
    fn fetch_requirements(&mut self, runner: &Runner) -> anyhow::Result<JobId> {
        let folder = requirements_folder(runner);
        let requirements = self.project.test_requirements(runner.interpreter)?;
        let download = self.pip(&["download", "--require-hashes", "--dest", &folder]);
        let download = download
            .args(tags_of(runner.interpreter, runner))
            .args(["--requirement", &requirements]);
        let tools = self.tools()?;
        let target = runner.target.name;
        let job = Job::new(format!("fetch requirements for {} {target}", runner.interpreter))
            .needs([tools])
            .own(OwnStep::empty([&folder]))
            .run(download)
            .input(requirements)
            .output_kept(&folder)
            .fetches();
        Ok(self.add(job))
    }
}

/// Without `site`, nothing that is installed on this machine can be imported.
fn python(runner: &Runner, arguments: &[String]) -> Command {
    let program = match runner.program.starts_with(STATE) {
        true => format!("{UP}/{}", runner.program),
        false => runner.program.clone(),
    };
    let mut words = runner.launcher.iter().map(|word| word.to_string()).chain([program]);
    let first = words.next().expect("the program is among them");
    let path = match &runner.numpy {
        NumPy::At(folder) => format!("../site:{folder}"),
        NumPy::Replaced => format!("../site:{UP}/{STAND_IN}"),
        NumPy::Locked | NumPy::There => "../site".to_owned(),
    };
    let command = Command::new(first).args(words).arg("-S").args(arguments);
    let environment = runner.environment.iter();
    environment
        .fold(command, |command, (name, value)| command.env(name, value))
        .env("PYTHONPATH", path)
}

/// The folder of what the self-test needs, the same for every wheel tested in an interpreter.
fn requirements_folder(runner: &Runner) -> String {
    format!("{STATE}/fetched/{}-{}", runner.interpreter, runner.target.name)
}

/// Tells pip for which interpreter and target it installs: it runs in the build's own tools.
fn tags_of(exact: Interpreter, runner: &Runner) -> Vec<String> {
    let platforms = runner.target.pip_platforms();
    let platforms = platforms.iter().map(|platform| format!("--platform={platform}"));
    let version = format!("--python-version={}", exact.version());
    let abi = format!("--abi={}", exact.abi_tag());
    let implementation = format!("--implementation={}", &exact.python_tag()[..2]);
    [implementation, version, abi].into_iter().chain(platforms).collect()
}

/// Has it accept the wheel too: it may be for the stable ABI, for newer systems only than is usual,
/// or for another system or version, whose code is executed all the same.
fn tags_with(wheel: &PlannedWheel, runner: &Runner) -> Vec<String> {
    let interpreter = wheel.identifier.interpreter;
    let is_served = interpreter.serves(&runner.interpreter);
    let minor = if is_served { runner.interpreter.minor } else { interpreter.minor };
    let mut arguments = tags_of(Interpreter { minor, ..runner.interpreter }, runner);
    let name = wheel.path.file_stem().unwrap_or_default();
    let own = name.rsplit('-').next().unwrap_or_default().split('.').next().unwrap_or_default();
    let abi = interpreter.abi_tag();
    for argument in [format!("--abi={abi}"), format!("--platform={own}")] {
        if !arguments.contains(&argument) {
            arguments.push(argument);
        }
    }
    arguments
}
