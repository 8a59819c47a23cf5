//! `cargo xtask publish`: what passed the gate goes to an index, and comes back to be compared.

use super::repository::index;
use crate::{
    facts::{host::Host, project::Project},
    gate::promises::NOTED,
    ground::{
        cli::{OwnStep, Publish},
        paths::STATE,
        plan::{Command, Job, Plan},
    },
    planning::{pipeline::Pipeline, tools},
};

/// The script that asks an index for what it has.
const COMPARE: &str = "build-scripts/compare-index.py";

/// uv skips files that the index has with the same hash, and stops at one with another: so a
/// publication that was interrupted is taken up by the same command. What is uploaded is a copy
/// that was compared with what passed all checks, by name: neither what is changed in the
/// wheelhouse from then on nor what is added there goes anywhere.
pub fn publish_plan(arguments: &Publish, host: &Host, project: &Project) -> anyhow::Result<Plan> {
    let index = index(&arguments.repository)?;
    let mut pipeline = Pipeline::new(host, project);
    let publishers = pipeline.add(tools::PUBLISH.job(host)?);
    let folder = format!("{STATE}/upload");
    let released = project.config.released();
    let wheels = released.iter().map(|identifier| pipeline.wheel_name(identifier));
    let files = [project.sdist_name()].into_iter().chain(wheels);
    let upload = Command::new(tools::PUBLISH.program(host, "uv"))
        .args(["publish", "--no-config", "--publish-url", &index.upload])
        .args(["--check-url", &index.simple, "--trusted-publishing"])
        .arg(if index.trusts { "automatic" } else { "never" })
        .args(files.map(|file| format!("{folder}/{file}")));

    let python = tools::PUBLISH.program(host, "python");
    let page = format!("{}{}/", index.simple, project.name);
    let noted = format!("{STATE}/{NOTED}");
    let compare = Command::new(&python).args([COMPARE, &page, &noted]);
    let uploaded = Job::new("upload")
        .needs([publishers])
        .own(OwnStep::CopyChecked {
            wheelhouse: arguments.wheelhouse.clone(),
            folder: folder.clone().into(),
        })
        .run(index.asking(compare.clone().arg("--before")))
        .run(index.uploading(upload))
        .own(OwnStep::empty([&folder]))
        .always();
    let uploaded = pipeline.add(uploaded);
    let listed = Job::new("compare the index").needs([uploaded]).run(index.asking(compare));
    let listed = pipeline.add(listed.always());

    let folder = format!("{STATE}/published");
    let (downloaded, site, empty) =
        (format!("{folder}/downloaded"), format!("{folder}/site"), format!("{folder}/empty"));
    let release = format!("{}=={}", project.name, project.version);
    let pip = |word: &str| {
        Command::new(&python)
            .args(["-m", "pip", word, "--quiet", "--no-deps", "--no-cache-dir"])
            .args(["--only-binary", ":all:"])
    };
    let download = index.asking(pip("download").args(["--dest", &downloaded, &release]));
    let install = pip("install").args(["--no-index", "--find-links", &downloaded]);
    let test = Command::new(format!("../../../../{python}"))
        .args(["-m", &format!("{}.tests", project.name)])
        .env("PYTHONPATH", "../site")
        .folder(&empty);
    let verified = Job::new("install what was published")
        .needs([listed])
        .own(OwnStep::empty([&downloaded, &site, &empty]))
        .run(download)
        .own(OwnStep::CompareChecked { downloaded: downloaded.clone().into() })
        .run(install.args(["--target", &site, &release]))
        .run(test)
        .always();
    pipeline.add(verified);
    Ok(pipeline.into_plan())
}
