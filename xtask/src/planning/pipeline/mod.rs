//! The one way from a checkout to a wheel: sdist → core → binding → assemble → audit → test →
//! promote. Toolchains and platforms fill in how; the sequence is written here alone.

pub mod container;
mod sdist;
mod testing;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    facts::{
        host::{Host, Image},
        project::{Project, Sources},
    },
    ground::{
        cli::{Assemble, Audit, OwnStep, ToolchainName},
        matrix::{Identifier, Target},
        paths::{STATE, below},
        plan::{Command, Job, JobId, Plan, Role, Step},
    },
    planning::{
        place::Place,
        platform,
        testers::{Tester, testers},
        toolchain::{ExtensionModule, Headers, MadeOf, Toolchain},
        tools,
    },
};
pub use testing::Reference;

/// Adds jobs to a plan; what several wheels share is added once.
pub struct Pipeline<'a> {
    pub host: &'a Host,
    pub project: &'a Project,
    plan: Plan,
    named: HashMap<String, JobId>,
    /// The job that starts each container.
    containers: BTreeMap<Place, JobId>,
    /// Folders of interpreters that the plan installs, each with the job that does so.
    installed: Vec<(Utf8PathBuf, JobId)>,
    /// The job that all later ones wait for.
    first: Option<JobId>,
}

/// What compiles a wheel, and against which headers.
pub enum Builder<'h> {
    /// A compiler of this machine; Visual Studio's may have to be installed.
    Here { toolchain: ToolchainName, headers: Headers<'h>, install: bool },
    /// The compiler of an image, in a container of it that `engine` runs.
    InContainer { engine: &'h str, image: &'h Image, headers: Headers<'h> },
}

/// An extension module that a plan makes.
struct Module {
    path: Utf8PathBuf,
    job: JobId,
    /// What compiled it, and what that added, for its bill of materials.
    made_of: MadeOf,
}

/// A wheel that a plan makes, and the jobs after which it is there, audited.
pub struct PlannedWheel {
    pub identifier: Identifier,
    pub path: Utf8PathBuf,
    pub audited: Vec<JobId>,
}

impl<'a> Pipeline<'a> {
    pub fn new(host: &'a Host, project: &'a Project) -> Pipeline<'a> {
        Pipeline {
            host,
            project,
            plan: Plan::default(),
            named: HashMap::new(),
            containers: BTreeMap::new(),
            installed: Vec::new(),
            first: None,
        }
    }

    /// The hashes of all finished files, also where some of them failed.
    pub fn checksums(&mut self, output: &Utf8Path) {
        let places = |id: &JobId| self.plan.job(*id).name.starts_with("promote ");
        let placed: Vec<JobId> = self.plan.ids().filter(places).collect();
        let step = OwnStep::Checksums { folder: output.to_owned() };
        self.add(Job::new("checksums").needs(placed).own(step).always().in_any_case());
    }

    /// What was started for the plan's sake is cleared away at its end.
    pub fn into_plan(mut self) -> Plan {
        // All containers of a plan are of one engine.
        if let Some(Place::Container { engine, .. }) = self.containers.keys().next() {
            let all: Vec<JobId> = self.plan.ids().collect();
            let sweep = container::sweep(engine, &self.project.root);
            let removal = Job::new("remove containers").needs(all).own(sweep);
            self.plan.add(removal.always().in_any_case());
        }
        self.plan
    }

    /// A container of an image, to build or test in.
    pub fn container(&mut self, engine: &str, image: &Image) -> Place {
        let root = &self.project.root;
        let title = container::title(image, root);
        let name = format!("esig-{title}");
        let place = Place::Container { engine: engine.to_owned(), name: name.clone() };
        if !self.containers.contains_key(&place) {
            let sweep = Job::new("sweep containers").own(container::sweep(engine, root));
            let swept = self.add(sweep.always());
            let built = self.add(container::build_image(engine, &image.target, &image.name));
            let limits = &self.project.config.containers;
            let run = container::start(engine, &name, image, root, self.host.user, limits);
            let start = Job::new(format!("container {title}")).run(run).run(place.prepare());
            let started = self.add(start.needs([swept, built]).always());
            self.containers.insert(place.clone(), started);
        }
        place
    }

    /// A file or folder of ours, sent to where it is used, once.
    fn sent(&mut self, path: &str, made: JobId, place: &Place) -> JobId {
        let Place::Container { name, .. } = place else { return made };
        let container = self.containers[place];
        let job = Job::new(format!("send {path} to {name}")).needs([made, container]).always();
        self.add(job.steps(place.send(path.into())))
    }

    /// Has an interpreter installed into a folder, before all that uses it.
    pub fn install(&mut self, folder: Utf8PathBuf, job: Job) {
        let id = self.add(job);
        self.installed.push((folder, id));
    }

    /// Nothing that is added from now on begins before this job has ended.
    pub fn wait_for(&mut self, job: JobId) {
        self.first = Some(job);
    }

    /// Adds a job, unless one of its name is there: names say all that tells jobs apart. It needs
    /// those that install what it reads.
    pub fn add(&mut self, job: Job) -> JobId {
        if let Some(id) = self.named.get(&job.name) {
            return *id;
        }
        let name = job.name.clone();
        let reads = |folder: &Utf8Path| job.inputs.iter().any(|i| i.path().starts_with(folder));
        let installing = self.installed.iter().filter(|(folder, _)| reads(folder));
        let installing: Vec<JobId> = installing.map(|(_, id)| *id).collect();
        let id = self.plan.add(job.needs(installing).needs(self.first));
        self.named.insert(name, id);
        id
    }

    /// The build's own tools.
    pub fn tools(&mut self) -> anyhow::Result<JobId> {
        Ok(self.add(tools::BUILD.job(self.host)?))
    }

    /// A tester, installed.
    fn tester(&mut self, tester: &Tester) -> anyhow::Result<JobId> {
        let tools = self.tools()?;
        Ok(self.add(tester.job(self.host).needs([tools])))
    }

    /// A wheel, up to its audit.
    pub fn wheel(
        &mut self,
        identifier: Identifier,
        builder: &Builder,
    ) -> anyhow::Result<PlannedWheel> {
        let Identifier { interpreter, target } = identifier;
        let module = if target.parts.is_empty() {
            self.binding(identifier, builder)?
        } else {
            let mut parts = Vec::new();
            for part in target.parts {
                let target = Target::named(part).expect("parts are targets");
                parts.push(self.binding(Identifier { interpreter, target }, builder)?);
            }
            self.universal(identifier, &parts)
        };
        self.assemble(identifier, module)
    }

    /// The extension module for one interpreter and target.
    fn binding(&mut self, identifier: Identifier, builder: &Builder) -> anyhow::Result<Module> {
        let Identifier { interpreter, target } = identifier;
        let project = self.project;
        let (headers, toolchain) = match builder {
            Builder::Here { toolchain, headers, install } => {
                (headers, Toolchain::here(*toolchain, self.host, project, target, *install)?)
            }
            Builder::InContainer { engine, image, headers } => {
                let place = self.container(engine, image);
                (headers, Toolchain::of_image(image, place, project, target))
            }
        };
        let path = self.module_path(&identifier);
        let core = self.core(target, &toolchain)?;
        let folder = binding_folder(&identifier);
        let core_folder = core_folder(target, &toolchain.place);
        let core = self.sent(&core_folder, core, &toolchain.place);
        let of_tester = testers().iter().find(|tester| tester.include == headers.folder);
        let provided = of_tester.map(|tester| self.tester(tester)).transpose()?;
        let mut job = Job::new(format!("binding {identifier}"))
            .needs([core])
            .needs(provided)
            .own(OwnStep::empty([&folder]))
            .input(&core_folder)
            .output(&path);
        if toolchain.place == Place::Here {
            job = job.input_listing(headers.folder);
        }
        let extension = ExtensionModule {
            interpreter,
            headers: *headers,
            core: &core_folder,
            folder: &folder,
            path: &path,
        };
        let steps = toolchain.extension(SOURCE.into(), &extension);
        let job =
            job.steps(toolchain.place.steps(&folder, steps)).steps(toolchain.place.fetch(&path));
        let job = self.add_compiling(job, &project.extension.binding, &toolchain)?;
        Ok(Module { path, job, made_of: toolchain.made_of() })
    }

    /// libalgebra, compiled once for a target; the interpreter does not matter to it.
    fn core(&mut self, target: &'static Target, toolchain: &Toolchain) -> anyhow::Result<JobId> {
        let source = self.source()?;
        let source = self.sent(SOURCE, source, &toolchain.place);
        let folder = core_folder(target, &toolchain.place);
        let mut steps = toolchain.core(SOURCE.into(), &folder);
        steps.extend(toolchain.prepare(&folder));
        let job = Job::new(format!("core {}", target.name) + toolchain.place.title())
            .needs([source])
            .own(OwnStep::empty([&folder]))
            .steps(toolchain.place.steps(&folder, steps))
            .steps(toolchain.place.fetch(Utf8Path::new(&folder)))
            .output(&folder);
        self.add_compiling(job, &self.project.extension.core, toolchain)
    }

    /// Adds a job that compiles `sources`, after all that the toolchain needs.
    fn add_compiling(
        &mut self,
        job: Job,
        sources: &Sources,
        toolchain: &Toolchain,
    ) -> anyhow::Result<JobId> {
        let folders = folders_of(sources).into_iter().map(|folder| below(SOURCE, folder));
        // What it is linked with may be to blame.
        let mut job = folders.fold(job.fact(&toolchain.fact), Job::input).judges();
        if toolchain.is_own_tool() {
            job = job.input(tools::BUILD.requirements);
        }
        // The last job that provides it makes what decides the result.
        let last = toolchain.provision().last();
        job.inputs.extend(last.into_iter().flat_map(|last| last.outputs.clone()));
        let provided = self.provide(toolchain)?;
        Ok(self.add(job.needs(provided)))
    }

    /// Adds what comes before all use of a toolchain; gives the last of it.
    pub fn provide(&mut self, toolchain: &Toolchain) -> anyhow::Result<Option<JobId>> {
        let mut provided = toolchain.is_own_tool().then(|| self.tools()).transpose()?;
        for before in toolchain.provision() {
            provided = Some(self.add(before.clone().needs(provided)));
        }
        Ok(provided)
    }

    /// One module of the modules for several architectures, as macOS has it.
    fn universal(&mut self, identifier: Identifier, parts: &[Module]) -> Module {
        let path = self.module_path(&identifier);
        let paths = parts.iter().map(|part| part.path.clone()).collect();
        let job = Job::new(format!("binding {identifier}"))
            .needs(parts.iter().map(|part| part.job))
            .own(OwnStep::Universal { output: path.clone(), parts: paths })
            .output(&path);
        let job = self.add(parts.iter().map(|part| &part.path).fold(job, Job::input));
        let made_of = parts[0].made_of.clone();
        Module { path, job, made_of }
    }

    /// A wheel around an extension module, up to its audit.
    fn assemble(&mut self, identifier: Identifier, module: Module) -> anyhow::Result<PlannedWheel> {
        let path = Utf8PathBuf::from(format!("{STATE}/wheels/{}", self.wheel_name(&identifier)));
        let MadeOf { compiler, linked } = module.made_of;
        let step = OwnStep::Assemble(Assemble {
            source: SOURCE.into(),
            extension: module.path.clone(),
            wheel: path.clone(),
            compiler,
            linked,
        });
        let assembled = Job::new(format!("assemble {identifier}"))
            .needs([self.source()?, module.job])
            .own(step)
            .input(&module.path)
            .input(self.sdist_path())
            .output(&path);
        let assembled = self.add(assembled);
        let mut wheel = self.audited(identifier, path, &[assembled]);
        if let Some(auditor) = platform::auditor(self.host, &identifier, &wheel.path) {
            // Others judge the module by the name of the wheel: nothing else in it matters to them.
            let others = Job::new(format!("{} {identifier}", auditor.name))
                .needs([self.tools()?, assembled])
                .steps(auditor.commands.into_iter().map(Step::Run).collect())
                .input(&module.path)
                .input(tools::BUILD.requirements)
                .input(auditor.script);
            wheel.audited.push(self.add(others));
        }
        Ok(wheel)
    }

    /// A wheel that was made by other jobs, and our own audit of it.
    pub fn audited(
        &mut self,
        identifier: Identifier,
        path: Utf8PathBuf,
        made: &[JobId],
    ) -> PlannedWheel {
        let audit = Audit { wheels: vec![path.clone()], strict: false, previous: None };
        let audit = Job::new(format!("audit {identifier}"))
            .needs(made.iter().copied())
            .own(OwnStep::Audit(audit))
            .input(&path)
            .judges();
        PlannedWheel { identifier, path, audited: vec![self.add(audit)] }
    }

    /// The gate: nothing else puts a wheel where it is picked up.
    pub fn promote(&mut self, wheel: &PlannedWheel, tests: &[JobId], output: &Utf8Path) {
        let name = wheel.path.file_name().expect("a wheel has a name");
        let job = Job::new(format!("promote {}", wheel.identifier))
            .role(Role::Finishing { identifier: wheel.identifier.to_string() })
            .needs(wheel.audited.iter().chain(tests).copied())
            .own(OwnStep::promote(&wheel.path, output))
            .input(&wheel.path)
            .output(below(output, name));
        self.add(job);
    }

    /// `esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`
    pub fn wheel_name(&self, identifier: &Identifier) -> String {
        let Project { name, version, config, .. } = self.project;
        identifier.wheel_name(name, version, &config.policy(identifier.target))
    }

    fn module_path(&self, identifier: &Identifier) -> Utf8PathBuf {
        let name = identifier.extension_name(&self.project.extension.module);
        format!("{}/{name}", binding_folder(identifier)).into()
    }

    fn pip(&self, arguments: &[&str]) -> Command {
        let python = Command::new(tools::BUILD.program(self.host, "python"));
        python.args(["-m", "pip"]).args(arguments).args(["--quiet", "--only-binary", ":all:"])
    }
}

/// The unpacked source archive.
pub const SOURCE: &str = "target/xtask/source";

/// The folder of libalgebra for a target. The compilers here and in a container have one each, or
/// each would take what the other made for stale.
fn core_folder(target: &Target, place: &Place) -> String {
    let folder = match place {
        Place::Here => "core",
        Place::Container { .. } => "core-in-container",
    };
    format!("{STATE}/{folder}/{}", target.name)
}

fn binding_folder(identifier: &Identifier) -> String {
    format!("{STATE}/binding/{identifier}")
}

/// The folders that compiling these reads: private headers stand beside the sources.
fn folders_of(sources: &Sources) -> BTreeSet<&Utf8Path> {
    let beside = sources.sources.iter().filter_map(|file| file.parent());
    beside.chain(sources.include.iter().map(|folder| folder.as_path())).collect()
}
