//! `--builder docker` on Windows: wheels built and tested by the helper in a container of Windows.
//!
//! A container has the compilers and interpreters of Windows, and shares no folders: what goes in
//! and out is copied.

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;

use crate::{
    facts::{
        config::is_pinned,
        host::{Containers, Host},
        project::Project,
    },
    ground::{
        cli::{OwnStep, Wheels},
        matrix::{Identifier, Interpreter, Platform, Target},
        paths::below,
        plan::{Command, Job, JobId, Role},
    },
    planning::{
        pipeline::{Pipeline, container},
        planned::Skipped,
        platform::windows::{self, Base, MEMORY_GIB_MIN},
        tools,
    },
};

const TOOLS_DOCKERFILE: &str = "build-scripts/windows/tools.Dockerfile";
const DOCKERFILE: &str = "build-scripts/windows/Dockerfile";

/// As the image has it.
const HELPER: &str = "C:/helper/xtask.exe";

/// Where the copy of the checkout is in the container.
const CHECKOUT: &str = "C:/esig";

/// An interpreter of the image: an exact build for a target.
struct Python {
    interpreter: Interpreter,
    target: &'static Target,
}

/// What jobs have in common.
struct Recipe<'a> {
    program: &'a str,
    base: Base<'a>,
    project: &'a Project,
    /// The name of the container.
    name: String,
}

/// The targets that its interpreters are for.
pub fn targets(project: &Project) -> anyhow::Result<Vec<&'static Target>> {
    let mut targets: Vec<_> = pythons(project)?.into_iter().map(|python| python.target).collect();
    targets.sort_by_key(|target| target.name);
    targets.dedup();
    Ok(targets)
}

/// Every wheel that is asked for; gives those that cannot be built so.
pub fn add_all(
    arguments: &Wheels,
    identifiers: Vec<Identifier>,
    host: &Host,
    project: &Project,
    pipeline: &mut Pipeline,
) -> anyhow::Result<Vec<Skipped>> {
    let containers = host.containers.as_ref().context("the engine was not asked")?;
    let recipe = recipe(containers, host, project)?;
    check_pin(arguments, recipe.base.name)?;
    let pythons = pythons(project)?;
    let mut skipped = Vec::new();
    let mut built = Vec::new();
    for identifier in identifiers {
        match refusal(&identifier, &pythons) {
            Some(reason) => skipped.push(Skipped::new(identifier.to_string(), reason)),
            None => built.push(identifier),
        }
    }
    if built.is_empty() {
        return Err(super::nothing_to_build(&skipped, host));
    }
    let image = recipe.image(pipeline)?;
    let (folder, staged) = pipeline.staged();
    let started = pipeline.add(recipe.start(&folder).needs([image, staged]));
    let mut made = Vec::new();
    for identifier in built {
        let job = pipeline.add(recipe.build(&identifier, &pythons).needs([started]));
        made.push((identifier, job));
    }
    let fetched = pipeline.add(recipe.fetch().needs(made.iter().map(|(_, job)| *job)));
    pipeline.add(recipe.promote_sdist(&arguments.output).needs([fetched]));
    for (identifier, job) in &made {
        recipe.promote(identifier, [*job, fetched], &arguments.output, pipeline);
    }
    let removal = Job::new("remove the container of Windows");
    let removal = removal.own(container::sweep(recipe.program, &project.root));
    pipeline.add(removal.needs([fetched]).always().in_any_case());
    Ok(skipped)
}

/// What is published is built from what is known.
fn check_pin(arguments: &Wheels, base: &str) -> anyhow::Result<()> {
    if !arguments.release || arguments.allow_unpinned || is_pinned(base) {
        return Ok(());
    }
    Err(hinted(
        format!("the base `{base}` is not pinned by its digest"),
        "add the `digest` that `docker pull` prints to `[windows.bases]` of xtask/xtask.toml, or \
         say `--allow-unpinned`",
    ))
}

fn recipe<'a>(
    containers: &'a Containers,
    host: &Host,
    project: &'a Project,
) -> anyhow::Result<Recipe<'a>> {
    let engine = containers.engine().map_err(|problem| anyhow::Error::from(problem.clone()))?;
    let windows = host.windows.as_ref();
    // An engine elsewhere has disks of its own, which cannot be asked.
    let is_here = windows.is_some_and(|ours| ours.version == engine.windows);
    let free = windows.filter(|_| is_here).and_then(|ours| ours.free_at(&engine.folder));
    let base = windows::base(engine, free, &project.config.windows)?;
    let name = format!("esig-windows-{}", container::id_of(&project.root));
    Ok(Recipe { program: &containers.program, base, project, name })
}

fn pythons(project: &Project) -> anyhow::Result<Vec<Python>> {
    let python = |name: &String| {
        let (interpreter, target) = name.split_once('-').unwrap_or((name, ""));
        let target = Target::named(target).filter(|t| t.platform == Platform::Windows);
        let target = target.ok_or_else(|| {
            let hint = "write it like `cp38-win32` in `[windows]` of xtask/xtask.toml";
            hinted(format!("`{name}` is for no Windows"), hint)
        })?;
        Ok(Python { interpreter: interpreter.parse()?, target })
    };
    project.config.windows.pythons.iter().map(python).collect()
}

fn refusal(identifier: &Identifier, pythons: &[Python]) -> Option<String> {
    let Identifier { interpreter, target } = identifier;
    if target.platform != Platform::Windows {
        return Some("containers of Windows are for its own targets".to_owned());
    }
    let has_headers = |python: &Python| interpreter.has_headers_of(&python.interpreter);
    let missing = || Some(format!("the image has no {}", interpreter.wanted()));
    target
        .refuses(*interpreter)
        .or_else(|| if pythons.iter().any(has_headers) { None } else { missing() })
}

impl Recipe<'_> {
    fn engine(&self, command: &str) -> Command {
        Command::new(self.program).arg(command)
    }

    fn kept_apart(&self, command: Command) -> Command {
        let memory = format!("{MEMORY_GIB_MIN}g");
        command.args(["--isolation", self.base.isolation.name(), "--memory", &memory])
    }

    fn name_of(&self, image: &str) -> String {
        format!("{image}:{}", self.base.build)
    }

    /// A folder with all that goes into the images, whose files are checked.
    fn context(&self) -> String {
        tools::kept("windows-image")
    }

    /// The image for the base, on which the tools are copied that were installed once.
    fn image(&self, pipeline: &mut Pipeline) -> anyhow::Result<JobId> {
        let context = self.context();
        let mut fetched = Vec::new();
        let mut files = Vec::new();
        let names = self.project.config.windows.pythons.iter().map(String::as_str);
        for name in ["vs_buildtools"].into_iter().chain(names) {
            let download = self.project.config.download(name)?;
            let (url, sha256) = download.ok_or_else(|| {
                let hint = format!("add `[downloads.{name}]` to xtask/xtask.toml");
                hinted(format!("nothing says where `{name}` comes from"), hint)
            })?;
            let file = format!("{context}/{name}.exe");
            let step = OwnStep::download(url, sha256, &file);
            let job = Job::new(format!("download {name}")).own(step).output(&file);
            fetched.push(pipeline.add(job));
            files.push(file);
        }
        let helper = pipeline.add(self.helper());
        let tools = self.tools_image(&context).needs(fetched).needs([helper]);
        let tools = pipeline.add(files.iter().fold(tools, Job::input));
        let build = self
            .kept_apart(self.engine("build"))
            .args(["--file", DOCKERFILE, "--build-arg", &format!("BASE={}", self.base.name)])
            .args(["--build-arg", &format!("TOOLS={}", self.name_of("esig-windows-tools"))])
            .args(["--tag", &self.name_of("esig-windows"), &context]);
        let title = format!("image windows {}", self.base.name);
        Ok(pipeline.add(Job::new(title).needs([tools, helper]).run(build).always()))
    }

    /// The helper, without the C++ runtime that a base may lack, and what it knows a checkout by.
    fn helper(&self) -> Job {
        let (folder, context) = (tools::kept("helper"), self.context());
        let build = Command::new("cargo")
            .args(["build", "--release", "--locked", "--package", "xtask"])
            .args(["--target-dir", &folder])
            .env("RUSTFLAGS", "-Ctarget-feature=+crt-static");
        let program = format!("{folder}/release/xtask.exe");
        Job::new("helper for containers of Windows")
            .run(build)
            .own(OwnStep::promote(&program, &context))
            .own(OwnStep::promote("pyproject.toml", &context))
            .own(OwnStep::promote("xtask/Cargo.toml", format!("{context}/xtask")))
            .input("Cargo.lock")
            .input("pyproject.toml")
            .input("xtask/Cargo.toml")
            .input("xtask/src")
            .input("xtask/wheel-audit")
            .output(format!("{context}/xtask.exe"))
            .output(format!("{context}/pyproject.toml"))
            .output(format!("{context}/xtask/Cargo.toml"))
    }

    /// Made once: neither a newer base of the same name nor another helper has it made again.
    fn tools_image(&self, context: &str) -> Job {
        let id = tools::kept(&format!("windows-tools-{}.txt", self.base.build));
        let build = self
            .kept_apart(self.engine("build"))
            .args(["--file", TOOLS_DOCKERFILE, "--build-arg", &format!("BASE={}", self.base.name)])
            .args(["--tag", &self.name_of("esig-windows-tools"), "--iidfile", &id, context]);
        Job::new(format!("image windows tools {}", self.base.build))
            .run(build)
            .input(TOOLS_DOCKERFILE)
            .output(&id)
    }

    /// A container that idles until it is told what to do, with the project's files in it.
    fn start(&self, staged: &str) -> Job {
        let label = container::label(&self.project.root);
        let size = format!("size={}GB", self.project.config.windows.disk_gib);
        let create = self
            .kept_apart(self.engine("create"))
            .args(["--storage-opt", &size, "--name", &self.name, "--label", &label])
            .args(["--entrypoint", "cmd", &self.name_of("esig-windows")])
            .args(["/S", "/C", "ping -t localhost >nul"]);
        let copy = self.engine("cp").arg(format!("{staged}/.")).arg(self.inside(""));
        Job::new("container of Windows")
            .own(container::sweep(self.program, &self.project.root))
            .run(create)
            .run(copy)
            .run(self.engine("start").arg(&self.name))
            .always()
    }

    fn inside(&self, path: &str) -> String {
        format!("{}:{CHECKOUT}{path}", self.name)
    }

    /// The whole way of one wheel up to its tests; what several share is made once there too.
    fn build(&self, identifier: &Identifier, pythons: &[Python]) -> Job {
        let name = identifier.to_string();
        let run = self.engine("exec").args([&self.name, HELPER, "wheels", &name]).args([
            "--builder",
            "native",
            "--quiet",
        ]);
        let is_tested = pythons.iter().any(|python| {
            python.target == identifier.target && identifier.interpreter.serves(&python.interpreter)
        });
        let release = "a container of Windows".to_owned();
        let job = Job::new(format!("build and test {name} in {release}")).run(run).always();
        if is_tested { job.role(Role::Testing { identifier: name, release }) } else { job }
    }

    /// What there is, also if a wheel failed. A container on a kernel of its own gives files only
    /// when it has stopped.
    fn fetch(&self) -> Job {
        let folder = tools::kept("windows-wheels");
        let copy = self.engine("cp").arg(self.inside("/wheelhouse/.")).arg(&folder);
        Job::new("fetch wheels from the container of Windows")
            .own(OwnStep::empty([&folder]))
            .run(self.engine("stop").arg(&self.name))
            .run(copy)
            .always()
            .in_any_case()
    }

    fn promote_sdist(&self, output: &Utf8Path) -> Job {
        let path = format!("{}/{}", tools::kept("windows-wheels"), self.project.sdist_name());
        Job::new("promote sdist")
            .own(OwnStep::promote(&path, output.as_str()))
            .input(&path)
            .output(below(output, self.project.sdist_name()))
    }

    /// The gate: our own audit counts here too.
    fn promote(
        &self,
        identifier: &Identifier,
        needs: [JobId; 2],
        output: &Utf8Path,
        pipeline: &mut Pipeline,
    ) {
        let Project { name, version, config, .. } = self.project;
        let file = identifier.wheel_name(name, version, &config.policy(identifier.target));
        let path = format!("{}/{file}", tools::kept("windows-wheels"));
        let audit = Job::new(format!("audit {identifier}")).own(OwnStep::audit(&path)).input(&path);
        let audited = pipeline.add(audit.needs(needs));
        let job = Job::new(format!("promote {identifier}"))
            .role(Role::Finishing { identifier: identifier.to_string() })
            .needs([audited])
            .own(OwnStep::promote(&path, output.as_str()))
            .input(&path)
            .output(below(output, file));
        pipeline.add(job);
    }
}
