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
        cli::{Assemble, OwnStep},
        matrix::{Identifier, Target},
        paths::{STATE, below},
        plan::{Command, Job, JobId, Plan, Role, Step},
    },
    planning::{
        place::Place,
        platform,
        toolchain::{Headers, Link, MadeOf, Toolchain},
        tools,
    },
};
pub use testing::Reference;

/// Adds jobs to a plan; what several wheels share is added once.
pub struct Pipeline<'a> {
    host: &'a Host,
    project: &'a Project,
    plan: Plan,
    named: HashMap<String, JobId>,
    /// What starts each container.
    containers: BTreeMap<Place, JobId>,
    /// Folders of interpreters that the plan installs, and what does it.
    installed: Vec<(Utf8PathBuf, JobId)>,
    /// What all later jobs wait for.
    first: Option<JobId>,
}

/// An extension module that a plan makes.
pub struct Module {
    pub path: Utf8PathBuf,
    pub job: JobId,
    /// What compiled it, and what that added, for its bill of materials.
    pub made_of: MadeOf,
}

/// A wheel that a plan makes, and the jobs after which it is there, audited.
#[derive(Clone)]
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

    /// What was started for the plan's sake is cleared away at its end.
    pub fn into_plan(mut self) -> Plan {
        let engines = self.containers.keys().filter_map(|place| match place {
            Place::Here => None,
            Place::Container { engine, .. } => Some(engine.clone()),
        });
        for engine in engines.collect::<BTreeSet<String>>() {
            let all: Vec<JobId> = self.plan.ids().collect();
            let removal = Job::new("remove containers")
                .needs(all)
                .own(container::sweep(&engine, &self.project.root));
            self.plan.add(removal.always().in_any_case());
        }
        self.plan
    }

    /// A container of an image, to build or test in.
    pub fn container(&mut self, engine: &str, image: &Image) -> Place {
        let recipe = container::Recipe { engine, image, root: &self.project.root };
        let place = recipe.place();
        if !self.containers.contains_key(&place) {
            let sweep = container::sweep(engine, &self.project.root);
            let swept = self.add(Job::new("sweep containers").own(sweep).always());
            let built = self.add(recipe.build());
            let start = recipe.start(self.host, &self.project.config.containers);
            let started = self.add(start.needs([swept, built]));
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

    /// What checks the project.
    pub fn checkers(&mut self) -> anyhow::Result<JobId> {
        Ok(self.add(tools::CHECK.job(self.host)?))
    }

    /// libalgebra, compiled once for a target; the interpreter does not matter to it.
    fn core(&mut self, target: &'static Target, toolchain: &Toolchain) -> anyhow::Result<JobId> {
        let source = self.source()?;
        let source = self.sent(SOURCE, source, &toolchain.place);
        let folder = core_folder(target, &toolchain.place);
        let mut job = Job::new(format!("core {}", target.name) + toolchain.place.title())
            .needs([source])
            .own(OwnStep::empty([&folder]))
            .fact(&toolchain.fact)
            .output(&folder);
        let mut steps = Vec::new();
        let mut objects = Vec::new();
        for file in &self.project.extension.core.sources {
            let object = object_path(&folder, file);
            steps.push(Step::Run(toolchain.compile_core(SOURCE.into(), file, &object)));
            objects.push(object);
        }
        steps.push(Step::Run(toolchain.archive(&objects, &format!("{folder}/libalgebra.a"))));
        steps.extend(toolchain.prepare(&folder));
        job = job
            .steps(toolchain.place.steps(&folder, steps))
            .steps(toolchain.place.fetch(Utf8Path::new(&folder)));
        for folder in folders_of(&self.project.extension.core) {
            job = job.input(below(SOURCE, folder));
        }
        self.add_compiling(job, toolchain)
    }

    /// The extension module for one interpreter and target; gives where it will be.
    pub fn binding(
        &mut self,
        identifier: Identifier,
        headers: &Headers,
        toolchain: &Toolchain,
    ) -> anyhow::Result<Module> {
        let module = self.module_path(&identifier);
        let core = self.core(identifier.target, toolchain)?;
        let folder = binding_folder(&identifier);
        let core_folder = core_folder(identifier.target, &toolchain.place);
        let core = self.sent(&core_folder, core, &toolchain.place);
        let mut job = Job::new(format!("binding {identifier}"))
            .needs([core])
            .own(OwnStep::empty([&folder]))
            .fact(&toolchain.fact)
            .input(&core_folder)
            .output(&module);
        if toolchain.place == Place::Here {
            job = job.input_listing(headers.folder);
        }
        let extension = &self.project.extension;
        let mut steps = Vec::new();
        let mut objects = Vec::new();
        for file in &extension.binding.sources {
            let object = object_path(&folder, file);
            let source = SOURCE.into();
            let compile = toolchain.compile_binding(source, file, identifier, headers, &object);
            steps.push(Step::Run(compile));
            objects.push(object);
        }
        for folder in folders_of(&extension.binding) {
            job = job.input(below(SOURCE, folder));
        }
        let (core, folder) = (core_folder.as_str(), folder.as_str());
        let link = Link {
            identifier,
            headers: *headers,
            objects: &objects,
            core,
            folder,
            module: &module,
        };
        steps.extend(toolchain.link(&link));
        let job =
            job.steps(toolchain.place.steps(folder, steps)).steps(toolchain.place.fetch(&module));
        let job = self.add_compiling(job, toolchain)?;
        Ok(Module { path: module, job, made_of: toolchain.made_of() })
    }

    /// One module of the modules for several architectures, as macOS has it.
    pub fn universal(&mut self, identifier: Identifier, parts: &[Module]) -> Module {
        let module = self.module_path(&identifier);
        let paths = parts.iter().map(|part| part.path.clone()).collect();
        let step = OwnStep::Universal { output: module.clone(), parts: paths };
        let mut job = Job::new(format!("binding {identifier}"))
            .needs(parts.iter().map(|part| part.job))
            .own(step)
            .output(&module);
        for part in parts {
            job = job.input(&part.path);
        }
        let made_of = parts.first().map_or(MadeOf::default(), |part| part.made_of.clone());
        Module { path: module, job: self.add(job), made_of }
    }

    /// A wheel around an extension module, up to its audit.
    pub fn wheel(
        &mut self,
        identifier: Identifier,
        module: &Module,
    ) -> anyhow::Result<PlannedWheel> {
        let Project { name, version, config, .. } = self.project;
        let file_name = identifier.wheel_name(name, version, &config.policy(identifier.target));
        let path = Utf8PathBuf::from(format!("{STATE}/wheels/{file_name}"));
        let MadeOf { compiler, linked } = module.made_of.clone();
        let step = OwnStep::Assemble(Assemble {
            source: SOURCE.into(),
            extension: module.path.clone(),
            wheel: path.clone(),
            compiler,
            linked,
        });
        let source = self.source()?;
        let assembled = Job::new(format!("assemble {identifier}"))
            .needs([source, module.job])
            .own(step)
            .input(&module.path)
            .input(self.sdist_path())
            .output(&path);
        let assembled = self.add(assembled);

        let audit = Job::new(format!("audit {identifier}"))
            .needs([assembled])
            .own(OwnStep::audit(path.as_str()))
            .input(&path);
        let mut audited = vec![self.add(audit)];
        if let Some(auditor) = platform::auditor(self.host, &identifier, &path) {
            // Others judge the module by the name of the wheel: nothing else in it matters to them.
            let others = Job::new(format!("{} {identifier}", auditor.name))
                .needs([self.tools()?, assembled])
                .steps(auditor.commands.into_iter().map(Step::Run).collect())
                .input(&module.path)
                .input(tools::BUILD.requirements)
                .input(auditor.script);
            audited.push(self.add(others));
        }
        Ok(PlannedWheel { identifier, path, audited })
    }

    /// The gate: nothing else puts a wheel where it is picked up.
    pub fn promote(&mut self, wheel: &PlannedWheel, tests: &[JobId], output: &Utf8Path) -> JobId {
        let name = wheel.path.file_name().expect("a wheel has a name");
        let job = Job::new(format!("promote {}", wheel.identifier))
            .role(Role::Finishing { identifier: wheel.identifier.to_string() })
            .needs(wheel.audited.iter().copied())
            .needs(tests.iter().copied())
            .own(OwnStep::promote(wheel.path.as_str(), output.as_str()))
            .input(wheel.path.clone())
            .output(below(output, name));
        self.add(job)
    }

    fn module_path(&self, identifier: &Identifier) -> Utf8PathBuf {
        let name = identifier.extension_name(&self.project.extension.module);
        format!("{}/{name}", binding_folder(identifier)).into()
    }

    fn add_compiling(&mut self, job: Job, toolchain: &Toolchain) -> anyhow::Result<JobId> {
        let job = if toolchain.is_own_tool {
            job.needs([self.tools()?]).input(tools::BUILD.requirements)
        } else {
            job
        };
        let job = match toolchain.material() {
            Some(file) => job.input(file),
            None => job,
        };
        let provided = self.provide(toolchain);
        Ok(self.add(job.needs(provided)))
    }

    /// What comes before all use of a toolchain; gives the last of it.
    fn provide(&mut self, toolchain: &Toolchain) -> Option<JobId> {
        let mut last = None;
        for job in toolchain.provision() {
            last = Some(self.add(job.clone().needs(last)));
        }
        last
    }

    fn pip(&self, arguments: &[&str]) -> Command {
        Command::new(tools::BUILD.program(self.host, "python"))
            .args(["-m", "pip"])
            .args(arguments.iter().copied())
            .args(["--quiet", "--only-binary", ":all:"])
    }
}

/// The unpacked source archive.
pub const SOURCE: &str = "target/xtask/source";

/// Compilers have a folder each, or what one made would be taken for stale by the other.
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

/// All that compiling these reads: private headers stand beside the sources.
fn folders_of(sources: &Sources) -> BTreeSet<&Utf8Path> {
    let beside = sources.sources.iter().filter_map(|file| file.parent());
    beside.chain(sources.include.iter().map(|folder| folder.as_path())).collect()
}

/// Objects have the names of their sources; the sources of a folder of objects differ in them.
pub fn object_path(folder: &str, source: &Utf8Path) -> Utf8PathBuf {
    format!("{folder}/{}.o", source.file_stem().unwrap_or_default()).into()
}
