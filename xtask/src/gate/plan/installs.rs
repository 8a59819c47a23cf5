//! The source archive is installed as it is where no wheel fits: by the pip that an interpreter
//! came with, which finds what is declared and nothing else.

use anyhow::Context;

use super::{Gate, job};
use crate::{
    facts::{
        host::{Host, Python},
        project::Project,
    },
    gate::promises::Promise,
    ground::{
        cli::{CheckArguments, OwnStep, Verify},
        matrix::{Abi, Interpreter, Platform, Release},
        paths::STATE,
        plan::{Command, Job, JobId},
    },
    planning::{commands::wheels::release_for, tools},
};

impl Gate<'_> {
    pub fn add_installs(&mut self, promise: Promise) -> anyhow::Result<Vec<JobId>> {
        let host = self.host;
        // pip would miss a compiler only halfway.
        match host.platform {
            Platform::Macos => drop(host.program("clang")?),
            // Python finds Visual Studio by itself.
            Platform::Windows => {}
            _ => drop(host.program("c++")?),
        }
        let mut jobs = Vec::new();
        if let Some(oldest) = lacking(host, self.project) {
            let verify = Verify { without: vec![oldest.to_string()], ..self.verify(promise) };
            jobs.push(self.add_own(promise, &format!(" in {}", oldest.version()), verify));
        }
        // The oldest and the newest.
        let mut usable = usable(host).into_iter();
        for (python, exact) in usable.next().into_iter().chain(usable.next_back()) {
            jobs.push(self.add_install(promise, python, exact)?);
        }
        Ok(jobs)
    }

    fn add_install(
        &mut self,
        promise: Promise,
        python: &Python,
        exact: Interpreter,
    ) -> anyhow::Result<JobId> {
        let declared = format!("{STATE}/check/declared-{exact}");
        let fetched = self.fetch_declared(exact, &declared)?;
        let folder = format!("{STATE}/check/installed-{exact}");
        let (site, empty) = (format!("{folder}/site"), format!("{folder}/empty"));
        let pip = ["-m", "pip", "install", "--no-index", "--no-cache-dir"];
        let install = Command::new(&python.executable)
            .args(pip)
            .args(["--find-links", &declared, "--target", &site, &self.sdist()])
            .env("PIP_NO_INDEX", "1");
        // Without `site`, nothing that is installed on this machine can be imported.
        let test = Command::new(&python.executable)
            .args(["-S", "-m", "esig.tests"])
            .env("PYTHONPATH", "../site")
            .folder(&empty);
        let mut job = job(promise, &format!(" in {}", python.release))
            .needs([fetched])
            .own(OwnStep::empty([&site, &empty]))
            .run(install)
            .run(test)
            .input(self.sdist())
            .input_listing(&declared)
            .input_listing(&python.executable)
            .fact(tools::identity(python))
            .output_kept(&site);
        // An archive that could be installed can be again.
        job.always = false;
        Ok(self.pipeline.add(job))
    }

    /// What pyproject.toml and setup.cfg ask for, by hash, so that pip needs no network.
    fn fetch_declared(&mut self, exact: Interpreter, folder: &str) -> anyhow::Result<JobId> {
        let build = requirements(&exact).context("it was chosen for having them")?;
        let build = format!("build-scripts/requirements/{build}");
        let run = self.project.test_requirements(exact)?;
        let target = self.host.own_target().context("this machine has a target")?;
        let platforms = target.pip_platforms();
        let download = Command::new(tools::BUILD.program(self.host, "python"))
            .args(["-m", "pip", "download", "--quiet", "--only-binary", ":all:"])
            .args(["--require-hashes", "--dest", folder, "--implementation=cp"])
            .arg(format!("--python-version={}", exact.version()))
            .args([format!("--abi={}", exact.abi_tag()), "--abi=none".to_owned()])
            .args(platforms.iter().map(|platform| format!("--platform={platform}")))
            .args(["--platform=any", "--requirement", &build, "--requirement", &run]);
        let tools = self.pipeline.tools()?;
        let job = Job::new(format!("fetch what the source archive needs in {exact}"))
            .needs([tools])
            .own(OwnStep::empty([folder]))
            .run(download)
            .input(build)
            .input(run)
            .output_kept(folder)
            .fetches();
        Ok(self.pipeline.add(job))
    }
}

/// The release that has to be installed for the oldest CPython to be looked at, if that is wished.
pub fn missing(arguments: &CheckArguments, host: &Host, project: &Project) -> Vec<Release> {
    let is_wanted = arguments.install_tools && host.pyenv.is_some();
    let lacking = lacking(host, project).filter(|_| is_wanted);
    lacking.and_then(|oldest| release_for(oldest, host, project)).into_iter().collect()
}

/// The oldest interpreter that has wheels for this machine, and whose setuptools is locked, unless
/// it or an older one is here.
fn lacking(host: &Host, project: &Project) -> Option<Interpreter> {
    let released = project.config.released().into_iter();
    let of_here = released.filter(|id| Some(id.target) == host.own_target());
    let locked = of_here.map(|id| id.interpreter).filter(|exact| requirements(exact).is_some());
    let is_here = |oldest: &Interpreter| {
        usable(host).iter().any(|(_, here)| version(here) <= version(oldest))
    };
    locked.min_by_key(version).filter(|oldest| !is_here(oldest))
}

/// The interpreters of this machine whose setuptools is locked, oldest first.
fn usable(host: &Host) -> Vec<(&Python, Interpreter)> {
    host.candidates()
        .filter(|python| host.target_of(python) == host.own_target())
        .filter_map(|python| Some((python, python.interpreter()?)))
        .filter(|(_, exact)| {
            !matches!(exact.abi, Abi::Version("t") | Abi::PyPy) && requirements(exact).is_some()
        })
        .collect()
}

fn version(interpreter: &Interpreter) -> (u32, u32) {
    (interpreter.major, interpreter.minor)
}

/// The file that locks the setuptools of an interpreter. Between 2.7 and 3.10 nearly each has one
/// of its own, and none is locked.
fn requirements(exact: &Interpreter) -> Option<&'static str> {
    match (exact.major, exact.minor) {
        (2, 7) => Some("sdist-cp27.txt"),
        (3, 10..) => Some("sdist.txt"),
        _ => None,
    }
}
