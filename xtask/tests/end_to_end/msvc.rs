//! The lines of a plan with Visual Studio, carried out by LLVM's programs in its place: they speak
//! its language and follow its rules for objects, though they are not its compiler.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command, sync::LazyLock};

use crate::{
    copy::Copy,
    support::{XTASK, checkout, fixture, sections, xtask},
};

/// By target: what `vcvarsall.bat` calls it, and what LLVM does.
const TARGETS: &[(&str, &str, &str)] = &[
    ("win32", "x64_x86", "i686"),
    ("win_amd64", "x64", "x86_64"),
    ("win_arm64", "x64_arm64", "aarch64"),
];

/// clang in the dress of `cl`, with headers that zig has: those of libc++ and of mingw.
const CL: &str = r#"#!/bin/sh
exec '{zig}' clang --driver-mode=cl --target=$PROCESSOR-pc-windows-msvc \
    /clang:-fgnuc-version=4.2.1 \
    -D_UCRT -D_ALLOCA_S_MARKER_SIZE=16 -Daligned_alloc=_aligned_malloc \
    -D_LIBCPP_ABI_VERSION=1 -D_LIBCPP_ABI_NAMESPACE=__1 -D_LIBCPP_REMOVE_TRANSITIVE_INCLUDES \
    -D_LIBCPP_HAS_THREADS=1 -D_LIBCPP_HAS_MONOTONIC_CLOCK=1 -D_LIBCPP_HAS_TERMINAL=1 \
    -D_LIBCPP_HAS_MUSL_LIBC=0 -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=0 \
    -D_LIBCPP_HAS_FILESYSTEM=1 -D_LIBCPP_HAS_RANDOM_DEVICE=1 -D_LIBCPP_HAS_LOCALIZATION=1 \
    -D_LIBCPP_HAS_UNICODE=1 -D_LIBCPP_HAS_WIDE_CHARACTERS=1 -D_LIBCPP_PSTL_BACKEND_SERIAL \
    -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE \
    -D_LIBCPP_HARDENING_MODE_DEFAULT=_LIBCPP_HARDENING_MODE_NONE \
    -D_LIBCPP_ASSERTION_SEMANTIC_DEFAULT=_LIBCPP_ASSERTION_SEMANTIC_IGNORE \
    -imsvc '{here}/include' -imsvc '{lib}/libcxx/include' -imsvc '{lib}/include' \
    -imsvc '{lib}/libc/include/any-windows-any' -imsvc '{lib}/libc/include/generic-mingw' "$@"
"#;

/// What Visual Studio's own C++ headers have and libc++ then asks for.
const NEW: &str = "#pragma once\n#include <stddef.h>\n\
    namespace std {\nenum class align_val_t : size_t {};\n\
    struct nothrow_t { explicit nothrow_t() = default; };\nextern const nothrow_t nothrow;\n}\n\
    inline void* operator new(size_t, void* p) noexcept { return p; }\n\
    inline void operator delete(void*, void*) noexcept {}\n\
    inline void* operator new[](size_t, void* p) noexcept { return p; }\n\
    inline void operator delete[](void*, void*) noexcept {}\n";

const EXCEPTION: &str = "#pragma once\nnamespace std {\n\
    class exception {\npublic:\n    virtual ~exception() noexcept {}\n\
    virtual const char* what() const noexcept { return \"\"; }\n};\n\
    class bad_exception : public exception {};\nclass bad_alloc : public exception {};\n\
    class bad_array_new_length : public bad_alloc {};\n}\n";

/// A copy with stand-ins for Visual Studio and for a CPython for Windows.
struct Machine {
    copy: Copy,
}

impl Machine {
    fn new(name: &str) -> Machine {
        let machine = Machine { copy: Copy::warm(name) };
        let zig = machine.copy.tool("ziglang/zig");
        let lib = zig.with_file_name("lib");
        let here = machine.path("stand-ins");
        let fill = |text: &str| {
            let paths = [("{zig}", &zig), ("{lib}", &lib), ("{here}", &here)];
            let fill = |text: String, (key, path): (&str, &PathBuf)| {
                text.replace(key, path.to_str().unwrap())
            };
            paths.into_iter().fold(text.to_owned(), fill)
        };
        machine.script("stand-ins/cl", &fill(CL));
        machine.script("stand-ins/link", &fill("#!/bin/sh\nexec '{zig}' lld-link \"$@\"\n"));
        machine.script("stand-ins/lib", &fill("#!/bin/sh\nexec '{zig}' lib \"$@\"\n"));
        machine.write("stand-ins/include/vcruntime_new.h", NEW);
        machine.write("stand-ins/include/vcruntime_exception.h", EXCEPTION);
        machine.run(&["stand-ins/lib -llvmlibempty -out:stand-ins/msvcrt.lib".to_owned()], "");
        for (_, argument, _) in TARGETS {
            let text = format!(
                "{{\"path\": [\"{0}\"], \"variables\": {{\"LIB\": \"{0}\"}}}}",
                here.display()
            );
            machine.write(&format!("target/xtask/msvc/{argument}.json"), &text);
        }
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.copy.root.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn script(&self, path: &str, text: &str) {
        self.write(path, text);
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Lines of a plan, as a shell runs them.
    fn run(&self, lines: &[String], processor: &str) {
        let cargo = format!("#!/bin/sh\nshift\nexec '{XTASK}' \"$@\"\n");
        self.script("stand-ins/bin/cargo", &cargo);
        let path = std::env::var("PATH").unwrap();
        let cache = self.path("target/xtask/zig-cache");
        let output = Command::new("bash")
            .args(["-e", "-c", &lines.join("\n")])
            .current_dir(&self.copy.root)
            .env("PATH", format!("{}:{path}", self.path("stand-ins/bin").display()))
            .env("PROCESSOR", processor)
            .env("ZIG_GLOBAL_CACHE_DIR", &cache)
            .env("ZIG_LOCAL_CACHE_DIR", &cache)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{lines:#?}\n{}", String::from_utf8_lossy(&said));
    }
}

/// The lines of those jobs of a plan whose names begin so.
fn lines_of(plan: &str, jobs: &[&str]) -> Vec<String> {
    let is_wanted = |name: &str| jobs.iter().any(|job| name.starts_with(job));
    let wanted = sections(plan).into_iter().filter(|(name, _)| is_wanted(name));
    wanted.flat_map(|(_, lines)| lines).collect()
}

impl Machine {
    /// How this machine makes and tests the wheel for one of the targets.
    fn plan_here(&self) -> String {
        self.copy.xtask(&["wheels", "cp311*-win_amd64", "--dry-run"]).answer()
    }

    /// What a CPython for Windows has to compile and to link with: the headers of one of this
    /// machine's, with a pyconfig.h for Windows, and a library that is made when it is needed.
    fn install_python(&self) {
        let facts = xtask(checkout(), &["facts"]).answer();
        let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
        let include = facts["pythons"].as_array().unwrap().iter().find_map(|python| {
            let is_wanted = python["version"][1].as_u64()? >= 11 && python["abi_suffix"] == "";
            python["include"].as_str().filter(|_| is_wanted)
        });
        let include = include.expect("the headers of a CPython 3.11 or newer are needed");
        fs::create_dir_all(self.path("Python311/libs")).unwrap();
        self.run(&[format!("cp -rL '{include}' Python311/include")], "");
        self.write("Python311/include/pyconfig.h", "#include \"target_pyconfig.h\"\n");
    }

    /// Builds and audits the wheel for a target.
    fn build(&self, target: &str, processor: &str) {
        let identifier = format!("cp311_abi3-{target}");
        let host = fixture("windows_amd64.json");
        let words = ["wheels", &identifier, "--builder", "native", "--host", &host, "--dry-run"];
        let plan = self.copy.xtask(&words).answer();
        let plan = plan.replace("C:/Program Files/Python311", "Python311");
        assert!(plan.contains(" -- cl ") && plan.contains(" -- link "), "{plan}");
        let core = format!("core {target}");
        self.run(&lines_of(&plan, &[&core]), processor);
        for line in lines_of(&plan, &["binding ", "assemble ", "audit "]) {
            if line.contains(" -- link ") && line.contains("Python311/libs/python3.lib") {
                self.make_library(&identifier, processor);
            }
            self.run(&[line], processor);
        }
    }

    fn make_library(&self, identifier: &str, processor: &str) {
        let objects = format!("target/xtask/binding/{identifier}/tosig.o");
        let library = "stand-ins/lib -nologo -machine:X64 -def:python3.def";
        let lines = [
            format!("cargo xtask import-list python3.dll python3.def {objects}"),
            format!("{library} -out:Python311/libs/python3.lib"),
        ];
        self.run(&lines, processor);
    }
}

/// A wheel for each target, built and audited once.
static BUILT: LazyLock<Machine> = LazyLock::new(|| {
    let machine = Machine::new("msvc");
    machine.install_python();
    machine.run(&lines_of(&machine.plan_here(), &["stage", "sdist", "unpack"]), "");
    for (target, _, processor) in TARGETS {
        machine.build(target, processor);
    }
    machine
});

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn the_lines_of_a_plan_with_visual_studio_make_wheels_that_pass_their_audit() {
    LazyLock::force(&BUILT);
}

/// As the wheel that zig makes is tested here, in the same place and under the same name.
#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_visual_studio_would_make_passes_its_test_under_wine() {
    let machine = &*BUILT;
    let plan = machine.plan_here();
    let provisions = ["tester windows-3.11", "fetch requirements for cp311 win_amd64"];
    machine.run(&lines_of(&plan, &provisions), "");
    // What this machine computes itself is another test's.
    let alone = |line: String| match line.split_once("../../../../../build-scripts/compare-values")
    {
        Some((python, _)) => format!("{python}-m esig.tests)"),
        None => line,
    };
    let tests = lines_of(&plan, &["test cp311_abi3-win_amd64 in 3.11 "]).into_iter();
    let tests: Vec<String> = tests.map(alone).collect();
    assert!(!tests.is_empty(), "nothing here runs wheels for Windows: `apt-get install wine64`");
    machine.run(&tests, "");
}
