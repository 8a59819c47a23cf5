//! README: as an index renders it, its commands, and its examples with the wheel for this machine.

use super::{Gate, job};
use crate::{
    gate::promises::Promise,
    ground::{
        cli::OwnStep,
        paths::STATE,
        plan::{Command, JobId},
    },
    planning::tools,
};

/// The way from the empty folder that the examples run in to the root.
const UP: &str = "../../../../..";

impl Gate<'_> {
    pub fn add_readme(&mut self, promise: Promise) -> anyhow::Result<JobId> {
        let publishers = self.pipeline.add(tools::PUBLISH.job(self.host)?);
        let folder = format!("{STATE}/check/readme");
        let (site, empty) = (format!("{folder}/site"), format!("{folder}/empty"));
        let python = tools::PUBLISH.program(self.host, "python");
        let release = format!("{}=={}", self.project.name, self.project.version);
        let render = Command::new(&python).args(["-m", "twine", "check", "--strict"]);
        let install = Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"])
            .args(["--only-binary", ":all:", "--find-links", self.wheelhouse.as_str()])
            .args(["--target", &site, &release]);
        let examples = Command::new(format!("{UP}/{python}"))
            .args(["-m", "doctest", &format!("{UP}/README.md")])
            .env("PYTHONPATH", "../site")
            .folder(&empty);
        let job = job(promise, "")
            .needs([publishers])
            .own(OwnStep::empty([&site, &empty]))
            .own(OwnStep::Verify(self.verify(promise)))
            .run(render.arg(self.sdist()))
            .run(install)
            .run(examples);
        Ok(self.pipeline.add(job))
    }
}
