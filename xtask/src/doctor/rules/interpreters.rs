//! CPythons: for the build's own tools, for the headers of each kind of wheel, and pyenv.

use camino::Utf8Path;

use super::{
    diagnosis::{Prerequisite, absent, good, lacking, missing},
    examined_build::ExaminedBuild,
    remedies,
};
use crate::{
    facts::host::{BrokenPython, Image},
    ground::{
        cli::BuilderName,
        matrix::{Identifier, Interpreter, Platform, Release},
    },
    planning::{
        commands::wheels::{Builders, release_for},
        pipeline::Builder,
        platform::pyenv,
    },
};

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    if build.request.in_windows_container.is_some() {
        return in_image(build).into_iter().collect();
    }
    let mut findings = vec![tools(build)];
    let mut releases = Vec::new();
    if let Ok(builders) = Builders::new(build.request, build.host) {
        for interpreter in &build.project.config.interpreters {
            let kind = WheelKind::new(*interpreter, build, &builders);
            findings.extend(kind.finding(build));
            if !kind.lacking.is_empty() {
                releases.extend(release_for(*interpreter, build.host, build.project));
            }
        }
    }
    let broken = |broken: &BrokenPython| {
        lacking(broken.path.as_str(), format!("is of no use: {}", broken.reason))
    };
    findings.extend(build.host.broken.iter().map(broken));
    releases.sort();
    releases.dedup();
    if build.request.builder != Some(BuilderName::Docker) {
        findings.extend(pyenv(build, &releases));
    }
    findings
}

/// A container of Windows has its own interpreters, for the tools too.
fn in_image(build: &ExaminedBuild) -> Option<Prerequisite> {
    let (built, asked) = build.counts(build.planned()?);
    let what = "in the image";
    let found = format!("interpreters for {built} of {asked} wheels");
    let hint = "add others to `[windows] pythons` of xtask/xtask.toml";
    Some(match built == asked {
        true => good(what, found),
        false => lacking(what, found).hint(hint),
    })
}

/// The interpreter for the tools, which makes a virtual environment of itself.
fn tools(build: &ExaminedBuild) -> Prerequisite {
    let what = "for the build's tools";
    let needed = "CPython 3.10 to 3.14";
    match build.host.tool_python() {
        Ok(python) => {
            let found = format!("{}, {}", python.title(), python.executable);
            good(what, found).needed(needed)
        }
        Err(error) => {
            let hint = remedies::install("python", build.host);
            missing(what, error.to_string()).needed(needed).hint(hint)
        }
    }
}

/// The wheels for one interpreter, of those that are asked for.
struct WheelKind {
    interpreter: Interpreter,
    /// The interpreters whose headers are used, one for each wheel.
    headers: Vec<String>,
    /// Wheels that cannot be built, and why. Not those that there never can be.
    lacking: Vec<(Identifier, String)>,
}

impl WheelKind {
    fn new(interpreter: Interpreter, build: &ExaminedBuild, builders: &Builders) -> WheelKind {
        let (mut headers, mut lacking) = (Vec::new(), Vec::new());
        let identifiers = build.request.identifiers.iter();
        for id in identifiers.filter(|id| id.interpreter == interpreter) {
            match builders.builder_of(id) {
                Ok(Builder::Here { headers: found, .. }) => {
                    headers.push(of_release(found.folder, build));
                }
                Ok(Builder::InContainer { image, headers: found, .. }) => {
                    headers.push(of_image(found.folder, image));
                }
                Err(reason) if id.target.refuses(interpreter).is_none() => {
                    lacking.push((*id, reason));
                }
                Err(_) => {}
            }
        }
        WheelKind { interpreter, headers, lacking }
    }

    /// What there is to say; none if no wheel for the interpreter is asked for.
    fn finding(&self, build: &ExaminedBuild) -> Option<Prerequisite> {
        let what = self.interpreter.to_string();
        let needed = format!("{} with headers", self.interpreter.wanted());
        let mut headers = self.headers.clone();
        headers.dedup();
        let built = headers.join(", ");
        let Some((id, reason)) = self.lacking.first() else {
            return (!built.is_empty()).then(|| good(what, built).needed(needed));
        };
        if let Some(release) = self.to_be_built(build) {
            let found = format!("{release}, which the plan has pyenv build");
            return Some(good(what, found).needed(needed));
        }
        let of_all = match (self.lacking.len(), self.headers.len()) {
            (1, 0) => String::new(),
            (1, _) => format!(", for {}", id.target.name),
            (lacking, _) => format!(", for {lacking} wheels"),
        };
        let finding = lacking(what, format!("{reason}{of_all}")).needed(needed);
        Some(finding.hint(self.remedy(build)))
    }

    /// The release that `--install-tools` has pyenv build, if any.
    fn to_be_built(&self, build: &ExaminedBuild) -> Option<Release> {
        let release = release_for(self.interpreter, build.host, build.project)?;
        let name = format!("pyenv {release}");
        let mut jobs = build.planned()?.plan.jobs().iter();
        jobs.any(|job| job.name == name).then_some(release)
    }

    fn remedy(&self, build: &ExaminedBuild) -> String {
        let serves = |exact: Interpreter| self.interpreter.has_headers_of(&exact);
        let serving = || build.host.candidates().filter(|p| p.interpreter().is_some_and(serves));
        match build.request.builder {
            Some(BuilderName::Docker) => {
                "name an image that has it: `--image TARGET=NAME`; or use `--builder zig`".into()
            }
            Some(BuilderName::Native) if serving().any(|python| python.include.is_some()) => {
                "use `--builder zig`, which compiles for every target".into()
            }
            _ => match serving().find(|python| python.include.is_none()) {
                Some(python) => remedies::headers(python.version, build.host),
                None => {
                    let release = release_for(self.interpreter, build.host, build.project);
                    remedies::interpreter(self.interpreter, release.as_ref(), build.host)
                }
            },
        }
    }
}

/// `3.8.18, /usr/include/python3.8`
fn of_release(include: &Utf8Path, build: &ExaminedBuild) -> String {
    let mut pythons = build.host.pythons.iter();
    let python = pythons.find(|python| python.include.as_deref() == Some(include));
    python.map_or(include.to_string(), |python| format!("{}, {include}", python.release))
}

fn of_image(include: &Utf8Path, image: &Image) -> String {
    let mut pythons = image.pythons.iter();
    let python = pythons.find(|python| python.include.as_deref() == Some(include));
    let release = python.map_or("headers", |python| &python.release);
    format!("{release} in the image for {}", image.target)
}

/// pyenv, which would build the releases that are missing.
fn pyenv(build: &ExaminedBuild, missing: &[Release]) -> Vec<Prerequisite> {
    if build.host.platform == Platform::Windows {
        return Vec::new();
    }
    let Some(pyenv) = &build.host.pyenv else {
        let hint = match build.host.platform {
            Platform::Macos => "`brew install pyenv`",
            _ => "see https://github.com/pyenv/pyenv",
        };
        let absent = lacking("pyenv", "is not here; it builds missing interpreters");
        return (!missing.is_empty()).then(|| absent.hint(hint)).into_iter().collect();
    };
    let found = format!("{}, {}", pyenv.release, pyenv.program);
    let mut findings = vec![good("pyenv", found)];
    if !missing.is_empty() {
        findings.extend(openssl(build, missing));
    }
    findings
}

/// What pyenv would compile the missing releases with.
fn openssl(build: &ExaminedBuild, missing: &[Release]) -> Vec<Prerequisite> {
    let is_asked = build.request.install_tools;
    let what = "OpenSSL for pyenv";
    let hint = || remedies::install("for-pyenv", build.host);
    if build.host.platform == Platform::Linux {
        return vec![match &build.examination.openssl {
            Some(version) => good(what, format!("headers of {version}")),
            None => absent(is_asked, what, "its headers are not installed").hint(hint()),
        }];
    }
    let of_release = |release: &Release| {
        let what = format!("OpenSSL for {release}");
        match (pyenv::refuses(build.host, release), pyenv::openssl(build.host, release)) {
            (Some(refusal), _) => lacking(what, refusal),
            (None, Some((formula, folder))) => good(what, format!("{formula}, {folder}")),
            (None, None) => good(what, "none of Homebrew's serves: pyenv compiles its own first"),
        }
    };
    missing.iter().map(of_release).collect()
}
