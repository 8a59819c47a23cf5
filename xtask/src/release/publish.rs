//! `cargo xtask publish`: what passed the gate goes to an index, and comes back to be compared.

use anyhow::ensure;
use jobs::hinted;

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

/// Asks an index for what it has.
const COMPARE: &str = "build-scripts/compare-index.py";

/// Where files go, and where they are found then.
struct PackageIndex {
    upload: String,
    simple: String,
    /// Whether it takes the word of a GitHub workflow instead of a token.
    trusts: bool,
}

/// uv skips files that the index has with the same hash, and stops at one with another: so a
/// publication that was interrupted is taken up by the same command.
pub fn publish_plan(arguments: &Publish, host: &Host, project: &Project) -> anyhow::Result<Plan> {
    let index = index(&arguments.repository)?;
    let wheelhouse = arguments.wheelhouse.as_str();
    let mut pipeline = Pipeline::new(host, project);
    let publishers = pipeline.add(tools::PUBLISH.job(host)?);
    let upload = Command::new(tools::PUBLISH.program(host, "uv"))
        .args(["publish", "--no-config", "--publish-url", &index.upload])
        .args(["--check-url", &index.simple, "--trusted-publishing"])
        .args([if index.trusts { "automatic" } else { "never" }, &format!("{wheelhouse}/*")]);
    let uploaded = Job::new("upload")
        .needs([publishers])
        .own(OwnStep::compare_checked(wheelhouse, None))
        .run(upload)
        .always();
    let uploaded = pipeline.add(uploaded);

    let page = format!("{}{}/", index.simple, project.name);
    let python = tools::PUBLISH.program(host, "python");
    let compare = Command::new(&python).args([COMPARE, &page, &format!("{STATE}/{NOTED}")]);
    let listed = Job::new("compare the index").needs([uploaded]).run(compare).always();
    let listed = pipeline.add(listed);

    let folder = format!("{STATE}/published");
    let (downloaded, site, empty) =
        (format!("{folder}/downloaded"), format!("{folder}/site"), format!("{folder}/empty"));
    let release = format!("{}=={}", project.name, project.version);
    let pip = |word: &str| {
        Command::new(&python)
            .args(["-m", "pip", word, "--quiet", "--no-deps", "--no-cache-dir"])
            .args(["--only-binary", ":all:"])
            .env("PIP_INDEX_URL", &index.simple)
    };
    let test = Command::new(format!("../../../../{python}"))
        .args(["-m", &format!("{}.tests", project.name)])
        .env("PYTHONPATH", "../site")
        .folder(&empty);
    let verified = Job::new("install what was published")
        .needs([listed])
        .own(OwnStep::empty([&downloaded, &site, &empty]))
        .run(pip("download").args(["--dest", &downloaded, &release]))
        .own(OwnStep::compare_checked(wheelhouse, Some(&downloaded)))
        .run(pip("install").args(["--target", &site, &release]))
        .run(test)
        .always();
    pipeline.add(verified);
    Ok(pipeline.into_plan())
}

fn index(repository: &str) -> anyhow::Result<PackageIndex> {
    let of_pypi = |upload: &str, host: &str| PackageIndex {
        upload: format!("https://{upload}/legacy/"),
        simple: format!("https://{host}/simple/"),
        trusts: true,
    };
    match repository {
        "pypi" => return Ok(of_pypi("upload.pypi.org", "pypi.org")),
        "testpypi" => return Ok(of_pypi("test.pypi.org", "test.pypi.org")),
        _ => {}
    }
    let is_address = ["https://", "http://"].iter().any(|start| repository.starts_with(start));
    let what = format!("`{repository}` is no index");
    ensure!(is_address, hinted(what, "name `pypi`, `testpypi`, or an address with `https://`"));
    let base = repository.trim_end_matches('/');
    let (upload, simple) = (format!("{base}/"), format!("{base}/simple/"));
    Ok(PackageIndex { upload, simple, trusts: false })
}
