//! The table of testers: interpreters for foreign wheels, provided under target/.

use std::{collections::BTreeMap, fmt::Display, str::FromStr, sync::LazyLock};

use camino::Utf8PathBuf;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};

use super::{NumPy, Rewrite, Runner, runs};
use crate::{
    facts::host::Host,
    ground::{
        cli::OwnStep,
        matrix::{Abi, Identifier, Interpreter, Target},
        paths::STATE,
        plan::{Command, Job},
    },
    planning::{place::Place, tools},
};

/// A row of `xtask/testers.toml`, which says what is in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tester {
    pub name: String,
    #[serde(deserialize_with = "parsed")]
    pub interpreter: Interpreter,
    #[serde(deserialize_with = "targets")]
    pub targets: Vec<&'static Target>,
    report: String,
    script: Vec<String>,
    #[serde(default = "apt_get")]
    needs: Vec<String>,
    #[serde(default)]
    numpy: NumPy,
    #[serde(default)]
    pub on_demand: bool,
    /// Whether its headers serve where no interpreter of this machine has some.
    #[serde(default)]
    has_headers: bool,
    /// The folder of its headers.
    #[serde(skip)]
    pub include: Utf8PathBuf,
}

/// A row of `xtask/loaders.toml`, which says what is in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loader {
    pub name: String,
    #[serde(deserialize_with = "targets")]
    pub targets: Vec<&'static Target>,
    #[serde(deserialize_with = "target")]
    pub on: &'static Target,
    report: String,
    #[serde(default)]
    pub library: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

static TESTERS: LazyLock<Vec<Tester>> = LazyLock::new(|| {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/testers.toml"));
    let mut testers: Vec<Tester> = rows("tester", text);
    for tester in &mut testers {
        tester.include = format!("{}/include", tester.folder()).into();
    }
    testers
});

static LOADERS: LazyLock<Vec<Loader>> = LazyLock::new(|| {
    rows("loader", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/loaders.toml")))
});

/// The rows of a file, of which each begins with `[[name]]`.
fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    let mut tables: BTreeMap<String, Vec<T>> =
        toml::from_str(text).expect("tests read all of the file");
    tables.remove(name).expect("tests read all of the file")
}

/// Every tester there is.
pub fn testers() -> &'static [Tester] {
    &TESTERS
}

/// Every loader there is.
pub fn loaders() -> &'static [Loader] {
    &LOADERS
}

fn apt_get() -> Vec<String> {
    vec!["apt-get".to_owned()]
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

fn target<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Target, D::Error> {
    Target::known(&String::deserialize(from)?).map_err(D::Error::custom)
}

fn targets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<&'static Target>, D::Error> {
    let names: Vec<String> = Vec::deserialize(from)?;
    names.iter().map(|name| Target::known(name)).collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// The tester whose headers serve to compile for an interpreter, if one can be here.
pub fn with_headers_for(interpreter: Interpreter, host: &Host) -> Option<&'static Tester> {
    let has =
        |tester: &&Tester| tester.has_headers && interpreter.has_headers_of(&tester.interpreter);
    testers().iter().filter(has).find(|tester| tester.is_available(host))
}

impl Tester {
    /// Debian's packages of what it needs and this machine lacks.
    pub fn packages_missing(&self, host: &Host) -> Vec<&str> {
        let missing = self.needs.iter().filter(|name| host.program(name).is_err());
        missing.map(|name| package_of(name)).collect()
    }

    /// Whether it runs wheels here, once it is installed. All are for a Linux that runs programs
    /// for x86_64.
    pub fn can_be_installed(&self, host: &Host) -> bool {
        runs("manylinux_x86_64", host) && self.packages_missing(host).is_empty()
    }

    /// Whether it is used here.
    pub fn is_available(&self, host: &Host) -> bool {
        self.can_be_installed(host) && (!self.on_demand || self.is_installed(host))
    }

    pub fn is_installed(&self, host: &Host) -> bool {
        host.testers.contains(&self.name)
    }

    pub fn folder(&self) -> String {
        format!("{STATE}/testers/{}", self.name)
    }

    /// The program that runs it, from the root.
    fn program(&self) -> String {
        format!("{}/python", self.folder())
    }

    /// What its row makes of it for the wheels of a target.
    pub fn runner(&self, target: &'static Target, host: &Host) -> Runner {
        let wine = host.wine.map_or("wine".to_owned(), |version| format!("wine {version}"));
        let report = self.report.replace("{wine}", &wine);
        Runner {
            title: format!("{} {report}", self.interpreter.version()),
            program: self.program(),
            launcher: &[],
            interpreter: self.interpreter,
            target,
            numpy: self.numpy.clone(),
            identity: self.name.clone(),
            provision: vec![self.job(host)],
            rewrite: None,
            is_emulated: self.needs.iter().any(|program| program.starts_with("qemu-")),
            environment: BTreeMap::new(),
            place: Place::Here,
        }
    }

    /// Makes its folder.
    pub fn job(&self, host: &Host) -> Job {
        let (script, arguments) = self.script.split_first().expect("a tester has a script");
        let shell = match script.ends_with(".py") {
            true => tools::BUILD.program(host, "python"),
            false => "bash".to_owned(),
        };
        let folder = self.folder();
        let provision = Command::new(shell).arg(script).args(arguments).arg(&folder);
        // Where wine keeps its registry changes when the interpreter runs.
        let kept: &[&str] = match script.ends_with("provision-windows-python.py") {
            true => &["/cpython", "/prefix/drive_c/windows", "/python"],
            false => &[""],
        };
        let files = self.script.iter().filter(|word| word.starts_with("build-scripts/"));
        let job = files
            .fold(Job::new(format!("tester {}", self.name)), Job::input)
            .own(OwnStep::empty([&folder]))
            .run(provision)
            .input("build-scripts/run-private-apt.sh")
            .input("build-scripts/compile-imports.sh")
            .fetches();
        kept.iter().fold(job, |job, part| job.output_kept(format!("{folder}{part}")))
    }
}

impl Loader {
    /// It is for a Linux on x86_64.
    pub fn can_be_installed(&self, host: &Host) -> bool {
        runs("manylinux_x86_64", host) && tools::zig(host).is_ok()
    }

    pub fn folder(&self) -> String {
        format!("{STATE}/testers/{}", self.name)
    }

    /// Whether it takes such wheels. Without the GIL, Python.h has a module read the register of
    /// its thread, and systems keep that in different ones.
    pub fn takes(&self, wheel: &Identifier) -> bool {
        wheel.interpreter.abi != Abi::Version("t") || wheel.target.platform == self.on.platform
    }

    /// The library that is put beside a module.
    fn library(&self) -> Option<String> {
        self.library.as_ref().map(|_| format!("{}/lib{}.so", self.folder(), self.name))
    }

    /// An interpreter for Linux, and what has it execute the code of another system.
    pub fn runner(&self, runner: Runner, host: &Host) -> Runner {
        Runner {
            title: format!("{} {}", runner.title, self.report),
            identity: format!("{} {}", runner.identity, self.name),
            provision: runner.provision.into_iter().chain(self.job(host)).collect(),
            rewrite: Some(Rewrite { library: self.library() }),
            environment: self.environment.clone(),
            ..runner
        }
    }

    /// Compiles its library.
    pub fn job(&self, host: &Host) -> Option<Job> {
        let (source, library, folder) = (self.library.as_ref()?, self.library()?, self.folder());
        let compile = Command::new(tools::zig(host).ok()?)
            .args(["cc", "-target", self.on.zig, "-O2", "-fPIC", "-nostdlib", "-shared"])
            .args([source, "-o", &library]);
        let job = Job::new(format!("tester {}", self.name)).own(OwnStep::empty([&folder]));
        Some(job.run(compile).input(source).input(tools::BUILD.requirements).output(library))
    }
}

/// Debian's package of a program.
fn package_of(program: &str) -> &str {
    match program {
        "cc" => "gcc",
        "musl-gcc" => "musl-tools",
        name if name.starts_with("qemu-") => "qemu-user-static",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_tester_has_a_name_of_its_own_and_serves_an_exact_interpreter() {
        let mut names = HashSet::new();
        for tester in testers() {
            assert!(names.insert(&tester.name), "{}", tester.name);
            assert!(tester.interpreter.serves(&tester.interpreter), "{}", tester.name);
            assert!(!tester.targets.is_empty() && !tester.script.is_empty(), "{}", tester.name);
        }
    }
}
