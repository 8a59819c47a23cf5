//! `cargo xtask wheels`: which wheels can be built here, and the plan that builds them.

use std::collections::HashMap;

use crate::{
    cli::{ToolchainName, Wheels},
    commands::Planned,
    errors::hinted,
    host::{Host, Python},
    matrix::{Identifier, Selection, Selector, Target},
    pipeline::{Pipeline, PlannedWheel},
    plan::JobId,
    project::Project,
    report::Row,
    toolchain::Toolchain,
};

pub fn wheels_plan(arguments: &Wheels, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let mut pipeline = Pipeline::new(host, project);
    let mut builder = WheelBuilder::new(arguments.toolchain.toolchain, host, project);
    let skipped = builder.add_all(arguments, &mut pipeline)?;
    Ok(Planned { plan: pipeline.into_plan(), skipped })
}

/// Adds wheels to a pipeline, with one toolchain per target.
pub struct WheelBuilder<'a> {
    toolchain: ToolchainName,
    host: &'a Host,
    project: &'a Project,
    toolchains: HashMap<&'static str, Toolchain<'a>>,
}

impl<'a> WheelBuilder<'a> {
    pub fn new(toolchain: ToolchainName, host: &'a Host, project: &'a Project) -> WheelBuilder<'a> {
        WheelBuilder { toolchain, host, project, toolchains: HashMap::new() }
    }

    /// Every wheel that is asked for, up to the wheelhouse; gives those that cannot be built here.
    pub fn add_all(
        &mut self,
        arguments: &Wheels,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<Vec<Row>> {
        let matrix = matrix(self.project);
        let target = host_target(self.host)?;
        let selection = selection(arguments, self.project, &matrix, target)?;
        let mut skipped = Vec::new();
        let mut buildable = Vec::new();
        for identifier in matrix.into_iter().filter(|id| selection.chooses(id)) {
            match builder_of(&identifier, target, self.host) {
                Ok(python) => buildable.push((identifier, python)),
                Err(reason) => skipped.push(Row::skipped(identifier.to_string(), reason)),
            }
        }
        if buildable.is_empty() {
            return Err(nothing_to_build(&skipped));
        }
        pipeline.promote_sdist(&arguments.output)?;
        for (identifier, python) in buildable {
            let wheel = self.wheel(identifier, python, pipeline)?;
            let mut tests: Vec<JobId> = Vec::new();
            for python in self.host.served_by(identifier.interpreter) {
                tests.push(pipeline.test(&wheel, python)?);
            }
            pipeline.promote(&wheel, &tests, &arguments.output);
        }
        Ok(skipped)
    }

    /// The wheel that installs on `python`, up to its audit.
    pub fn wheel_for(
        &mut self,
        python: &Python,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<PlannedWheel> {
        let target = host_target(self.host)?;
        let exact = python.interpreter().filter(|_| python.include.is_some());
        let interpreter = exact.and_then(|exact| self.project.config.wheel_for(exact));
        let interpreter = interpreter.ok_or_else(|| {
            let what = format!("no wheel can be built for {}", python.executable);
            hinted(what, "use a CPython that `cargo xtask list` names, with its headers")
        })?;
        self.wheel(Identifier { interpreter, target }, python, pipeline)
    }

    fn wheel(
        &mut self,
        identifier: Identifier,
        python: &Python,
        pipeline: &mut Pipeline,
    ) -> anyhow::Result<PlannedWheel> {
        let target = identifier.target;
        if !self.toolchains.contains_key(target.name) {
            let toolchain = Toolchain::new(self.toolchain, self.host, self.project, target)?;
            self.toolchains.insert(target.name, toolchain);
        }
        let headers = python.include.as_deref().expect("whoever chose it asked for headers");
        pipeline.wheel(identifier, headers, &self.toolchains[target.name])
    }
}

/// Every wheel that the configuration names, by target, then interpreter.
pub fn matrix(project: &Project) -> Vec<Identifier> {
    let config = &project.config;
    let of_target = |target: &&'static Target| {
        let target = *target;
        config.interpreters.iter().map(move |i| Identifier { interpreter: *i, target })
    };
    config.targets.iter().flat_map(of_target).collect()
}

/// Without a selector, all wheels for this machine, less those that the configuration skips.
fn selection(
    arguments: &Wheels,
    project: &Project,
    matrix: &[Identifier],
    target: &Target,
) -> anyhow::Result<Selection> {
    let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect::<Vec<_>>();
    let mut selection =
        Selection { build: selectors(&arguments.selectors), skip: selectors(&arguments.skip) };
    if let Some(idle) = selection.idle(matrix) {
        return Err(hinted(
            format!("`{}` matches no wheel", idle.0),
            "`cargo xtask list` names them all; `*` stands for any characters",
        ));
    }
    if selection.build.is_empty() {
        selection.build = vec![Selector(format!("*-{}", target.name))];
        selection.skip.extend(project.config.skip.iter().cloned());
    }
    Ok(selection)
}

fn host_target(host: &Host) -> anyhow::Result<&'static Target> {
    Target::of_host(host.platform, host.architecture).ok_or_else(|| {
        let machine = format!("{:?} on {}", host.platform, host.architecture.tag());
        hinted(format!("no wheel is built for {machine}"), "use Linux on x86_64, i686 or aarch64")
    })
}

/// The interpreter whose headers a wheel is compiled against: the oldest that it serves. Or the
/// reason why it cannot be built here.
pub fn builder_of<'h>(
    identifier: &Identifier,
    target: &Target,
    host: &'h Host,
) -> Result<&'h Python, String> {
    if identifier.target != target {
        return Err(format!("this machine is {}", target.name));
    }
    let mut served = host.served_by(identifier.interpreter).peekable();
    let Some(first) = served.peek() else {
        return Err(format!("no CPython for {} was found", identifier.interpreter));
    };
    let version = first.interpreter().expect("a wheel serves it").version();
    let without = format!("{} has no headers (python{version}-dev)", first.executable);
    served.find(|python| python.include.is_some()).ok_or(without)
}

fn nothing_to_build(skipped: &[Row]) -> anyhow::Error {
    let reasons: Vec<String> =
        skipped.iter().map(|row| format!("{}: {}", row.identifier, row.status)).collect();
    hinted(
        format!("none of the wheels asked for can be built here\n{}", reasons.join("\n")),
        "install an interpreter (`pyenv install 3.13`), or name one with `--interpreter PATH`",
    )
}
