//! `cargo xtask test`: every suite, each with its own counts.

mod sanitizers;

use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use crate::{
    facts::{
        host::{Host, WantedImages},
        project::Project,
    },
    ground::{
        cli::{self, OwnStep, Suite, ToolchainName},
        matrix::{Platform, Target},
        paths::STATE,
        plan::{Command, Job, JobId, Role},
    },
    planning::{
        commands::wheels::testing::wheel_for,
        pipeline::Pipeline,
        planned::{Planned, Skipped},
        testers::can_test,
        toolchain::Toolchain,
        tools,
    },
};

pub fn test_plan(arguments: &cli::Test, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let mut pipeline = Pipeline::new(host, project);
    let skipped = add_suites(&mut pipeline, &arguments.suites)?;
    Ok(Planned { plan: pipeline.into_plan(), skipped, ..Planned::default() })
}

/// Adds the suites named, all if none is; gives those that cannot run here.
pub fn add_suites(pipeline: &mut Pipeline, suites: &[Suite]) -> anyhow::Result<Vec<Skipped>> {
    let host = pipeline.host;
    let wanted = |suite| suites.is_empty() || suites.contains(&suite);
    let (mut skipped, mut cargo) = (Vec::new(), None);
    if wanted(Suite::Rust) {
        cargo = Some(pipeline.add(rust_job()));
    }
    if wanted(Suite::Cpp) {
        add_cpp(pipeline)?;
    }
    if wanted(Suite::Sanitizers) {
        match host.program("c++") {
            Ok(compiler) => sanitizers::add(pipeline, compiler)?,
            Err(error) => skipped.push(Skipped::new("sanitizers", error)),
        }
    }
    if wanted(Suite::Python) {
        let others = [CLIENTS, DOCS].map(|test| format!("--ignore={UP}/{test}"));
        let tests = pytest(&tools::PYTEST, host).arg(format!("{UP}/tests")).args(others);
        add_python(pipeline, "python", &tools::PYTEST, [tests])?;
    }
    if wanted(Suite::Clients) {
        let tests = pytest(&tools::CLIENTS, host).arg(format!("{UP}/{CLIENTS}"));
        add_python(pipeline, "clients", &tools::CLIENTS, [tests])?;
    }
    if wanted(Suite::Docs) {
        // The pictures and the examples with the wheel, like all else; a warning is an error.
        let build = Command::new(format!("{UP}/{}", tools::DOCS.program(host, "sphinx-build")))
            .args(["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"])
            .args(["--doctree-dir", "doctrees", &format!("{UP}/docs"), &format!("{UP}/{HTML}")]);
        let tests = pytest(&tools::DOCS, host).arg(format!("{UP}/{DOCS}"));
        add_python(pipeline, "docs", &tools::DOCS, [build, tests])?;
    }
    if wanted(Suite::EndToEnd) {
        skipped.extend(add_end_to_end(pipeline, cargo, host));
    }
    if wanted(Suite::Faults) {
        skipped.extend(add_faults(pipeline, cargo)?);
    }
    if wanted(Suite::Fuzz) {
        pipeline.add(fuzz_job().needs(cargo));
    }
    if wanted(Suite::Audits) {
        match host.platform {
            // The suite makes symbolic links to wheels, which Windows lets few users do.
            Platform::Windows => skipped.push(Skipped::new("audits", "it runs on Linux and macOS")),
            _ => add_audits(pipeline, cargo)?,
        }
    }
    if wanted(Suite::Docker) {
        match why_without_docker(host) {
            None => add_docker(pipeline, cargo),
            Some(reason) => skipped.push(Skipped::new("docker", reason)),
        }
    }
    Ok(skipped)
}

/// Only whether an engine answers: the images are made for the tests.
pub fn images_wanted(suites: &[Suite]) -> Option<WantedImages> {
    (suites.is_empty() || suites.contains(&Suite::Docker))
        .then(|| WantedImages { program: "docker".to_owned(), ..WantedImages::default() })
}

/// What needs the packages that esig is used with.
const CLIENTS: &str = "tests/test_clients.py";

/// What reads the pages of the documentation, and needs what its examples use.
const DOCS: &str = "tests/test_site.py";

/// The folder of the pages.
const HTML: &str = "target/xtask/html";

fn suite(name: &str) -> Job {
    Job::new(format!("test {name}")).role(Role::Suite).always()
}

fn cargo_test(words: &str) -> Command {
    Command::new("cargo").args(["test", "--locked"]).args(words.split(' '))
}

/// The tests of the helper, without those that another suite or another test runs.
fn rust_job() -> Job {
    let skipped = "--skip started_by_another_test --skip for_half_a_minute";
    suite("rust").run(cargo_test(&format!("--package xtask --lib --test cli -- {skipped}"))).run(
        cargo_test(&format!("--package as-elf --package jobs --package wheel-audit -- {skipped}")),
    )
}

/// Whole builds of copies of this checkout; one at a time, for each uses all processors. Gives what
/// cannot run here.
fn add_end_to_end(pipeline: &mut Pipeline, cargo: Option<JobId>, host: &Host) -> Option<Skipped> {
    let is_here = |minor: &u32| {
        let mut found = host.candidates().filter(|python| python.include.is_some());
        found.any(|python| python.version[..2] == [3, *minor])
    };
    if !is_here(&8) || [11, 12, 13].iter().filter(|minor| is_here(minor)).count() < 2 {
        let reason = "it needs CPython 3.8 and two of 3.11, 3.12 and 3.13, with their headers; \
                      `pyenv install 3.8 3.12 3.13`";
        return Some(Skipped::new("end-to-end", reason));
    }
    let test = cargo_test("--package xtask --test end_to_end -- --ignored --test-threads=1");
    if Target::named("win_amd64").is_some_and(|windows| can_test(windows, host)) {
        pipeline.add(suite("end-to-end").run(test).needs(cargo));
        return None;
    }
    pipeline.add(suite("end-to-end").run(test.args(["--skip", "under_wine"])).needs(cargo));
    let reason = "nothing here runs wheels for Windows; `apt-get install wine64`, on x86_64";
    Some(Skipped::new("end-to-end under wine", reason))
}

/// Hundreds of faults, in a project that builds in a second.
fn add_faults(pipeline: &mut Pipeline, cargo: Option<JobId>) -> anyhow::Result<Option<Skipped>> {
    if pipeline.host.platform != Platform::Linux {
        return Ok(Some(Skipped::new("faults", "it finds processes as Linux has them")));
    }
    let attempt = Command::new(&pipeline.host.tool_python()?.executable).arg("tests/faults/run.py");
    let tools = pipeline.tools()?;
    pipeline.add(suite("faults").needs([tools]).needs(cargo).run(attempt));
    Ok(None)
}

/// What reads wheels and archives, with other damage in each run.
fn fuzz_job() -> Job {
    let packages = "--package xtask --package wheel-audit";
    let only = "-- --ignored for_half_a_minute";
    suite("fuzz").run(cargo_test(&format!("--lib --test hostile {packages} {only}")))
}

/// Our audit beside others, on wheels of others, which are fetched once.
fn add_audits(pipeline: &mut Pipeline, cargo: Option<JobId>) -> anyhow::Result<()> {
    let host = pipeline.host;
    let auditors = pipeline.add(tools::AUDITORS.job(host)?);
    let python = || Command::new(tools::AUDITORS.program(host, "python"));
    let (script, list) = ("build-scripts/fetch-wheels.py", "tests/audits/wheels.txt");
    let wheels = format!("{STATE}/audits/wheels");
    let fetch = Job::new("wheels of others")
        .needs([auditors])
        .own(OwnStep::empty([&wheels]))
        .run(python().args([script, &wheels]))
        .input(script)
        .input(list)
        .output_kept(&wheels)
        .fetches();
    let fetched = pipeline.add(fetch);
    let compare = ["tests/audits/compare.py", &wheels, &format!("{STATE}/audits/renamed")];
    let job = suite("audits").needs([auditors, fetched]).needs(cargo);
    pipeline.add(job.run(python().args(compare)));
    Ok(())
}

/// What the tests in containers lack here. They make base images, and engines that fail.
fn why_without_docker(host: &Host) -> Option<String> {
    let Some(containers) = &host.containers else {
        return Some("nobody looked for a container engine".to_owned());
    };
    if let Err(problem) = containers.engine() {
        let how = "`apt-get install docker.io`, then `build-scripts/start-docker.sh` as root";
        return Some(format!("{}; {how}", problem.what));
    }
    let needed = [
        ("debootstrap", "`apt-get install debootstrap`"),
        ("pyenv", "get it from github.com/pyenv/pyenv"),
        ("qemu-aarch64-static", "`apt-get install qemu-user-static`"),
    ];
    if let Some((name, how)) = needed.iter().find(|(name, _)| host.program(name).is_err()) {
        return Some(format!("`{name}` is not on PATH; {how}"));
    }
    let is_root = host.user == Some((0, 0));
    (!is_root).then(|| "its images and engines are root's; run it as root".to_owned())
}

/// Local images that look like those of manylinux, kept between runs.
const BASE_IMAGES: &[&str] = &["x86_64", "i686", "bullseye", "aarch64"];

fn add_docker(pipeline: &mut Pipeline, cargo: Option<JobId>) {
    let base_image = |image: &&str| {
        let make = Command::new("bash").args(["tests/docker/make-base-image.sh", image]);
        pipeline.add(Job::new(format!("base image {image}")).run(make).always())
    };
    let images: Vec<JobId> = BASE_IMAGES.iter().map(base_image).collect();
    let one_by_one = cargo_test("--package xtask --test docker -- --ignored --test-threads=1");
    pipeline.add(suite("docker").needs(images).needs(cargo).run(one_by_one));
}

/// The tests of libalgebra, with the system's compiler if there is one: zig would first compile a
/// C++ runtime for minutes.
fn add_cpp(pipeline: &mut Pipeline) -> anyhow::Result<()> {
    let (host, project) = (pipeline.host, pipeline.project);
    let name = if host.program("c++").is_ok() { ToolchainName::Native } else { ToolchainName::Zig };
    let target = host
        .own_target()
        .ok_or_else(|| hinted("libalgebra is not compiled for this machine", "use Linux"))?;
    let toolchain = Toolchain::here(name, host, project, target, false)?;
    let folder = format!("{STATE}/cpp");
    let job = suite("libalgebra")
        .needs(pipeline.provide(&toolchain)?)
        .own(OwnStep::empty([&folder]))
        .steps(toolchain.core(Utf8Path::new(""), &folder));
    let library = format!("{folder}/libalgebra.a");
    let link = |test: &Utf8Path, program: &str| toolchain.compile_test(test, &library, program);
    pipeline.add(with_programs(job, &folder, project.library_tests.iter(), link));
    Ok(())
}

/// Has test programs of libalgebra linked and run.
fn with_programs<'p>(
    job: Job,
    folder: &str,
    tests: impl Iterator<Item = &'p Utf8PathBuf>,
    link: impl Fn(&Utf8Path, &str) -> Command,
) -> Job {
    tests.fold(job, |job, test| {
        let program = format!("{folder}/{}", test.file_stem().unwrap_or_default());
        job.run(link(test, &program)).run(Command::new(program))
    })
}

/// From the folder that pytest runs in to the root.
const UP: &str = "../../..";

fn pytest(toolbox: &tools::Toolbox, host: &Host) -> Command {
    let python = format!("{UP}/{}", toolbox.program(host, "python"));
    Command::new(python).args(["-m", "pytest", "-p", "no:cacheprovider"])
}

/// Commands that use the wheel for the interpreter that the toolbox is installed with.
fn add_python<const N: usize>(
    pipeline: &mut Pipeline,
    name: &str,
    toolbox: &tools::Toolbox,
    commands: [Command; N],
) -> anyhow::Result<()> {
    let host = pipeline.host;
    let wheel = wheel_for(host.tool_python()?, pipeline)?;
    let installed = pipeline.add(toolbox.job(host)?);
    // From an empty folder, where nothing of the checkout can be imported.
    let empty = format!("{STATE}/empty-{name}");
    let job = suite(name)
        .needs(wheel.audited)
        .needs([installed])
        .own(OwnStep::empty([&empty]))
        .run(toolbox.install(host, &wheel.path));
    let run = |job: Job, command: Command| job.run(command.folder(&empty));
    pipeline.add(commands.into_iter().fold(job, run));
    Ok(())
}
