//! From the files that git tracks to the source archive, and to the sources in it.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Pipeline, SOURCE};
use crate::{
    ground::{
        cli::OwnStep,
        paths::{STATE, below},
        plan::{Command, Job, JobId},
    },
    planning::tools,
};

impl Pipeline<'_> {
    pub(super) fn sdist_path(&self) -> Utf8PathBuf {
        format!("{STATE}/sdist/{}", self.project.sdist_name()).into()
    }

    /// A folder with the files that git tracks, and what fills it.
    pub fn staged(&mut self) -> (String, JobId) {
        let stage = format!("{STATE}/stage");
        let step = OwnStep::Stage { folder: stage.clone().into() };
        let staged = Job::new("stage").own(step).output(&stage).always();
        (stage, self.add(staged))
    }

    /// The source archive: from the files that git tracks, by setuptools, with fixed bytes.
    fn sdist(&mut self) -> anyhow::Result<JobId> {
        let tools = self.tools()?;
        let raw = format!("{STATE}/sdist");
        let sdist = self.sdist_path();
        let raw_sdist = format!("{raw}/raw/{}", self.project.sdist_name());

        let (stage, staged) = self.staged();
        let build = Command::new(tools::BUILD.program(self.host, "python"))
            .args(["-m", "build", "--sdist", "--no-isolation", "--outdir"])
            .args([&format!("{raw}/raw"), &stage]);
        let made = Job::new("sdist")
            .needs([tools, staged])
            .own(OwnStep::empty([&raw]))
            .run(build)
            .own(OwnStep::Normalise { archive: raw_sdist.into(), output: sdist.clone() })
            .input(stage)
            .input(tools::BUILD.requirements)
            .output(sdist.clone());
        Ok(self.add(made))
    }

    /// The source archive, up to where it is picked up.
    pub fn promote_sdist(&mut self, output: &Utf8Path) -> anyhow::Result<JobId> {
        let sdist = self.sdist()?;
        Ok(self.promote_sdist_from(self.sdist_path(), sdist, output))
    }

    /// The same of an archive that was made by another job.
    pub fn promote_sdist_from(
        &mut self,
        path: Utf8PathBuf,
        made: JobId,
        output: &Utf8Path,
    ) -> JobId {
        let job = Job::new("promote sdist")
            .needs([made])
            .own(OwnStep::promote(&path, output))
            .input(path)
            .output(below(output, self.project.sdist_name()));
        self.add(job)
    }

    /// The sources that everything is built from: those of the archive, not of the checkout.
    pub(super) fn source(&mut self) -> anyhow::Result<JobId> {
        let sdist = self.sdist()?;
        let path = self.sdist_path();
        let unpacked = Job::new("unpack")
            .needs([sdist])
            .own(OwnStep::Unpack { archive: path.clone(), folder: SOURCE.into() })
            .input(path)
            .output(SOURCE);
        Ok(self.add(unpacked))
    }
}
