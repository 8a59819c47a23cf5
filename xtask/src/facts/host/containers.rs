//! What runs containers here, and the images that wheels are built and tested in.

use std::{collections::HashSet, io, time::Duration};

use serde::{Deserialize, Serialize};

use super::images::{self, Image};
use crate::{
    facts::{
        engine::{self, Engine},
        environment,
        failures::{self, Explanation},
        programs,
    },
    ground::matrix::{Architecture, Target},
};

/// A container engine, which may not answer, and its images.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContainerFacts {
    /// The program that talks to it, `docker` or `podman`.
    pub program: String,
    pub engine: EngineState,
    /// Images to build wheels in.
    pub images: Vec<Image>,
    /// Images to build wheels in that are not there, or cannot be used.
    pub absent: Vec<AbsentImage>,
    /// Images to test wheels in.
    pub test_images: Vec<Image>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineState {
    Answers(Engine),
    Silent(Explanation),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AbsentImage {
    pub target: String,
    pub name: String,
    /// Why it cannot be fetched or used; none if its registry has it.
    pub problem: Option<Explanation>,
}

/// The images that a command needs to know about.
#[derive(Clone, Debug, Default)]
pub struct WantedImages {
    pub program: String,
    /// Target and name of each.
    pub images: Vec<(&'static Target, String)>,
    pub test_images: Vec<String>,
}

impl ContainerFacts {
    pub fn engine(&self) -> Result<&Engine, &Explanation> {
        match &self.engine {
            EngineState::Answers(engine) => Ok(engine),
            EngineState::Silent(why) => Err(why),
        }
    }
}

/// How long a registry may take to say whether it has an image.
const PATIENCE: Duration = Duration::from_secs(10);

pub fn probe(wanted: &WantedImages) -> anyhow::Result<ContainerFacts> {
    let program = &wanted.program;
    let mut containers = ContainerFacts {
        program: program.clone(),
        engine: ask_engine(program),
        images: Vec::new(),
        absent: Vec::new(),
        test_images: Vec::new(),
    };
    if containers.engine().is_err() {
        return Ok(containers);
    }
    // One that cannot be reached is not asked again: each question may take seconds.
    let mut unreachable = HashSet::new();
    for (target, name) in &wanted.images {
        let registry = name.split('/').next().unwrap_or_default();
        let problem = match images::probe(program, Some(target), name) {
            Ok(Some(image)) => {
                containers.images.push(image);
                continue;
            }
            Ok(None) if unreachable.contains(registry) => Some(failures::no_registry()),
            Ok(None) => why_not_to_be_had(program, name),
            Err(error) => Some(explanation_of(&error)),
        };
        if problem == Some(failures::no_registry()) {
            unreachable.insert(registry);
        }
        let (target, name) = (target.name.to_owned(), name.clone());
        containers.absent.push(AbsentImage { target, name, problem });
    }
    for name in &wanted.test_images {
        let image = images::probe(program, None, name)?;
        containers.test_images.push(image.ok_or_else(|| images::absent(program, name))?);
    }
    Ok(containers)
}

fn explanation_of(error: &anyhow::Error) -> Explanation {
    let hint = jobs::hint_of(error).unwrap_or("use another image").to_owned();
    Explanation { what: format!("{error:#}"), hint }
}

fn ask_engine(program: &str) -> EngineState {
    let format = "{{json .}}";
    let silent = |what, hint: &str| EngineState::Silent(Explanation { what, hint: hint.into() });
    let answer = match programs::ask(environment::command(program, &["info", "--format", format])) {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let hint = "install a container engine, or use `--builder zig`, which needs none";
            return silent(format!("`{program}` is not on PATH"), hint);
        }
        Err(error) => {
            let hint = "see whether it starts in a shell, or use `--builder zig`";
            return silent(format!("cannot start `{program}`: {error}"), hint);
        }
    };
    match engine::parse_engine(&answer.stdout) {
        Ok(engine) => EngineState::Answers(engine),
        Err(_) => {
            // Docker 20 succeeds without an engine, and puts what is wrong into its answer.
            let said = format!("{}\n{}", answer.stderr, answer.stdout);
            let why = failures::explain(program, &["info"], &said, None);
            EngineState::Silent(why.unwrap_or_else(failures::no_engine))
        }
    }
}

/// Asks the registry, without fetching anything.
fn why_not_to_be_had(program: &str, name: &str) -> Option<Explanation> {
    let asked = programs::ask_within(
        PATIENCE,
        environment::command(program, &["manifest", "inspect", name]),
    );
    let why = match asked {
        Ok(answer) if answer.status.success() => return None,
        Ok(answer) => failures::explain(program, &["manifest"], &answer.stderr, None),
        Err(_) => None,
    };
    Some(why.unwrap_or_else(failures::no_registry))
}

/// Architectures whose programs this kernel hands to an emulator.
pub fn emulated() -> Vec<Architecture> {
    let Ok(entries) = std::fs::read_dir("/proc/sys/fs/binfmt_misc") else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found: Vec<Architecture> = names
        .filter_map(|name| Some(Architecture::named(name.strip_prefix("qemu-")?)))
        .filter(|architecture| *architecture != Architecture::Unknown)
        .collect();
    found.sort_by_key(|architecture| architecture.name());
    found
}
