//! What the wheels of esig promise besides: they need nothing but Python and seven functions of the
//! C library, export nothing but the init function, and name no folder of their builder.

use wheel_audit::{
    Architecture, Findings, HARDENING, Slice, Subject, Wheel, WheelName, builder_path,
};

use crate::{
    ground::matrix::{Platform, TARGETS, Target, version_of_policy},
    planning::stubs::{C_FUNCTIONS, soname},
};

const CHECK: &str = "esig";

pub fn check(wheel: &Wheel, findings: &mut Findings) {
    let name = &wheel.name;
    if name.build.is_some() {
        let what = "its name has a build tag; there is one build of a version";
        findings.about_wheel(CHECK).error(what);
    }
    for member in &wheel.members {
        if let Some(path) = builder_path(&member.content) {
            let what = format!("names a folder of the builder: `{path}`");
            findings.about_file(CHECK, &member.path).error(what);
        }
    }
    let Some((target, policy)) = target_of(name) else {
        let what = format!("`{}` is no platform tag of ours", name.platform);
        return findings.about_wheel(CHECK).error(what);
    };
    if wheel.binaries.is_empty() {
        findings.about_wheel(CHECK).error("it holds no extension module");
    }
    for file in &wheel.binaries {
        // The audit of every wheel tells of what cannot be read.
        let Ok(binary) = &file.binary else { continue };
        let slices = &binary.slices;
        check_slices(name, target, policy, slices, &mut findings.about_file(CHECK, &file.path));
        for run_path in slices.iter().flat_map(|slice| &slice.run_paths) {
            let what = format!("has a run path: `{run_path}`");
            findings.about_file(HARDENING, &file.path).error(what);
        }
    }
}

/// The target and the policy (`manylinux_2_17`) that a platform tag names.
fn target_of(name: &WheelName) -> Option<(&'static Target, &str)> {
    let tag = name.platform.split('.').next()?;
    let target = TARGETS.iter().find(|target| target.has_tag(tag))?;
    let policy = tag.strip_suffix(target.architecture_tag()).unwrap_or(tag);
    Some((target, policy.trim_end_matches('_')))
}

fn check_slices(
    name: &WheelName,
    target: &Target,
    policy: &str,
    slices: &[Slice],
    subject: &mut Subject<'_>,
) {
    let promised = match target.architecture {
        Architecture::Universal2 => vec!["x86_64", "aarch64"],
        architecture => vec![architecture.name()],
    };
    let found: Vec<&str> = slices.iter().map(|slice| slice.architecture.name()).collect();
    if found != promised {
        subject.error(format!("is for {}, the wheel for {}", found.join(" and "), name.platform));
    }
    for slice in slices {
        check_slice(name, target, policy, slice, subject);
    }
}

fn check_slice(
    name: &WheelName,
    target: &Target,
    policy: &str,
    slice: &Slice,
    subject: &mut Subject<'_>,
) {
    let allowed = allowed_libraries(name, target);
    for needed in slice.needed.iter().chain(&slice.wanted) {
        if !allowed.iter().any(|pattern| matches_library(pattern, needed)) {
            subject.error(format!("needs `{needed}`, which is more than the C library and Python"));
        }
    }
    // Code for arm64 runs on macOS 11 at least, whatever the tag of a universal wheel says.
    let floor = if slice.architecture == Architecture::Aarch64 { (11, 0) } else { (0, 0) };
    if let (Some(promised), Some(system)) = (version_of_policy(policy), slice.system)
        && system > promised.max(floor)
    {
        let (major, minor) = system;
        subject
            .error(format!("needs version {major}.{minor} of its system, the wheel says {policy}"));
    }
    let (init, others): (Vec<&String>, Vec<&String>) =
        slice.exports.iter().partition(|name| is_init_function(name));
    for export in others {
        subject.error(format!("exports `{export}`; only its init function should be seen"));
    }
    if init.is_empty() {
        subject.error("exports no init function");
    }
    for import in slice.imports.iter().filter(|import| !is_expected_import(import, target)) {
        subject.error(format!("imports `{import}`, which is neither Python's nor the C library's"));
    }
}

/// The libraries that an extension module of the wheel may need.
fn allowed_libraries(name: &WheelName, target: &Target) -> Vec<String> {
    let python = match name.abi.as_str() {
        "abi3" => "python3.dll".to_owned(),
        "abi3.abi3t" => "python3t.dll".to_owned(),
        abi => {
            let threads = if abi.ends_with('t') { "t" } else { "" };
            format!("{}{threads}.dll", name.python.replace("cp", "python"))
        }
    };
    match target.platform {
        Platform::Linux => vec![soname(target)],
        Platform::Pyodide => Vec::new(),
        Platform::Macos => vec!["/usr/lib/libSystem.B.dylib".to_owned()],
        Platform::Windows => {
            let of_system = ["KERNEL32.dll", "ucrtbase.dll", "api-ms-win-crt-*"];
            of_system.map(str::to_owned).into_iter().chain([python]).collect()
        }
    }
}

fn matches_library(pattern: &str, library: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => library.starts_with(start),
        None => library.eq_ignore_ascii_case(pattern),
    }
}

fn is_init_function(symbol: &str) -> bool {
    symbol.starts_with("PyInit_")
        || symbol.starts_with("PyModExport_")
        || symbol.starts_with("init")
}

/// Symbols of libSystem that compilers and linkers for macOS use by themselves.
const OF_MACOS: &[&str] = &[
    // Used in place of `memset`.
    "__bzero",
    "bzero",
    "memset_pattern16",
    // Used by Apple's clang to guard stacks.
    "__chkstk_darwin",
    "__stack_chk_fail",
    "__stack_chk_guard",
    "dyld_stub_binder",
];

/// Whether a symbol is Python's, or one of those that libalgebra and the binding may use.
fn is_expected_import(symbol: &str, target: &Target) -> bool {
    symbol.starts_with("Py")
        || symbol.starts_with("_Py")
        || C_FUNCTIONS.contains(&symbol)
        || target.platform == Platform::Macos && OF_MACOS.contains(&symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";

    fn good_slice() -> Slice {
        Slice {
            needed: vec!["libc.so.6".into()],
            exports: vec!["PyInit_tosig".into()],
            imports: vec!["PyLong_FromLong".into(), "_Py_Dealloc".into(), "malloc".into()],
            system: Some((2, 14)),
            architecture: Architecture::X86_64,
            ..Slice::default()
        }
    }

    #[track_caller]
    fn check(wheel: &str, slices: &[Slice], expected: &[&str]) {
        let mut findings = Findings::default();
        let name: WheelName = wheel.parse().unwrap();
        let (target, policy) = target_of(&name).unwrap();
        check_slices(&name, target, policy, slices, &mut findings.about_wheel(CHECK));
        let found: Vec<String> = findings.into_vec().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_library_that_keeps_the_promise_has_no_findings() {
        check(NAME, &[good_slice()], &[]);
    }

    #[test]
    fn each_broken_promise_is_told() {
        let finding = |change: fn(&mut Slice), what: &str| {
            let mut slice = good_slice();
            change(&mut slice);
            check(NAME, &[slice], &[what]);
        };
        finding(
            |s| s.architecture = Architecture::Aarch64,
            "is for aarch64, the wheel for manylinux_2_17_x86_64.manylinux2014_x86_64",
        );
        finding(
            |s| s.needed.push("libstdc++.so.6".into()),
            "needs `libstdc++.so.6`, which is more than the C library and Python",
        );
        finding(
            |s| s.system = Some((2, 34)),
            "needs version 2.34 of its system, the wheel says manylinux_2_17",
        );
        finding(
            |s| s.exports.push("helper".into()),
            "exports `helper`; only its init function should be seen",
        );
        finding(|s| s.exports.clear(), "exports no init function");
        finding(
            |s| s.imports.push("_ZdlPv".into()),
            "imports `_ZdlPv`, which is neither Python's nor the C library's",
        );
    }

    #[test]
    fn a_dll_may_need_the_python_that_its_wheel_is_for() {
        let dll =
            |needed: &str| Slice { needed: vec![needed.into()], system: None, ..good_slice() };
        check("esig-1-cp311-abi3-win_amd64.whl", &[dll("python3.dll")], &[]);
        check("esig-1-cp38-cp38-win_amd64.whl", &[dll("python38.dll")], &[]);
        check("esig-1-cp313-cp313t-win_amd64.whl", &[dll("python313t.dll")], &[]);
        check("esig-1-cp38-cp38-win_amd64.whl", &[dll("api-ms-win-crt-heap-l1-1-0.dll")], &[]);
        check(
            "esig-1-cp38-cp38-win_amd64.whl",
            &[dll("python3.dll")],
            &["needs `python3.dll`, which is more than the C library and Python"],
        );
    }

    #[test]
    fn a_universal_library_has_both_parts_each_with_its_minimum() {
        let part = |architecture, system| Slice {
            architecture,
            needed: vec!["/usr/lib/libSystem.B.dylib".into()],
            system: Some(system),
            ..good_slice()
        };
        let intel = part(Architecture::X86_64, (10, 13));
        let arm = part(Architecture::Aarch64, (11, 0));
        let wheel = "esig-1-cp39-cp39-macosx_10_13_universal2.whl";
        check(wheel, &[intel.clone(), arm], &[]);
        let what = "is for x86_64, the wheel for macosx_10_13_universal2";
        check(wheel, &[intel], &[what]);
    }

    #[test]
    fn a_guarded_stack_asks_for_more_on_macos() {
        let mut slice = good_slice();
        slice.imports.push("__stack_chk_fail".into());
        let what = "imports `__stack_chk_fail`, which is neither Python's nor the C library's";
        check(NAME, &[slice.clone()], &[what]);
        slice.needed = vec!["/usr/lib/libSystem.B.dylib".into()];
        slice.system = Some((10, 13));
        check("esig-1-cp39-cp39-macosx_10_13_x86_64.whl", &[slice], &[]);
    }
}
