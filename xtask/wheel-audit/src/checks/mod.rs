//! The checks of an audit, one file each; this file calls them in order.

mod code;
mod installable;
mod linux;
mod macos;
mod metadata;
mod modules;
mod names;
mod policies;
mod private;
mod pyodide;
mod size;
mod stable_abi;
mod tables;
mod windows;

use crate::{
    binary::{Format, Slice},
    finding::{Findings, Subject},
    record::check_record,
    tags::{PlatformTag, System},
    wheel::Wheel,
};
use code::Code;
pub use private::builder_path;
pub(crate) use size::check as check_growth;

/// The name of the check of what makes binaries easier to attack.
pub const HARDENING: &str = "hardening";

pub(crate) fn check(wheel: &Wheel, findings: &mut Findings) {
    names::check(wheel, findings);
    metadata::check(wheel, findings);
    let files: Vec<(&str, &[u8])> = wheel.files().collect();
    for what in check_record(&files, &format!("{}/RECORD", wheel.dist_info)) {
        findings.about_wheel("record").error(what);
    }
    for member in &wheel.members {
        private::check(member, findings);
    }
    let tags = wheel.name.platform_tags();
    installable::check(wheel, &tags, findings);
    check_binaries(wheel, &tags, findings);
}

fn check_binaries(wheel: &Wheel, tags: &[PlatformTag], findings: &mut Findings) {
    for file in &wheel.binaries {
        let mut subject = findings.about_file("platform", &file.path);
        match &file.binary {
            // Systems that nothing is known of have formats of their own.
            Err(_) if tags.iter().all(|tag| tag.system == System::Other) => {}
            Err(error) => subject.error(format!("is no library: {error}")),
            Ok(binary) => {
                for tag in tags {
                    check_architectures(tag, binary.format, &binary.slices, &mut subject);
                }
                for slice in &binary.slices {
                    let code = Code { wheel, file: &file.path, format: binary.format, slice };
                    check_code(code, tags, findings);
                }
            }
        }
    }
}

fn check_architectures(
    tag: &PlatformTag,
    format: Format,
    slices: &[Slice],
    subject: &mut Subject<'_>,
) {
    let is_program = slices.iter().all(|slice| slice.is_program);
    let mut say = |what: String| {
        // Some packages ship programs for other systems on purpose.
        if is_program { subject.warning(what) } else { subject.error(what) }
    };
    let expected = match tag.system {
        System::Any => return say("is compiled, in a wheel for any platform".to_owned()),
        System::Glibc(_) | System::Musl(_) | System::Linux => Format::Elf,
        System::Macos(_) => Format::MachO,
        System::Windows => Format::Pe,
        System::Pyodide(_) => Format::Wasm,
        System::Other => return,
    };
    if format != expected {
        return say(format!("is {format:?}, in a wheel for {}", tag.text));
    }
    let found = |wanted| slices.iter().any(|slice| slice.architecture == wanted);
    if tag.architectures.iter().any(|wanted| !found(*wanted)) {
        let names: Vec<&str> = slices.iter().map(|slice| slice.architecture.name()).collect();
        say(format!("is for {}, the wheel for {}", names.join(" and "), tag.text));
    }
}

fn check_code(code: Code<'_>, tags: &[PlatformTag], findings: &mut Findings) {
    let Code { wheel, file, format, slice } = code;
    // Elsewhere than on macOS, whoever makes a program signs the Mach-O files that are put into it.
    let is_judged =
        format != Format::MachO || tags.iter().any(|tag| matches!(tag.system, System::Macos(_)));
    for fault in slice.faults.iter().filter(|_| is_judged) {
        findings.about_file("platform", file).error(fault);
    }
    for tag in tags {
        let mut subject = findings.about_file("platform", file);
        match (tag.system, format) {
            (System::Glibc(_) | System::Musl(_) | System::Linux, Format::Elf) => {
                linux::check(tag, code, &mut subject);
            }
            (System::Macos(promised), Format::MachO) => {
                macos::check(promised, tag, code, &mut subject);
            }
            (System::Windows, Format::Pe) => windows::check(tag, wheel, slice, &mut subject),
            (System::Pyodide(_), Format::Wasm) => pyodide::check(code, &mut subject),
            _ => {}
        }
    }
    if !slice.is_program {
        modules::check(code, tags, &mut findings.about_file("module", file));
        if let Some(promised) = stable_abi::promise(&wheel.name) {
            let mut subject = findings.about_file("stable-abi", file);
            stable_abi::check(promised, &slice.imports, &mut subject);
        }
    }
    for weakness in &slice.weaknesses {
        findings.about_file(HARDENING, file).warning(*weakness);
    }
}

#[cfg(test)]
mod tests;
