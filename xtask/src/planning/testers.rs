//! What runs a wheel on this machine: its own interpreters, and testers for foreign targets.

use std::collections::HashSet;

use crate::{
    facts::host::{Host, Image, Python},
    ground::{
        cli::OwnStep,
        matrix::{Identifier, Interpreter, Target},
        paths::STATE,
        plan::{Command, Job},
    },
    planning::{place::Place, tools},
};

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
    /// The job that makes it, if it is not an interpreter of this machine.
    pub provision: Option<Job>,
    pub place: Place,
}

/// Where the NumPy of a test comes from: there are no wheels of it for every target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumPy {
    /// From the locked requirements.
    Locked,
    /// The interpreter has it.
    There,
    /// It is in this folder, where the interpreter is.
    At(String),
}

/// A CPython for another target that is provided under target/, and what it takes to run it.
pub struct Tester {
    pub target: &'static str,
    /// The exact build that it is, `cp311`.
    pub interpreter: &'static str,
    pub source: Provision,
    /// Programs that this machine must have.
    pub needs: &'static [&'static str],
}

pub enum Provision {
    /// Debian's packages of a suite for an architecture, extracted.
    Debian { suite: &'static str, architecture: &'static str },
    /// The embeddable package of python.org, in a package on PyPI.
    Windows,
    /// Debian's source package, compiled with musl.
    Musl,
}

/// Every tester there is, by target, then interpreter.
pub const TESTERS: &[Tester] = &[
    qemu("manylinux_aarch64", "cp311", "bookworm", "arm64", &["apt-get", "qemu-aarch64-static"]),
    qemu("manylinux_armv7l", "cp311", "bookworm", "armhf", &["apt-get", "qemu-arm-static"]),
    // The processor of x86_64 runs i686 itself.
    qemu("manylinux_i686", "cp39", "bullseye", "i386", &["apt-get"]),
    qemu("manylinux_i686", "cp311", "bookworm", "i386", &["apt-get"]),
    qemu("manylinux_i686", "cp313", "trixie", "i386", &["apt-get"]),
    qemu("manylinux_ppc64le", "cp311", "bookworm", "ppc64el", &["apt-get", "qemu-ppc64le-static"]),
    qemu("manylinux_riscv64", "cp313", "trixie", "riscv64", &["apt-get", "qemu-riscv64-static"]),
    qemu("manylinux_s390x", "cp311", "bookworm", "s390x", &["apt-get", "qemu-s390x-static"]),
    Tester {
        target: "musllinux_x86_64",
        interpreter: "cp311",
        source: Provision::Musl,
        // Compiling a CPython takes minutes: only whoever has musl's compiler will want it.
        needs: &["apt-get", "cc", "make", "musl-gcc"],
    },
    wine("cp38"),
    wine("cp39"),
    wine("cp310"),
    wine("cp311"),
    wine("cp312"),
    wine("cp313"),
];

const fn qemu(
    target: &'static str,
    interpreter: &'static str,
    suite: &'static str,
    architecture: &'static str,
    needs: &'static [&'static str],
) -> Tester {
    Tester { target, interpreter, source: Provision::Debian { suite, architecture }, needs }
}

const fn wine(interpreter: &'static str) -> Tester {
    Tester { target: "win_amd64", interpreter, source: Provision::Windows, needs: &["wine64"] }
}

/// All interpreters that can run a wheel here. A tester counts if the programs that it needs are
/// there.
pub fn runners(identifier: &Identifier, host: &Host) -> Vec<Runner> {
    let Identifier { interpreter, target } = *identifier;
    if is_own(target, host) {
        let served = host.served_by(interpreter, as_own(target, host));
        let mut runners: Vec<Runner> =
            served.filter_map(|p| of_python(p, host.target_of(p)?)).collect();
        runners.extend(under_rosetta(identifier, host));
        // One build for this processor and one for all of them are the same to a wheel.
        let mut seen = HashSet::new();
        runners.retain(|runner| seen.insert((runner.interpreter, runner.target.name)));
        return runners;
    }
    let serves = |tester: &&Tester| {
        tester.target == identifier.target.name
            && identifier.interpreter.serves(&tester.interpreter())
            && tester.is_available(host)
    };
    TESTERS.iter().filter(serves).map(|tester| tester.runner(host)).collect()
}

/// Whether this machine can run anything for the target.
pub fn can_test(target: &'static Target, host: &Host) -> bool {
    is_own(target, host) || TESTERS.iter().any(|t| t.target == target.name && t.is_available(host))
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
        provision: None,
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

impl Tester {
    fn interpreter(&self) -> Interpreter {
        self.interpreter.parse().expect("the table is tested")
    }

    /// Debian's packages of what it needs and this machine lacks.
    pub fn packages_missing(&self, host: &Host) -> Vec<&'static str> {
        let missing = self.needs.iter().filter(|name| host.program(name).is_err());
        missing.map(|name| package_of(name)).collect()
    }

    /// All testers are for a Linux that runs programs for x86_64.
    fn is_available(&self, host: &Host) -> bool {
        let runs = |name| Target::named(name).is_some_and(|target| is_own(target, host));
        runs("manylinux_x86_64") && self.needs.iter().all(|name| host.program(name).is_ok())
    }

    fn runner(&self, host: &Host) -> Runner {
        let interpreter = self.interpreter();
        let version = interpreter.version();
        let bash = || "bash".to_owned();
        let (name, shell, script, arguments, numpy, system) = match self.source {
            Provision::Debian { suite, architecture } => (
                format!("debian-{suite}-{architecture}"),
                bash(),
                "build-scripts/provision-debian-python.sh",
                vec![suite, architecture],
                NumPy::There,
                if self.needs.len() == 1 { "for i386" } else { "under qemu" }.to_owned(),
            ),
            // Whoever reads the report knows that the wheel may fail on an unchanged wine.
            Provision::Windows => (
                format!("windows-{version}"),
                tools::BUILD.program(host, "python"),
                "build-scripts/provision-windows-python.py",
                vec![version.as_str()],
                NumPy::Locked,
                format!("({}, patched C runtime)", wine_of(host)),
            ),
            Provision::Musl => (
                format!("musl-{version}"),
                bash(),
                "build-scripts/provision-musl-python.sh",
                vec![],
                NumPy::Locked,
                "on musl".to_owned(),
            ),
        };
        let folder = format!("{STATE}/testers/{name}");
        let program = format!("{folder}/python");
        let provision = Command::new(shell).arg(script).args(arguments).arg(&folder);
        // Other files of the folder change when the interpreter runs.
        let job = Job::new(format!("tester {name}"))
            .own(OwnStep::empty([&folder]))
            .run(provision)
            .input(script)
            .input("build-scripts/run-private-apt.sh")
            .output_listing(&program);
        Runner {
            title: format!("{version} {system}"),
            program,
            launcher: &[],
            interpreter,
            target: Target::named(self.target).expect("the table is tested"),
            numpy,
            identity: name,
            provision: Some(job),
            place: Place::Here,
        }
    }
}

fn wine_of(host: &Host) -> String {
    host.wine.map_or("wine".to_owned(), |version| format!("wine {version}"))
}

/// Debian's package of a program.
fn package_of(program: &'static str) -> &'static str {
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

    #[test]
    fn every_tester_is_for_a_target_and_an_exact_interpreter() {
        for tester in TESTERS {
            assert!(Target::named(tester.target).is_some(), "{}", tester.target);
            assert_eq!(tester.interpreter().to_string(), tester.interpreter);
        }
        assert!(TESTERS.is_sorted_by_key(|tester| tester.target));
    }

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
