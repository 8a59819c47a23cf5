//! CPythons: for the build's own tools, for the headers of each kind of wheel, and pyenv.

use camino::Utf8Path;

use super::{Case, finding::Finding, remedies};
use crate::{
    facts::host::{BrokenPython, Image, Python},
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

pub fn findings(case: &Case) -> Vec<Finding> {
    if case.request.in_windows_container.is_some() {
        return in_image(case).into_iter().collect();
    }
    let mut findings = vec![tools(case)];
    let mut releases = Vec::new();
    if let Ok(builders) = Builders::new(case.request, case.host) {
        for interpreter in &case.project.config.interpreters {
            let kind = Kind::new(*interpreter, case, &builders);
            findings.extend(kind.finding(case));
            if !kind.lacking.is_empty() {
                releases.extend(release_for(*interpreter, case.host, case.project));
            }
        }
    }
    let broken = |broken: &BrokenPython| {
        Finding::lacking(broken.path.as_str(), format!("is of no use: {}", broken.reason))
    };
    findings.extend(case.host.broken.iter().map(broken));
    releases.sort();
    releases.dedup();
    if case.request.builder != Some(BuilderName::Docker) {
        findings.extend(pyenv(case, &releases));
    }
    findings
}

/// A container of Windows has its own interpreters, for the tools too.
fn in_image(case: &Case) -> Option<Finding> {
    let (built, asked) = case.counts(case.planned()?);
    let what = "in the image";
    let found = format!("interpreters for {built} of {asked} wheels");
    let hint = "add others to `[windows] pythons` of xtask/xtask.toml";
    Some(match built == asked {
        true => Finding::good(what, found),
        false => Finding::lacking(what, found).hint(hint),
    })
}

/// The interpreter for the tools, which makes a virtual environment of itself.
fn tools(case: &Case) -> Finding {
    let what = "for the build's tools";
    let needed = "CPython 3.10 to 3.14";
    let hint = || remedies::install(&remedies::PYTHON, case.host);
    let python = match case.host.tool_python() {
        Ok(python) => python,
        Err(_) => return Finding::missing(what, "is not here").needed(needed).hint(hint()),
    };
    let found = format!("{}, {}", python.title(), python.executable);
    match case.examination.makes_environments {
        Some(false) => {
            let found =
                format!("{found} makes no virtual environments: it lacks venv or ensurepip");
            Finding::missing(what, found).hint(hint())
        }
        _ => Finding::good(what, found).needed(needed),
    }
}

/// One kind of wheel, of those that are asked for.
struct Kind<'a> {
    interpreter: Interpreter,
    /// What its headers are of, one for each wheel.
    headers: Vec<String>,
    /// Wheels that cannot be built, and why. Not those that there never can be.
    lacking: Vec<(Identifier, String)>,
    without_headers: Option<&'a Python>,
}

impl<'a> Kind<'a> {
    fn new(interpreter: Interpreter, case: &'a Case, builders: &Builders) -> Kind<'a> {
        let (mut headers, mut lacking) = (Vec::new(), Vec::new());
        let identifiers = case.request.identifiers.iter();
        for id in identifiers.filter(|id| id.interpreter == interpreter) {
            match builders.builder_of(id) {
                Ok(Builder::Here { headers: found, .. }) => {
                    headers.push(of_release(found.folder, case));
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
        let mut pythons = case.host.candidates();
        let without_headers = pythons.find(|python| {
            let exact = python.interpreter();
            python.include.is_none() && exact.is_some_and(|e| interpreter.has_headers_of(&e))
        });
        Kind { interpreter, headers, lacking, without_headers }
    }

    /// None if nobody asked for it.
    fn finding(&self, case: &Case) -> Option<Finding> {
        let what = self.interpreter.to_string();
        let needed = format!("{} with headers", self.interpreter.wanted());
        let mut headers = self.headers.clone();
        headers.dedup();
        let built = headers.join(", ");
        let Some((id, reason)) = self.lacking.first() else {
            return (!built.is_empty()).then(|| Finding::good(what, built).needed(needed));
        };
        if let Some(release) = self.to_be_built(case) {
            let found = format!("{release}, which the plan has pyenv build");
            return Some(Finding::good(what, found).needed(needed));
        }
        let of_all = match (self.lacking.len(), self.headers.len()) {
            (1, 0) => String::new(),
            (1, _) => format!(", for {}", id.target.name),
            (lacking, _) => format!(", for {lacking} wheels"),
        };
        let finding = Finding::lacking(what, format!("{reason}{of_all}")).needed(needed);
        Some(finding.hint(self.remedy(case)))
    }

    /// By `--install-tools`.
    fn to_be_built(&self, case: &Case) -> Option<Release> {
        let release = release_for(self.interpreter, case.host, case.project)?;
        let name = format!("pyenv {release}");
        let mut jobs = case.planned()?.plan.jobs().iter();
        jobs.any(|job| job.name == name).then_some(release)
    }

    fn remedy(&self, case: &Case) -> String {
        match case.request.builder {
            Some(BuilderName::Docker) => {
                "name an image that has it: `--image TARGET=NAME`; or use `--builder zig`".into()
            }
            Some(BuilderName::Native) if !self.lacks_interpreter(case) => {
                "use `--builder zig`, which compiles for every target".into()
            }
            _ => match self.without_headers {
                Some(python) => remedies::headers(python.version, case.host),
                None => {
                    let release = release_for(self.interpreter, case.host, case.project);
                    remedies::interpreter(self.interpreter, release.as_ref(), case.host)
                }
            },
        }
    }

    fn lacks_interpreter(&self, case: &Case) -> bool {
        let serves = |python: &Python| {
            let exact = python.interpreter();
            exact.is_some_and(|exact| self.interpreter.has_headers_of(&exact))
        };
        !case.host.candidates().any(|python| serves(python) && python.include.is_some())
    }
}

/// `3.8.18, /usr/include/python3.8`
fn of_release(include: &Utf8Path, case: &Case) -> String {
    let mut pythons = case.host.pythons.iter();
    let python = pythons.find(|python| python.include.as_deref() == Some(include));
    python.map_or(include.to_string(), |python| format!("{}, {include}", python.release))
}

fn of_image(include: &Utf8Path, image: &Image) -> String {
    let mut pythons = image.pythons.iter();
    let python = pythons.find(|python| python.include.as_deref() == Some(include));
    let release = python.map_or("headers", |python| &python.release);
    format!("{release} in the image for {}", image.target)
}

/// What would build the releases that are missing.
fn pyenv(case: &Case, missing: &[Release]) -> Vec<Finding> {
    if case.host.platform == Platform::Windows {
        return Vec::new();
    }
    let Some(pyenv) = &case.host.pyenv else {
        let hint = match case.host.platform {
            Platform::Macos => "`brew install pyenv`",
            _ => "see https://github.com/pyenv/pyenv",
        };
        let absent = Finding::lacking("pyenv", "is not here; it builds missing interpreters");
        return (!missing.is_empty()).then(|| absent.hint(hint)).into_iter().collect();
    };
    let found = format!("{}, {}", pyenv.release, pyenv.program);
    let mut findings = vec![Finding::good("pyenv", found)];
    if !missing.is_empty() {
        findings.extend(openssl(case, missing));
    }
    findings
}

/// What pyenv would compile the missing releases with.
fn openssl(case: &Case, missing: &[Release]) -> Vec<Finding> {
    let is_asked = case.request.install_tools;
    let what = "OpenSSL for pyenv";
    let hint = || remedies::install(&remedies::FOR_PYENV, case.host);
    if case.host.platform == Platform::Linux {
        return vec![match &case.examination.openssl {
            Some(version) => Finding::good(what, format!("headers of {version}")),
            None => Finding::absent(is_asked, what, "its headers are not installed").hint(hint()),
        }];
    }
    let of_release = |release: &Release| {
        let what = format!("OpenSSL for {release}");
        match (pyenv::refuses(case.host, release), pyenv::openssl(case.host, release)) {
            (Some(refusal), _) => Finding::lacking(what, refusal),
            (None, Some((formula, folder))) => Finding::good(what, format!("{formula}, {folder}")),
            (None, None) => {
                Finding::good(what, "none of Homebrew's serves: pyenv compiles its own first")
            }
        }
    };
    missing.iter().map(of_release).collect()
}
