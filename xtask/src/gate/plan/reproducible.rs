//! The source archive is built once more, with everything different that must not matter.

use super::{Gate, job};
use crate::{
    ground::{
        cli::{OwnStep, Verify},
        matrix::Platform,
        paths::STATE,
        plan::{Command, JobId},
    },
    planning::tools,
};

/// Variables that are different on other machines.
const OTHERWISE: &[(&str, &str)] = &[
    ("HOME", "/nowhere"),
    ("LANG", "tr_TR.UTF-8"),
    ("LC_ALL", "C"),
    ("LOGNAME", "somebody"),
    ("PYTHONHASHSEED", "4711"),
    ("SOURCE_DATE_EPOCH", "1"),
    ("TZ", "Pacific/Auckland"),
    ("USER", "somebody"),
];

impl Gate<'_> {
    pub fn add_reproducible(&mut self, verify: Verify) -> anyhow::Result<JobId> {
        let tools = self.pipeline.tools()?;
        let folder = format!("{STATE}/check/elsewhere");
        let checkout = format!("{folder}/another-place/of-a/checkout");
        let name = self.project.sdist_name();
        let (raw, rebuilt) = (format!("{folder}/raw/{name}"), format!("{folder}/{name}"));
        let python = tools::BUILD.program(self.host, "python");
        let mut build = match self.host.platform {
            Platform::Windows => Command::new(&python),
            // Some people's settings make files that nobody else may read.
            _ => Command::new("sh").args([
                "-c",
                "umask 077; chmod -R go= \"$0\"; exec \"$@\"",
                &checkout,
                &python,
            ]),
        };
        build = build.args(["-m", "build", "--sdist", "--no-isolation", "--outdir"]);
        build = build.args([&format!("{folder}/raw"), &checkout]);
        for (name, value) in OTHERWISE {
            build = build.env(*name, *value);
        }
        let promise = verify.promise;
        let compare = Verify { rebuilt: Some(rebuilt.clone().into()), ..verify };
        let job = job(promise, "")
            .needs([tools])
            .own(OwnStep::empty([&folder]))
            .own(OwnStep::Stage { folder: checkout.into() })
            .run(build)
            .own(OwnStep::Normalise { archive: raw.into(), output: rebuilt.into() })
            .own(OwnStep::Verify(compare));
        Ok(self.pipeline.add(job))
    }
}
