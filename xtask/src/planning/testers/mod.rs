//! What runs a wheel on this machine: its own interpreters, and testers for foreign targets.

mod table;

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::{
    facts::host::{Host, Image, Python},
    ground::{
        matrix::{Identifier, Interpreter, Platform, Target},
        plan::Job,
    },
    planning::{place::Place, tools},
};
pub use table::{Loader, Tester, loaders, testers, with_headers_for};

/// An interpreter that a wheel is tested in.
pub struct Runner {
    /// Its name in reports: `3.8.18`, `3.11 under qemu`, `3.11 (wine 8, patched C runtime)`.
    pub title: String,
    /// The program, from the root.
    pub program: String,
    /// What starts the program, where the system has to be told how to.
    pub launcher: &'static [&'static str],
    pub interpreter: Interpreter,
    /// The target whose wheels it takes, besides those for several targets.
    pub target: &'static Target,
    pub numpy: NumPy,
    /// Tells it from other interpreters, for the journal.
    pub identity: String,
    /// The jobs that make it, if it is more than an interpreter of this machine.
    pub provision: Vec<Job>,
    /// How modules are changed that are not for it, if it executes those.
    pub rewrite: Option<Rewrite>,
    /// Whether its processor is emulated.
    pub is_emulated: bool,
    /// Variables that it is started with.
    pub environment: BTreeMap<String, String>,
    pub place: Place,
}

/// How a module is made one that another interpreter loads.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// What replaces functions that another system has differently.
    pub library: Option<String>,
}

/// Where the NumPy of a test comes from: there are no wheels of it for every target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumPy {
    /// From the locked requirements.
    #[default]
    Locked,
    /// The interpreter has it.
    There,
    /// It is in this folder, where the interpreter is.
    At(String),
    /// There is none: a stand-in lets esig compute, but not test itself.
    Replaced,
}

/// All interpreters that can run a wheel here: those of this machine, and testers for what these
/// are not.
pub fn runners(identifier: &Identifier, host: &Host) -> Vec<Runner> {
    let Identifier { interpreter, target } = *identifier;
    let mut runners = Vec::new();
    if is_own(target, host) {
        let served = host.served_by(interpreter, as_own(target, host));
        runners.extend(served.filter_map(|p| of_python(p, host.target_of(p)?)));
        runners.extend(under_rosetta(identifier, host));
    }
    let serves = |tester: &&Tester| interpreter.serves(&tester.interpreter);
    let foreign = testers_for(target, host).filter(serves);
    runners.extend(foreign.map(|tester| tester.runner(target, host)));
    let is_lacking = runners.is_empty();
    for loader in loaders_for(target, host).filter(|it| is_lacking && it.takes(identifier)) {
        let on_linux = Identifier { interpreter, target: loader.on };
        let interpreters = self::runners(&on_linux, host).into_iter();
        runners.extend(interpreters.map(|runner| loader.runner(runner, host)));
    }
    // One build for this processor and one for all of them are the same to a wheel. Emulated
    // interpreters take tenfold, so one is enough.
    let mut seen = HashSet::new();
    runners.retain(|runner| {
        let exact = (!runner.is_emulated).then_some(runner.interpreter);
        seen.insert((exact, runner.target.name))
    });
    match runners.is_empty() {
        true => of_another_version(identifier, host).into_iter().collect(),
        false => runners,
    }
}

/// An interpreter for Linux that executes code for one that nothing here is: the oldest later one,
/// or a Python 2.7 with wide characters.
fn of_another_version(identifier: &Identifier, host: &Host) -> Option<Runner> {
    let Identifier { interpreter, target } = *identifier;
    let interpreter = interpreter.executed_as().filter(|_| target.platform == Platform::Linux)?;
    // What is locked for another version does not install with the wheel.
    let brings_its_own = |runner: &Runner| interpreter.major == 2 || runner.numpy == NumPy::There;
    let runners = self::runners(&Identifier { interpreter, target }, host).into_iter();
    let runner = runners.filter(brings_its_own).min_by_key(|runner| runner.interpreter.minor)?;
    let code = format!("{OTHER_CODE}{} executed by our loader", identifier.interpreter);
    Some(Runner {
        title: format!("{} ({code})", runner.title),
        identity: format!("{} {code}", runner.identity),
        rewrite: runner.rewrite.or(Some(Rewrite { library: None })),
        ..runner
    })
}

const OTHER_CODE: &str = "code for ";

/// Whether the title of a runner says that it executed code for a version that it is not.
pub fn is_of_another_version(title: &str) -> bool {
    title.contains(&format!("({OTHER_CODE}cp"))
}

/// Whether this machine can run anything for the target, or execute another system's code. What
/// glibc does for musl tells little about musl.
pub fn can_test(target: &'static Target, host: &Host) -> bool {
    is_own(target, host)
        || testers_for(target, host).next().is_some()
        || loaders_for(target, host).any(|it| it.library.is_some() && can_test(it.on, host))
}

/// The testers that take wheels for a target here.
fn testers_for(target: &'static Target, host: &Host) -> impl Iterator<Item = &'static Tester> {
    let of_target = move |tester: &&Tester| tester.targets.contains(&target);
    testers().iter().filter(of_target).filter(|tester| tester.is_available(host))
}

/// The loaders that have wheels for a target executed here.
fn loaders_for(target: &'static Target, host: &Host) -> impl Iterator<Item = &'static Loader> {
    let of_target = move |loader: &&Loader| loader.targets.contains(&target);
    loaders().iter().filter(of_target).filter(|loader| loader.can_be_installed(host))
}

/// Whether interpreters of this machine run wheels for the target of a name.
fn runs(name: &str, host: &Host) -> bool {
    Target::named(name).is_some_and(|target| is_own(target, host))
}

/// Whether interpreters of this machine run wheels for a target. Windows and macOS also run what
/// was built for other processors: an interpreter that answered runs.
fn is_own(target: &'static Target, host: &Host) -> bool {
    host.own_target() == Some(as_own(target, host))
        || host.candidates().any(|python| python.target() == Some(target))
        || translated(target, host).is_some() && host.candidates().any(Python::is_universal)
}

/// The target that a wheel is tested as: one for several processors, as that of this machine.
fn as_own(target: &'static Target, host: &Host) -> &'static Target {
    host.own_target().filter(|own| target.parts.contains(&own.name)).unwrap_or(target)
}

/// The target that a wheel for `target` can be run as under Rosetta, where it is installed.
fn translated(target: &Target, host: &Host) -> Option<&'static Target> {
    let has_rosetta = host.macos.as_ref().is_some_and(|macos| macos.rosetta);
    let x86_64 = Target::named("macosx_x86_64").filter(|_| has_rosetta)?;
    (target == x86_64 || target.parts.contains(&x86_64.name)).then_some(x86_64)
}

/// Interpreters for both processors of Macs, run under Rosetta as if they were for x86_64 alone.
fn under_rosetta(identifier: &Identifier, host: &Host) -> impl Iterator<Item = Runner> {
    let Identifier { interpreter, target } = *identifier;
    let runner = move |python: &Python| {
        let runner = of_python(python, translated(target, host)?)?;
        Some(Runner {
            title: format!("{} under Rosetta", runner.title),
            identity: format!("{} under Rosetta", runner.identity),
            launcher: &["arch", "-x86_64"],
            ..runner
        })
    };
    let universal = host.candidates().filter(|python| python.is_universal());
    universal.filter(move |python| python.takes(interpreter)).filter_map(runner)
}

fn of_python(python: &Python, target: &'static Target) -> Option<Runner> {
    Some(Runner {
        title: python.release.clone(),
        program: python.executable.to_string(),
        launcher: &[],
        interpreter: python.interpreter()?,
        target,
        numpy: NumPy::Locked,
        identity: tools::identity(python),
        provision: Vec::new(),
        rewrite: None,
        is_emulated: false,
        environment: BTreeMap::new(),
        place: Place::Here,
    })
}

/// The interpreters of an image that a wheel installs on.
pub fn runners_in(
    image: &Image,
    place: &Place,
    title: &str,
    identifier: &Identifier,
) -> Vec<Runner> {
    let numpy = |exact: &Interpreter| {
        let tag = format!("{}-{}", exact.python_tag(), exact.abi_tag());
        let found = image.numpy.iter().find(|folder| folder.ends_with(&tag));
        found.map_or(NumPy::Locked, |folder| NumPy::At(folder.clone()))
    };
    let in_container = |runner: Runner| Runner {
        numpy: numpy(&runner.interpreter),
        title: format!("{} in {title}", runner.title),
        identity: format!("{} of {} {}", runner.identity, image.name, image.id),
        place: place.clone(),
        ..runner
    };
    let of_image = |python: &Python| of_python(python, identifier.target);
    let pythons = image.pythons.iter().filter(|python| python.takes(identifier.interpreter));
    pythons.filter_map(of_image).map(in_container).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_tests_under_wine_says_which_and_that_it_is_changed() {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/linux_x86_64.json");
        let mut host = Host::recorded(fixture.into()).unwrap();
        host.programs.insert("wine64".into(), "/usr/lib/wine/wine64".into());
        let identifier = Identifier::of_tags("cp39", "cp39", "win_amd64").unwrap();
        let title = |host: &Host| runners(&identifier, host)[0].title.clone();
        assert_eq!(title(&host), "3.9 (wine, patched C runtime)");
        host.wine = Some(8);
        assert_eq!(title(&host), "3.9 (wine 8, patched C runtime)");
    }
}
