//! The source archive, built once more, with all different that should not matter.

use super::{Gate, job};
use crate::{
    execute::STATE,
    matrix::Platform,
    plan::{Command, JobId},
    promises::Promise,
    tools,
};

/// What another machine may have otherwise.
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
    pub fn add_reproducible(&mut self, promise: &'static Promise) -> anyhow::Result<Vec<JobId>> {
        let tools = self.pipeline.tools()?;
        let folder = format!("{STATE}/check/elsewhere");
        let checkout = format!("{folder}/another-place/of-a/checkout");
        let name = self.project.sdist_name();
        let (raw, rebuilt) = (format!("{folder}/raw/{name}"), format!("{folder}/{name}"));
        let python = tools::BUILD.program(self.host, "python");
        let mut build = match self.host.platform {
            Platform::Windows => Command::new(&python),
            // Files that nobody else may read, as somebody's settings make them.
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
        let compare = self.verify(promise).into_iter().chain(["--rebuilt".into(), rebuilt.clone()]);
        let job = job(promise, "")
            .needs([tools])
            .own(["empty", &folder])
            .own(["stage", &checkout])
            .run(build)
            .own(["normalise", &raw, &rebuilt])
            .own(compare);
        Ok(vec![self.pipeline.add(job)])
    }
}
