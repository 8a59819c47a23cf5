//! Checking that a wheel keeps what its name promises, from its bytes alone: what holds for every
//! wheel, and in `ours` what esig promises besides.

mod elf;
mod finding;
mod library;
mod linux;
mod macho;
mod macos;
mod metadata;
mod modules;
mod names;
mod ours;
mod package;
mod pe;
mod policies;
mod private;
mod report;
mod signature;
mod size;
mod stable_abi;
mod tags;
mod windows;

use crate::wheel::{Member, WheelName, check_record, read_members};
pub use finding::Finding;
use finding::{Findings, Place};
use library::{Format, Slice, format_of, is_named_library};
use package::Package;
pub use report::Report;
use tags::{PlatformTag, System};

/// The check of what makes libraries easier to attack.
pub const HARDENING: &str = "hardening";

/// What is wrong with a wheel, errors first; nothing for a good one.
pub fn audit(file_name: &str, bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    match open(file_name, bytes) {
        Ok(package) => check(&package, &mut findings),
        Err(error) => findings.of("archive").error(format!("{error:#}")),
    }
    findings.into_vec()
}

/// What there is to say of its size, against that of an earlier one.
pub fn audit_growth(bytes: &[u8], previous: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    size::check(bytes, previous, &mut findings);
    findings.into_vec()
}

fn open(file_name: &str, bytes: &[u8]) -> anyhow::Result<Package> {
    let name: WheelName = file_name.parse()?;
    Ok(Package::new(name, read_members(bytes)?))
}

fn check(package: &Package, findings: &mut Findings) {
    let is_library = |member: &&Member| {
        !member.is_folder()
            && (format_of(&member.content).is_some() || is_named_library(&member.path))
    };
    let libraries: Vec<&Member> = package.members.iter().filter(is_library).collect();
    names::check(package, findings);
    metadata::check(package, !libraries.is_empty(), findings);
    let files: Vec<(&str, &[u8])> = package
        .members
        .iter()
        .filter(|member| !member.is_folder())
        .map(|member| (member.path.as_str(), member.content.as_slice()))
        .collect();
    let record = format!("{}/RECORD", package.dist_info);
    for what in check_record(&files, &record) {
        findings.of("record").error(what);
    }
    for member in &package.members {
        private::check(member, findings);
    }
    let tags: Vec<PlatformTag> = package.name.platform.split('.').map(PlatformTag::parse).collect();
    check_tags(&tags, findings);
    let slices = check_libraries(package, &tags, &libraries, findings);
    if ours::is_ours(&package.name) {
        ours::check(package, &slices, findings);
        findings.make_errors();
    }
}

fn check_tags(tags: &[PlatformTag], findings: &mut Findings) {
    for tag in tags {
        match tag.system {
            System::Linux => {
                let what = "is of its builder's Linux alone, and no index takes it";
                findings.of("platform").warning(format!("`{}` {what}", tag.text));
            }
            System::Other => {
                let what = "is a platform that nothing is known of here";
                findings.of("platform").warning(format!("`{}` {what}", tag.text));
            }
            _ => {}
        }
    }
}

/// Gives the slices of those that can be read, by their paths.
fn check_libraries<'a>(
    package: &Package,
    tags: &[PlatformTag],
    libraries: &[&'a Member],
    findings: &mut Findings,
) -> Vec<(&'a str, Vec<Slice>)> {
    let mut all = Vec::new();
    for member in libraries {
        let mut place = findings.at("platform", &member.path);
        match library::read(&member.content) {
            Err(error) => place.error(format!("is no library: {error}")),
            Ok(slices) => {
                let format = format_of(&member.content).unwrap_or(Format::Elf);
                for tag in tags {
                    check_architectures(tag, format, &slices, &mut place);
                }
                for slice in &slices {
                    check_slice(package, tags, &member.path, format, slice, findings);
                }
                all.push((member.path.as_str(), slices));
            }
        }
    }
    all
}

fn check_architectures(tag: &PlatformTag, format: Format, slices: &[Slice], place: &mut Place<'_>) {
    let is_program = slices.iter().all(|slice| slice.is_program);
    let say = |place: &mut Place<'_>, what: String| {
        // Programs for other systems are what some packages are there for.
        if is_program { place.warning(what) } else { place.error(what) }
    };
    let expected = match tag.system {
        System::Any => return say(place, "is compiled, in a wheel for any platform".to_owned()),
        System::Glibc(_) | System::Musl(_) | System::Linux => Format::Elf,
        System::Macos(_) => Format::MachO,
        System::Windows => Format::Pe,
        System::Other => return,
    };
    if format != expected {
        return say(place, format!("is {format:?}, in a wheel for {}", tag.text));
    }
    let found = |wanted| slices.iter().any(|slice| slice.architecture == wanted);
    if tag.architectures.iter().any(|wanted| !found(*wanted)) {
        let tags: Vec<&str> = slices.iter().map(|slice| slice.architecture.tag()).collect();
        say(place, format!("is for {}, the wheel for {}", tags.join(" and "), tag.text));
    }
}

fn check_slice(
    package: &Package,
    tags: &[PlatformTag],
    file: &str,
    format: Format,
    slice: &Slice,
    findings: &mut Findings,
) {
    for fault in &slice.faults {
        findings.at("platform", file).error(fault);
    }
    for tag in tags {
        let mut place = findings.at("platform", file);
        match (tag.system, format) {
            (System::Glibc(_) | System::Musl(_) | System::Linux, Format::Elf) => {
                linux::check(tag, package, file, slice, &mut place);
            }
            (System::Macos(_), Format::MachO) => {
                macos::check(tag, package, file, slice, &mut place);
            }
            (System::Windows, Format::Pe) => windows::check(tag, package, slice, &mut place),
            _ => {}
        }
    }
    if !slice.is_program {
        let mut place = findings.at("module", file);
        modules::check(package, tags, file, format, slice, &mut place);
        if let Some(promised) = stable_abi::promise(&package.name) {
            let mut place = findings.at("stable-abi", file);
            stable_abi::check(promised, &slice.imports, &mut place);
        }
    }
    for weakness in &slice.weaknesses {
        findings.at(HARDENING, file).warning(*weakness);
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
