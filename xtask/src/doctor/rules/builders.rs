//! What compiles: zig, a container engine with its images, the compiler of this system.

use super::{Case, finding::Finding, remedies};
use crate::{
    facts::{
        engine::Engine,
        failures::Explanation,
        host::{AbsentImage, Containers, Host, platform_of},
        visual_studio::Installation,
    },
    ground::{
        cli::BuilderName,
        matrix::{Architecture, Platform, Target},
    },
    planning::tools,
};

pub fn findings(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(zig(case));
    let is_used = case.request.images.is_some();
    if let Some(containers) = case.host.containers.as_ref().filter(|_| is_used) {
        findings.extend(engine(containers, case));
    }
    if case.request.builder != Some(BuilderName::Docker) {
        findings.extend(native(case));
    }
    findings
}

/// It is among the build's tools, so what it needs they need.
fn zig(case: &Case) -> Option<Finding> {
    let zig = tools::zig(case.host).ok()?;
    let plan = &case.planned()?.plan;
    let is_used = plan.jobs().iter().any(|job| job.lines().iter().any(|line| line.contains(&zig)));
    let version = case.project.tools.get("ziglang").map_or("", |version| version.as_str());
    let found = match case.examination.done.contains(tools::BUILD.name) {
        true => format!("{version}, {zig}"),
        false => format!("{version}, which the plan installs"),
    };
    is_used.then(|| Finding::good("zig", found))
}

fn engine(containers: &Containers, case: &Case) -> Vec<Finding> {
    let name = &containers.program;
    let is_asked = case.request.builder == Some(BuilderName::Docker);
    let engine = match containers.engine() {
        Ok(engine) => engine,
        Err(Explanation { what, hint }) => {
            let hint = match what.contains("is not on PATH") {
                true => remedies::install(&remedies::ENGINE, case.host),
                false => hint.to_string(),
            };
            return vec![Finding::absent(is_asked, name, &**what).hint(hint)];
        }
    };
    let Engine { version, system, architecture, processors, context, .. } = engine;
    let context = context.as_ref().map_or(String::new(), |name| format!(", context {name}"));
    let found = format!("{version}, {system} on {}, {processors} processors", architecture.tag());
    let wanted = match case.request.in_windows_container.is_some() {
        true => "windows",
        false => "linux",
    };
    let mut findings = vec![if system == wanted {
        Finding::good(name, found + &context)
    } else {
        let finding = Finding::absent(is_asked, name, found + &context);
        let hint = format!("have it run containers of {wanted}, or use `--builder zig`");
        finding.needed(format!("containers of {wanted}")).hint(hint)
    }];
    findings.extend(images(containers, case));
    findings.extend(emulation(containers, engine, case));
    findings
}

/// Those that are there, each; those that are not, by the reason.
fn images(containers: &Containers, case: &Case) -> Vec<Finding> {
    let is_asked = case.request.builder == Some(BuilderName::Docker);
    // Without others, there is no plan.
    let is_needed = is_asked && case.plan.is_err();
    let mut findings = Vec::new();
    for image in containers.images.iter().chain(&containers.test_images) {
        let found = format!("{}, {} interpreters", image.name, image.pythons.len());
        findings.push(Finding::good(format!("image for {}", image.target), found));
    }
    let fetched = containers.absent.iter().filter(|absent| absent.problem.is_none());
    for absent in fetched {
        let what = format!("image for {}", absent.target);
        findings.push(Finding::good(what, format!("{}, which the plan fetches", absent.name)));
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
        Finding::absent(is_needed, what, found).hint(&*problem.hint)
    }));
    findings
}

/// Of images for other processors than the engine's own.
fn emulation(containers: &Containers, engine: &Engine, case: &Case) -> Vec<Finding> {
    let wanted = containers.images.iter().chain(&containers.test_images).map(|i| &i.target);
    let fetched = containers.absent.iter().filter(|absent| absent.problem.is_none());
    let wanted = wanted.chain(fetched.map(|absent| &absent.target));
    let targets = wanted.filter_map(|name| Target::named(name));
    let mut foreign: Vec<_> = targets.map(|target| target.architecture).collect();
    foreign.retain(|architecture| !engine.architecture.runs(*architecture));
    foreign.sort_by_key(|architecture| architecture.tag());
    foreign.dedup();
    // What another machine emulates, only trying tells.
    let is_here = case.host.kernel.is_some() && case.host.kernel == engine.kernel;
    let finding = |architecture| {
        let what = format!("emulation of {}", platform_of(architecture));
        match case.host.emulated.contains(&architecture) {
            true => Finding::good(what, "qemu, by this kernel"),
            false => {
                let hint = "`apt-get install qemu-user-static binfmt-support`";
                Finding::lacking(what, "there is none in this kernel").hint(hint)
            }
        }
    };
    foreign.into_iter().filter(|_| is_here).map(finding).collect()
}

/// Whether it is asked for or not: that it could be, is worth knowing.
fn native(case: &Case) -> Vec<Finding> {
    let is_asked = case.request.builder == Some(BuilderName::Native);
    let title = |name: &str| match is_asked {
        true => name.to_owned(),
        false => format!("{name}, for `--builder native`"),
    };
    match case.host.platform {
        Platform::Linux => vec![gnu(case, title("a compiler"), is_asked)],
        Platform::Macos => vec![apple(case.host, title("Apple's tools"), is_asked)],
        Platform::Windows => {
            let is_needed = is_asked && !case.request.install_tools;
            visual_studio(case.host, &title("Visual Studio"), is_needed)
        }
    }
}

fn gnu(case: &Case, what: String, is_needed: bool) -> Finding {
    let mut missing = vec!["c++", "cc", "ar"];
    missing.retain(|name| !case.host.programs.contains_key(*name));
    if missing.is_empty() {
        return Finding::good(what, case.version_finding("c++").found);
    }
    let found = format!("{} not on PATH", missing.join(", "));
    Finding::absent(is_needed, what, found).hint(remedies::compiler(case.host))
}

fn apple(host: &Host, what: String, is_needed: bool) -> Finding {
    let macos = host.macos.as_ref();
    let Some(folder) = macos.and_then(|macos| macos.developer.as_ref()) else {
        let hint = remedies::compiler(host);
        return Finding::absent(is_needed, what, "are not installed").hint(hint);
    };
    let sdk = macos.and_then(|macos| macos.sdk.as_ref());
    let sdk = sdk.map_or("without an SDK".to_owned(), |sdk| format!("SDK {}", sdk.version));
    Finding::good(what, format!("{folder}, {sdk}"))
}

/// Each installation; which one is taken for a target, the plan decides.
fn visual_studio(host: &Host, what: &str, is_needed: bool) -> Vec<Finding> {
    let all = host.windows.as_ref().map_or(&[][..], |windows| &windows.visual_studio);
    let hint = remedies::compiler(host);
    if all.is_empty() {
        return vec![Finding::absent(is_needed, what, "is not here").hint(hint)];
    }
    let processors = [Architecture::X86_64, Architecture::I686, Architecture::Aarch64];
    let finding = |one: &Installation| {
        let found = format!("{} {}, {}", one.name, one.version, one.path);
        let mut lacking: Vec<_> = processors.iter().filter_map(|p| one.lacks(*p)).collect();
        lacking.dedup();
        match lacking.is_empty() {
            true if one.needs_restart => {
                Finding::lacking(what, found).hint("start Windows anew: it waits for that")
            }
            true => Finding::good(what, found),
            false => {
                let found = format!("{found}: {}", lacking.join(", "));
                Finding::lacking(what, found).hint(
                    "`Modify` or `Repair` it in the Visual Studio Installer, with the workload \
                     `Desktop development with C++`",
                )
            }
        }
    };
    all.iter().map(finding).collect()
}
