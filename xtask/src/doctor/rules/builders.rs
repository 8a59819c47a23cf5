//! What compiles: zig, a container engine with its images, the compiler of this system.

use super::{
    diagnosis::{Prerequisite, absent, good, lacking},
    examined_build::ExaminedBuild,
    remedies,
};
use crate::{
    facts::{
        engine::Engine,
        failures::Explanation,
        host::{AbsentImage, ContainerFacts, Host, platform_of},
        visual_studio::Installation,
    },
    ground::{
        cli::BuilderName,
        matrix::{Architecture, Platform, Target},
    },
    planning::tools,
};

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let mut findings = Vec::new();
    findings.extend(zig(build));
    let is_used = build.request.images.is_some();
    if let Some(containers) = build.host.containers.as_ref().filter(|_| is_used) {
        findings.extend(engine(containers, build));
    }
    if build.request.builder != Some(BuilderName::Docker) {
        findings.extend(native(build));
    }
    findings
}

/// zig is one of the build's tools, and needs nothing besides them.
fn zig(build: &ExaminedBuild) -> Option<Prerequisite> {
    let zig = tools::zig(build.host).ok()?;
    let plan = &build.planned()?.plan;
    let is_used = plan.jobs().iter().any(|job| job.lines().iter().any(|line| line.contains(&zig)));
    let version = build.project.zig_version().unwrap_or_default();
    let found = match build.examination.done.contains(tools::BUILD.name) {
        true => format!("{version}, {zig}"),
        false => format!("{version}, which the plan installs"),
    };
    is_used.then(|| good("zig", found))
}

fn engine(containers: &ContainerFacts, build: &ExaminedBuild) -> Vec<Prerequisite> {
    let name = &containers.program;
    let is_asked = build.request.builder == Some(BuilderName::Docker);
    let engine = match containers.engine() {
        Ok(engine) => engine,
        Err(Explanation { what, hint }) => {
            let hint = match what.contains("is not on PATH") {
                true => remedies::install("engine", build.host),
                false => hint.to_string(),
            };
            return vec![absent(is_asked, name, &**what).hint(hint)];
        }
    };
    let Engine { version, system, architecture, processors, context, .. } = engine;
    let context = context.as_ref().map_or(String::new(), |name| format!(", context {name}"));
    let found = format!("{version}, {system} on {}, {processors} processors", architecture.name());
    let wanted = match build.request.in_windows_container.is_some() {
        true => "windows",
        false => "linux",
    };
    let mut findings = vec![if system == wanted {
        good(name, found + &context)
    } else {
        let finding = absent(is_asked, name, found + &context);
        let hint = format!("have it run containers of {wanted}, or use `--builder zig`");
        finding.needed(format!("containers of {wanted}")).hint(hint)
    }];
    findings.extend(images(containers, build));
    findings.extend(emulation(containers, engine, build));
    findings
}

/// Each image that is there, and those that are not, grouped by the reason.
fn images(containers: &ContainerFacts, build: &ExaminedBuild) -> Vec<Prerequisite> {
    let is_asked = build.request.builder == Some(BuilderName::Docker);
    // Without others, there is no plan.
    let is_needed = is_asked && build.plan.is_err();
    let mut findings = Vec::new();
    for image in containers.images.iter().chain(&containers.test_images) {
        let found = format!("{}, {} interpreters", image.name, image.pythons.len());
        findings.push(good(format!("image for {}", image.target), found));
    }
    let fetched = containers.absent.iter().filter(|absent| absent.problem.is_none());
    for absent in fetched {
        let what = format!("image for {}", absent.target);
        findings.push(good(what, format!("{}, which the plan fetches", absent.name)));
    }
    let mut refused: Vec<(&Explanation, Vec<&AbsentImage>)> = Vec::new();
    for absent in &containers.absent {
        let Some(problem) = &absent.problem else { continue };
        match refused.iter_mut().find(|(of, _)| *of == problem) {
            Some((_, absents)) => absents.push(absent),
            None => refused.push((problem, vec![absent])),
        }
    }
    findings.extend(refused.into_iter().map(|(problem, absents)| {
        let (what, missing) = match absents[..] {
            [one] => (format!("image for {}", one.target), one.name.clone()),
            _ => {
                let targets: Vec<&str> = absents.iter().map(|a| a.target.as_str()).collect();
                (format!("{} images", absents.len()), format!("for {}", targets.join(", ")))
            }
        };
        let instead = if is_asked { "" } else { "; zig compiles instead" };
        let found = format!("{missing}: {}{instead}", problem.what);
        absent(is_needed, what, found).hint(&*problem.hint)
    }));
    findings
}

/// Whether this kernel emulates the processors that images need and the engine's own is not.
fn emulation(
    containers: &ContainerFacts,
    engine: &Engine,
    build: &ExaminedBuild,
) -> Vec<Prerequisite> {
    let wanted = containers.images.iter().chain(&containers.test_images).map(|i| &i.target);
    let fetched = containers.absent.iter().filter(|absent| absent.problem.is_none());
    let wanted = wanted.chain(fetched.map(|absent| &absent.target));
    let targets = wanted.filter_map(|name| Target::named(name));
    let mut foreign: Vec<_> = targets.map(|target| target.architecture).collect();
    foreign.retain(|architecture| !engine.architecture.runs(*architecture));
    foreign.sort_by_key(|architecture| architecture.name());
    foreign.dedup();
    // What another machine emulates, only trying tells.
    let is_here = build.host.kernel.is_some() && build.host.kernel == engine.kernel;
    let finding = |architecture| {
        let what = format!("emulation of {}", platform_of(architecture));
        match build.host.emulated.contains(&architecture) {
            true => good(what, "qemu, by this kernel"),
            false => {
                let hint = "`apt-get install qemu-user-static binfmt-support`";
                lacking(what, "there is none in this kernel").hint(hint)
            }
        }
    };
    foreign.into_iter().filter(|_| is_here).map(finding).collect()
}

/// The compiler of this system, whether it is asked for or could be.
fn native(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let is_asked = build.request.builder == Some(BuilderName::Native);
    let title = |name: &str| match is_asked {
        true => name.to_owned(),
        false => format!("{name}, for `--builder native`"),
    };
    match build.host.platform {
        Platform::Macos => vec![apple(build.host, title("Apple's tools"), is_asked)],
        Platform::Windows => {
            let is_needed = is_asked && !build.request.install_tools;
            visual_studio(build.host, &title("Visual Studio"), is_needed)
        }
        _ => vec![gnu(build, title("a compiler"), is_asked)],
    }
}

fn gnu(build: &ExaminedBuild, what: String, is_needed: bool) -> Prerequisite {
    let mut missing = vec!["c++", "cc", "ar"];
    missing.retain(|name| !build.host.programs.contains_key(*name));
    if missing.is_empty() {
        return good(what, build.version_finding("c++").found);
    }
    let found = format!("{} not on PATH", missing.join(", "));
    absent(is_needed, what, found).hint(remedies::compiler(build.host))
}

fn apple(host: &Host, what: String, is_needed: bool) -> Prerequisite {
    let macos = host.macos.as_ref();
    let Some(folder) = macos.and_then(|macos| macos.developer.as_ref()) else {
        let hint = remedies::compiler(host);
        return absent(is_needed, what, "are not installed").hint(hint);
    };
    let sdk = macos.and_then(|macos| macos.sdk.as_ref());
    let sdk = sdk.map_or("without an SDK".to_owned(), |sdk| format!("SDK {}", sdk.version));
    good(what, format!("{folder}, {sdk}"))
}

/// Each installation; which one is taken for a target, the plan decides.
fn visual_studio(host: &Host, what: &str, is_needed: bool) -> Vec<Prerequisite> {
    let all = host.windows.as_ref().map_or(&[][..], |windows| &windows.visual_studio);
    if all.is_empty() {
        return vec![absent(is_needed, what, "is not here").hint(remedies::compiler(host))];
    }
    let processors = [Architecture::X86_64, Architecture::I686, Architecture::Aarch64];
    let of_installation = |one: &Installation| {
        let found = format!("{} {}, {}", one.name, one.version, one.path);
        let mut lacks: Vec<_> = processors.iter().filter_map(|p| one.lacks(*p)).collect();
        lacks.dedup();
        if !lacks.is_empty() {
            return lacking(what, format!("{found}: {}", lacks.join(", "))).hint(
                "`Modify` or `Repair` it in the Visual Studio Installer, with the workload \
                 `Desktop development with C++`",
            );
        }
        match one.needs_restart {
            true => lacking(what, found).hint("start Windows anew: it waits for that"),
            false => good(what, found),
        }
    };
    all.iter().map(of_installation).collect()
}
