//! Testing a wheel: an environment that holds the wheel and what it needs, and nothing else.

use super::{Pipeline, PlannedWheel};
use crate::{
    execute::STATE,
    plan::{Command, Job, JobId, Role},
    testers::Runner,
};

/// From the empty folder that a test runs in to the root.
const UP: &str = "../../../../..";

impl Pipeline<'_> {
    /// The self-test of a wheel in one interpreter.
    pub fn test(&mut self, wheel: &PlannedWheel, runner: Runner) -> anyhow::Result<JobId> {
        let identifier = wheel.identifier.to_string();
        let title = &runner.title;
        let folder = format!("{STATE}/test/{identifier}-in-{}", title.replace(' ', "-"));
        let (site, empty) = (format!("{folder}/site"), format!("{folder}/empty"));
        let requirements = requirements_folder(wheel, &runner);

        let install = self.pip(&["install", "--no-index", "--no-compile", "--target", &site]);
        let install = if runner.brings_numpy {
            install.arg("--no-deps")
        } else {
            install.args(["--find-links", &requirements])
        };
        let install = install.args(tags_of(wheel, &runner)).arg(&wheel.path);
        let program = if runner.provision.is_some() {
            format!("{UP}/{}", runner.program)
        } else {
            runner.program.clone()
        };
        // Without `site`, nothing that is installed on this machine can be imported.
        let run = Command::new(program)
            .args(["-S", "-m", &format!("{}.tests", self.project.name)])
            .env("PYTHONPATH", "../site")
            .folder(&empty);
        let mut job = Job::new(format!("test {identifier} in {title}"))
            .role(Role::Testing { identifier: identifier.clone(), release: title.clone() })
            .needs([wheel.audited])
            .own(["empty", &site, &empty])
            .run(install)
            .run(run)
            .input(&wheel.path)
            .input_listing(&runner.program)
            .fact(&runner.identity)
            .output_listing(&site);
        if !runner.brings_numpy {
            let fetched = self.fetch_requirements(wheel, &runner)?;
            job = job.needs([fetched]).input_listing(&requirements);
        }
        if let Some(provision) = runner.provision {
            let tools = self.tools()?;
            job = job.needs([self.add(provision.needs([tools]))]);
        }
        Ok(self.add(job))
    }

    /// What the self-test needs besides the wheel, downloaded, so that the test needs no network.
    fn fetch_requirements(
        &mut self,
        wheel: &PlannedWheel,
        runner: &Runner,
    ) -> anyhow::Result<JobId> {
        let folder = requirements_folder(wheel, runner);
        let requirements = self.project.test_requirements(runner.interpreter)?;
        let download = self.pip(&["download", "--require-hashes", "--dest", &folder]);
        let download = download.args(tags_of(wheel, runner)).args(["--requirement", &requirements]);
        let tools = self.tools()?;
        let target = wheel.identifier.target.name;
        let job = Job::new(format!("fetch requirements for {} {target}", runner.interpreter))
            .needs([tools])
            .own(["empty", &folder])
            .run(download)
            .input(requirements)
            .output_listing(&folder);
        Ok(self.add(job))
    }
}

/// By version and target: the same for every wheel that is tested in the interpreter.
fn requirements_folder(wheel: &PlannedWheel, runner: &Runner) -> String {
    format!("{STATE}/fetched/{}-{}", runner.interpreter, wheel.identifier.target.name)
}

/// Tells pip for which interpreter and target it installs: it runs in the build's own tools.
fn tags_of(wheel: &PlannedWheel, runner: &Runner) -> Vec<String> {
    let exact = runner.interpreter;
    let mut arguments = vec![
        "--implementation=cp".to_owned(),
        format!("--python-version={}", exact.version()),
        format!("--abi={}", exact.abi_tag()),
    ];
    if exact.abi_tag() != wheel.identifier.interpreter.abi_tag() {
        arguments.push(format!("--abi={}", wheel.identifier.interpreter.abi_tag()));
    }
    let platforms = wheel.identifier.target.pip_platforms();
    arguments.extend(platforms.iter().map(|platform| format!("--platform={platform}")));
    arguments
}
