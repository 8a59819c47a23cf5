//! `--builder docker` on Windows: wheels built and tested by the helper in a container of Windows.
//!
//! A container has the compilers and interpreters of Windows, and shares no folders: what goes in
//! and out is copied.

use anyhow::{Context, ensure};
use camino::Utf8Path;
use jobs::hinted;

use super::{Built, request::WheelsRequest};
use crate::{
    facts::{config::is_pinned, host::Host, project::Project},
    gate::attestation::TESTED,
    ground::{
        cli::{Gather, OwnStep},
        matrix::{Identifier, Platform},
        paths::STATE,
        plan::{Command, Job, JobId, Role},
    },
    planning::{
        pipeline::{Pipeline, container},
        platform::windows::{self, Base, MEMORY_GIB_MIN},
        tools::{self, kept},
    },
};

const TOOLS_DOCKERFILE: &str = "build-scripts/windows/tools.Dockerfile";

/// Our images: the tools alone, and what builds wheels.
const TOOLS: &str = "esig-windows-tools";
const IMAGE: &str = "esig-windows";

/// The helper, as the image has it.
const HELPER: &str = "C:/helper/xtask.exe";

/// Where the copy of the checkout is in the container.
const CHECKOUT: &str = "C:/esig";

/// What runs the container and what it is made of.
pub struct WindowsContainer<'a> {
    engine: &'a str,
    base: Base<'a>,
    /// The interpreters of the image, each an exact build for a target.
    pythons: &'a [Identifier],
    project: &'a Project,
    name: String,
}

/// The interpreters that the configuration has for the image.
pub fn pythons(project: &Project) -> anyhow::Result<Vec<Identifier>> {
    let python = |name: &String| {
        let python: Identifier = name.parse()?;
        let hint = "write it like `cp38-win32` in `[windows]` of xtask/xtask.toml";
        let is_for_windows = python.target.platform == Platform::Windows;
        ensure!(is_for_windows, hinted(format!("`{name}` is for no Windows"), hint));
        Ok(python)
    };
    project.config.windows.pythons.iter().map(python).collect()
}

impl<'a> WindowsContainer<'a> {
    /// Fails if the engine is not fit for it.
    pub fn new(
        request: &WheelsRequest,
        pythons: &'a [Identifier],
        host: &'a Host,
        project: &'a Project,
    ) -> anyhow::Result<WindowsContainer<'a>> {
        let containers = host.containers.as_ref().context("the engine was not asked")?;
        let engine = containers.engine().map_err(|problem| problem.clone())?;
        // An engine elsewhere has disks of its own, which cannot be asked.
        let here = host.windows.as_ref().filter(|windows| windows.version == engine.windows);
        let free = here.and_then(|windows| windows.free_at(&engine.folder));
        let base = windows::base(engine, free, &project.config.windows)?;
        if request.only_pinned && !is_pinned(base.name) {
            return Err(hinted(
                format!("the base `{}` is not pinned by its digest", base.name),
                "add the `digest` that `docker pull` prints to `[windows.bases]` of \
                 xtask/xtask.toml, or say `--allow-unpinned`",
            ));
        }
        let name = format!("esig-windows-{}", container::id_of(&project.root));
        Ok(WindowsContainer { engine: &containers.program, base, pythons, project, name })
    }

    /// Why a wheel cannot be built in it.
    pub fn refusal(&self, identifier: &Identifier) -> Option<String> {
        let Identifier { interpreter, target } = identifier;
        if target.platform != Platform::Windows {
            return Some("containers of Windows are for its own targets".to_owned());
        }
        let has_headers = self.pythons.iter().any(|p| interpreter.has_headers_of(&p.interpreter));
        let missing = || format!("the image has no {}", interpreter.wanted());
        target.refuses(*interpreter).or_else(|| (!has_headers).then(missing))
    }

    /// The wheels that are built in it, up to the wheelhouse.
    pub fn add_all(
        &self,
        built: &[Built<()>],
        output: &Utf8Path,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<()> {
        let started = self.start(pipeline)?;
        let made: Vec<(Identifier, JobId)> = built
            .iter()
            .map(|(id, ())| (*id, pipeline.add(self.build(id).needs([started]))))
            .collect();
        let fetched = pipeline.add(self.fetch().needs(made.iter().map(|(_, job)| *job)));
        let path = |file: &str| format!("{}/{file}", kept("windows-wheels")).into();
        pipeline.promote_sdist_from(path(&self.project.sdist_name()), fetched, output);
        for (identifier, job) in made {
            // Our own audit counts here too.
            let file = path(&pipeline.wheel_name(&identifier));
            let wheel = pipeline.audited(identifier, file, &[job, fetched]);
            pipeline.promote(&wheel, &[], output);
        }
        let removal = Job::new("remove the container of Windows");
        let removal = removal.own(container::sweep(self.engine, &self.project.root));
        pipeline.add(removal.needs([fetched]).always().in_any_case());
        Ok(())
    }

    /// A container with the project's files that idles until it is told what to do.
    fn start(&self, pipeline: &mut Pipeline) -> anyhow::Result<JobId> {
        let image = self.image(pipeline)?;
        let (staged, stage) = pipeline.staged();
        let label = container::label(&self.project.root);
        let size = format!("size={}GB", self.project.config.windows.disk_gib);
        let create = self
            .run_isolated("create")
            .args(["--storage-opt", &size, "--name", &self.name, "--label", &label])
            .args(["--entrypoint", "cmd", &self.tagged(IMAGE)])
            .args(["/S", "/C", "ping -t localhost >nul"]);
        let copy = self.run("cp").args([format!("{staged}/."), self.inside("")]);
        let job = Job::new("container of Windows")
            .needs([image, stage])
            .own(container::sweep(self.engine, &self.project.root))
            .run(create)
            .run(copy)
            .run(self.run("start").arg(&self.name));
        Ok(pipeline.add(job.always()))
    }

    /// The image for the base, on which the tools are copied that were installed once: neither a
    /// newer base of the same name nor another helper has them installed again.
    fn image(&self, pipeline: &mut Pipeline) -> anyhow::Result<JobId> {
        // The folder that images are built from; what is downloaded into it is checked.
        let context = kept("windows-image");
        let mut fetched = Vec::new();
        let mut files = vec![TOOLS_DOCKERFILE.to_owned()];
        let pythons = self.project.config.windows.pythons.iter().map(String::as_str);
        for name in ["vs_buildtools"].into_iter().chain(pythons) {
            let file = format!("{context}/{name}.exe");
            let download = tools::download(name, name, &file, self.project)?.ok_or_else(|| {
                let hint = format!("add `[downloads.{name}]` to xtask/xtask.toml");
                hinted(format!("nothing says where `{name}` comes from"), hint)
            })?;
            fetched.push(pipeline.add(download));
            files.push(file);
        }
        let helper = pipeline.add(helper(&context));
        let id = kept(&format!("windows-tools-{}.txt", self.base.build));
        let build = self.build_image(TOOLS_DOCKERFILE).args([
            "--tag",
            &self.tagged(TOOLS),
            "--iidfile",
            &id,
            &context,
        ]);
        let tools = Job::new(format!("image windows tools {}", self.base.build))
            .needs(fetched)
            .needs([helper])
            .run(build)
            .output(&id);
        let tools = pipeline.add(files.iter().fold(tools, Job::input));
        let build = self
            .build_image("build-scripts/windows/Dockerfile")
            .args(["--build-arg", &format!("TOOLS={}", self.tagged(TOOLS))])
            .args(["--tag", &self.tagged(IMAGE), &context]);
        let job = Job::new(format!("image windows {}", self.base.name)).needs([tools, helper]);
        Ok(pipeline.add(job.run(build).always()))
    }

    /// Builds and tests one wheel by the helper in the container, which makes once what several
    /// wheels share.
    fn build(&self, identifier: &Identifier) -> Job {
        let name = identifier.to_string();
        let run = self.run("exec").args([&self.name, HELPER, "wheels", &name]);
        let run = run.args(["--builder", "native", "--quiet"]);
        let is_tested = self.pythons.iter().any(|python| {
            let serves = identifier.interpreter.serves(&python.interpreter);
            serves && python.target == identifier.target
        });
        let release = "a container of Windows".to_owned();
        let job = Job::new(format!("build and test {name} in {release}")).run(run).always();
        if is_tested { job.role(Role::Testing { identifier: name, release }) } else { job }
    }

    /// Copies the wheels that there are, also if one failed. A container on a kernel of its own
    /// gives files only when it has stopped.
    fn fetch(&self) -> Job {
        let folder = kept("windows-wheels");
        let copy = self.run("cp").args([&self.inside("/wheelhouse/."), &folder]);
        let records = self.inside(&format!("/{STATE}/{TESTED}"));
        let records = self.run("cp").args([&records, &folder]);
        let gather = Gather {
            folders: vec![folder.clone().into()],
            output: folder.clone().into(),
            tests_only: true,
        };
        Job::new("fetch wheels from the container of Windows")
            .own(OwnStep::empty([&folder]))
            .run(self.run("stop").arg(&self.name))
            .run(copy)
            .run(records)
            .own(OwnStep::Gather(gather))
            .always()
            .in_any_case()
    }

    fn run(&self, command: &str) -> Command {
        Command::new(self.engine).arg(command)
    }

    fn run_isolated(&self, command: &str) -> Command {
        let memory = format!("{MEMORY_GIB_MIN}g");
        self.run(command).args(["--isolation", self.base.isolation, "--memory", &memory])
    }

    fn build_image(&self, dockerfile: &str) -> Command {
        let base = format!("BASE={}", self.base.name);
        self.run_isolated("build").args(["--file", dockerfile, "--build-arg", &base])
    }

    /// The name of one of our images, for the base.
    fn tagged(&self, image: &str) -> String {
        format!("{image}:{}", self.base.build)
    }

    /// A path in the copy of the checkout, as `cp` takes it.
    fn inside(&self, path: &str) -> String {
        format!("{}:{CHECKOUT}{path}", self.name)
    }
}

/// Compiles the helper, without the C++ runtime that a base may lack, and puts it where images are
/// built from, with the files by which it knows a checkout.
fn helper(context: &str) -> Job {
    let folder = kept("helper");
    let build = Command::new("cargo")
        .args(["build", "--release", "--locked", "--package", "xtask", "--target-dir", &folder])
        .env("RUSTFLAGS", "-Ctarget-feature=+crt-static");
    let sources = ["Cargo.lock", "pyproject.toml", "xtask/Cargo.toml", "xtask/jobs", "xtask/src"];
    let made = ["xtask.exe", "pyproject.toml", "xtask/Cargo.toml"];
    let job = Job::new("helper for containers of Windows")
        .run(build)
        .own(OwnStep::promote(format!("{folder}/release/xtask.exe"), context))
        .own(OwnStep::promote("pyproject.toml", context))
        .own(OwnStep::promote("xtask/Cargo.toml", format!("{context}/xtask")));
    let job = sources.iter().fold(job.input("xtask/wheel-audit"), Job::input);
    made.iter().fold(job, |job, file| job.output(format!("{context}/{file}")))
}
