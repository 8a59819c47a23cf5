//! `cargo xtask bench containers`: what the wheels of five interpreters cost in containers.

use std::{env, iter};

use camino::{Utf8Path, Utf8PathBuf};
use jobs::{Options, Verbosity, hinted};

use super::costs::{Costs, Row};
use crate::{
    acting::{self, Cost, Watched},
    facts::{host::Host, project::Project},
    ground::{
        cli::{BenchContainers, BuilderName, Clean, ContainerOptions, OwnStep, Wheels},
        matrix::Target,
        paths::STATE,
        plan::{Command, Job, Material, Plan, Role, slug},
    },
    planning::{
        commands::{clean_plan, images, wheels},
        pipeline::container,
        planned::Planned,
        tools,
    },
};

/// Their wheels are for CPython 3.9, 3.10, and all from 3.11 on; that is tested in 3.11 to 3.13.
const WHEELS: [&str; 3] = ["cp39", "cp310", "cp311_abi3"];
const CPYTHONS: [&str; 5] = ["cp39", "cp310", "cp311", "cp312", "cp313"];

pub fn containers(
    arguments: &BenchContainers,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Costs> {
    let (target, image) = images::parse_image(&arguments.image)?;
    let planned = planned(arguments, target, &image, host, project)?;
    let race = Race { arguments, target, image: &image, plan: &planned.plan, project };
    let abi3 = planned.plan.jobs().iter().filter(|job| is_test_of(WHEELS[2], job)).count();
    let contenders = race.contenders()?;

    // Our image, our tools, and the archive that cibuildwheel starts from are made by this.
    race.cost(&contenders[0])?;
    let mut costs: Vec<Vec<Cost>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 1..=arguments.rounds.get() {
        for (contender, costs) in iter::zip(&contenders, &mut costs) {
            let cost = race.cost(contender)?;
            let Cost { inside, outside, wall } = cost;
            let name = contender.name;
            eprintln!("{round} {name}: {inside:.2} s, {outside:.2} s outside, wall {wall:.1} s");
            costs.push(cost);
        }
    }

    let [all, fewer, one, others @ ..] = &costs[..] else { unreachable!("ours are three") };
    let mut rows = vec![Row::new(format!("ours, {} interpreters", 2 + abi3), all, None)];
    for (contender, costs) in iter::zip(&contenders[3..], others) {
        rows.push(Row::new(contender.name, costs, Some(all)));
    }
    rows.push(Row::new("each further wheel, cp310", &further(all, fewer, 1), None));
    // What their one wheel costs is spread over them.
    let title = format!("each of {abi3} with the abi3 wheel");
    rows.push(Row::new(title, &further(fewer, one, abi3), None));
    Ok(Costs { image, rounds: arguments.rounds.get(), rows })
}

/// What ours is going to do; fails if it cannot do all of it.
fn planned(
    arguments: &BenchContainers,
    target: &Target,
    image: &str,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let arguments_of_wheels = Wheels {
        selectors: WHEELS.iter().map(|wheel| format!("{wheel}-{}", target.name)).collect(),
        builder: Some(BuilderName::Docker),
        containers: ContainerOptions {
            engine: arguments.engine.clone(),
            image: vec![arguments.image.clone()],
        },
        output: output(),
        ..Wheels::default()
    };
    let request = wheels::resolve(&arguments_of_wheels, host, project)?;
    let wanted = request.images.as_ref().expect("what is built in containers is built in images");
    let host = host.clone().with_containers(wanted)?;
    let planned = wheels::wheels_plan(&request, &host, project)?;
    if planned.again {
        let fetch = format!("fetch it: `{} pull {image}`", arguments.engine);
        return Err(hinted(format!("the image `{image}` is not here"), fetch));
    }
    if let Some(skipped) = planned.skipped.first() {
        let hint = "use an image with CPython 3.9 to 3.13";
        return Err(hinted(skipped, hint));
    }
    Ok(planned)
}

fn is_test_of(wheel: &str, job: &Job) -> bool {
    matches!(&job.role, Role::Testing { identifier, .. } if identifier.starts_with(wheel))
}

fn output() -> Utf8PathBuf {
    tools::kept("bench/ours").into()
}

/// What each of some interpreters costs, round by round, with which there was `more` to do.
fn further(more: &[Cost], fewer: &[Cost], interpreters: usize) -> Vec<Cost> {
    let each = |more: f64, fewer: f64| (more - fewer) / interpreters as f64;
    let pairs = iter::zip(more, fewer);
    let costs = pairs.map(|(more, fewer)| Cost {
        inside: each(more.inside, fewer.inside),
        outside: each(more.outside, fewer.outside),
        wall: each(more.wall, fewer.wall),
    });
    costs.collect()
}

struct Contender {
    name: &'static str,
    command: Command,
}

struct Race<'a> {
    arguments: &'a BenchContainers,
    target: &'a Target,
    image: &'a str,
    plan: &'a Plan,
    project: &'a Project,
}

impl Race<'_> {
    /// Ours with all wheels, with one less, with the first alone; then what they are compared
    /// with.
    fn contenders(&self) -> anyhow::Result<Vec<Contender>> {
        let [first, second, rest] = WHEELS;
        let mut contenders = vec![
            Contender { name: "ours", command: self.ours(&[first, second, rest])? },
            Contender { name: "ours, without cp310", command: self.ours(&[first, rest])? },
            Contender { name: "ours, cp39 alone", command: self.ours(&[first])? },
        ];
        if let Some(program) = &self.arguments.against {
            let program = which::which(program).map_err(|error| {
                hinted(format!("cannot use `{program}`: {error}"), "`pip install cibuildwheel`")
            })?;
            let program = Utf8PathBuf::try_from(program)?;
            let by = |frontend| self.cibuildwheel(&program, frontend);
            let (name, named_uv) = ("cibuildwheel", "cibuildwheel, build[uv]");
            contenders.push(Contender { name, command: by("build") });
            contenders.push(Contender { name: named_uv, command: by("build[uv]") });
        }
        Ok(contenders)
    }

    /// By a process of its own: that it looks at this machine and its engine first, counts too.
    fn ours(&self, wheels: &[&str]) -> anyhow::Result<Command> {
        let BenchContainers { engine, image, .. } = self.arguments;
        let program = Utf8PathBuf::try_from(env::current_exe()?)?;
        let wheels = wheels.iter().map(|wheel| format!("{wheel}-{}", self.target.name));
        let command = Command::new(program).arg("wheels").args(wheels);
        Ok(command
            .args(["--builder", "docker", "--engine", engine, "--image", image])
            .args(["--output", output().as_str()])
            // A container knows no earlier downloads either.
            .env("PIP_NO_CACHE_DIR", "1"))
    }

    fn cibuildwheel(&self, program: &Utf8Path, frontend: &str) -> Command {
        let target = self.target.name;
        let identifiers = CPYTHONS.map(|cpython| format!("{cpython}-{target}")).join(" ");
        let sdist = output().join(self.project.sdist_name());
        Command::new(program)
            .args(["--platform", "linux", "--output-dir", &tools::kept("bench/cibuildwheel")])
            .arg(sdist)
            .env("CIBW_BUILD", identifiers)
            .env("CIBW_ARCHS", self.target.architecture.tag())
            .env(format!("CIBW_{}_IMAGE", target.to_uppercase()), self.image)
            .env("CIBW_CONTAINER_ENGINE", &self.arguments.engine)
            .env("CIBW_BUILD_FRONTEND", frontend)
            .env("CIBW_TEST_COMMAND", format!("python -m {}.tests", self.project.name))
            // What it would download to audit, it is spared: ours was installed before, too.
            .env("CIBW_AUDIT_COMMAND", "")
    }

    fn cost(&self, contender: &Contender) -> anyhow::Result<Cost> {
        self.clean()?;
        let own = container::our_name(self.target.name, self.image);
        let images = [self.image.to_owned(), own];
        let watched = Watched { engine: &self.arguments.engine, images: &images };
        let log = tools::kept(&format!("bench/{}.log", slug(contender.name)));
        acting::cost(&self.project.root, &contender.command, &watched, Utf8Path::new(&log))
    }

    /// As if nothing had been built, downloaded to test, audited or tested before; tools stay.
    fn clean(&self) -> anyhow::Result<()> {
        let root = &self.project.root;
        let fetches = self.plan.jobs().iter().filter(|job| job.name.starts_with("fetch "));
        let fetched = fetches.flat_map(|job| &job.outputs).map(|output| match output {
            Material::Content(path) | Material::Listing(path) => path.to_string(),
        });
        let mut plan = clean_plan(&Clean { all: false });
        plan.add(Job::new("forget downloads").own(OwnStep::empty(fetched)).always());
        let options = Options { workers: 1, verbosity: Verbosity::Quiet, measure: None };
        if !acting::run(root, &plan, &options)?.is_good() {
            return Err(hinted("cannot clean up before", format!("see {STATE}/logs")));
        }
        acting::forget(self.plan, root, |job| job.name != tools::BUILD.name)
    }
}
