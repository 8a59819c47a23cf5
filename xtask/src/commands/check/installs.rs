//! The source archive, installed as users do where no wheel fits: by the pip that their
//! interpreter came with, which finds what is declared and nothing else.

use anyhow::Context;

use super::{Gate, job};
use crate::{
    errors::hinted,
    execute::STATE,
    host::Python,
    matrix::{Interpreter, Platform},
    plan::{Command, Job, JobId},
    promises::Promise,
    tools,
};

impl Gate<'_> {
    pub fn add_installs(&mut self, promise: &'static Promise) -> anyhow::Result<Vec<JobId>> {
        let host = self.host;
        // pip asks for a compiler halfway; here it is known before.
        match host.platform {
            Platform::Linux => drop(host.program("c++")?),
            Platform::Macos => drop(host.program("clang")?),
            // Python looks for it by itself.
            Platform::Windows => {}
        }
        let is_own = |python: &&Python| host.target_of(python) == host.own_target();
        let usable: Vec<(&Python, Interpreter)> = host
            .candidates()
            .filter(is_own)
            .filter_map(|python| Some((python, python.interpreter()?)))
            .filter(|(_, exact)| requirements(exact).is_some())
            .collect();
        let (oldest, newest) = usable.first().zip(usable.last()).ok_or_else(|| {
            hinted("no CPython to install the source archive in was found", "`pyenv install 3.13`")
        })?;
        let mut jobs = vec![self.add_install(promise, oldest.0, oldest.1)?];
        if oldest.1 != newest.1 {
            jobs.push(self.add_install(promise, newest.0, newest.1)?);
        }
        Ok(jobs)
    }

    fn add_install(
        &mut self,
        promise: &'static Promise,
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
            .own(["empty", &site, &empty])
            .run(install)
            .run(test)
            .input(self.sdist())
            .input_listing(&declared)
            .input_listing(&python.executable)
            .fact(tools::identity(python))
            .output_listing(&site);
        // The same archive installs again.
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
            .own(["empty", folder])
            .run(download)
            .input(build)
            .input(run)
            .output_listing(folder);
        Ok(self.pipeline.add(job))
    }
}

/// Where the setuptools is locked that this interpreter takes; between 2.7 and 3.10 there are more
/// of them than need be looked after.
fn requirements(exact: &Interpreter) -> Option<&'static str> {
    match (exact.major, exact.minor) {
        (2, 7) => Some("sdist-cp27.txt"),
        (3, 10..) => Some("sdist.txt"),
        _ => None,
    }
}
