//! How to compile and link for a target: facts in, command lines out.

mod gnu;
mod zig;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    cli::ToolchainName,
    host::Host,
    matrix::{Abi, Interpreter, Target},
    plan::Command,
    project::Project,
};

/// A compiler for one target. gcc, clang and zig take the same flags and differ in how they are
/// called.
pub struct Toolchain<'a> {
    project: &'a Project,
    /// Compiles C++.
    compiler: Command,
    /// Links without the C++ runtime, which libalgebra does not need.
    linker: Command,
    archiver: Command,
    /// The oldest system that what it makes runs on, `manylinux_2_17`.
    pub policy: String,
    /// What tells this compiler from another, for the journal.
    pub fact: String,
    /// Whether it is one of the tools that the build installs itself.
    pub is_own_tool: bool,
}

impl<'a> Toolchain<'a> {
    pub fn new(
        name: ToolchainName,
        host: &Host,
        project: &'a Project,
        target: &Target,
    ) -> anyhow::Result<Toolchain<'a>> {
        match name {
            ToolchainName::Zig => zig::toolchain(host, project, target),
            ToolchainName::Gnu => gnu::toolchain(host, project, target),
        }
    }

    /// A source file of the core, below `source`.
    pub fn compile_core(&self, source: &Utf8Path, file: &Utf8Path, object: &Utf8Path) -> Command {
        let include = &self.project.extension.core.include;
        let flags = include.iter().map(|path| format!("-I{}", source.join(path))).collect();
        self.compile(source, file, flags, object)
    }

    /// The objects of the core as one library.
    pub fn archive(&self, objects: &[Utf8PathBuf], library: &str) -> Command {
        self.archiver.clone().args(["rcs", library]).args(objects)
    }

    /// A source file of the binding, against the headers of one interpreter.
    pub fn compile_binding(
        &self,
        source: &Utf8Path,
        file: &Utf8Path,
        interpreter: Interpreter,
        headers: &Utf8Path,
        object: &Utf8Path,
    ) -> Command {
        let include = &self.project.extension.binding.include;
        let mut flags: Vec<_> = include.iter().map(|p| format!("-I{}", source.join(p))).collect();
        flags.push(format!("-I{headers}"));
        if interpreter.abi == Abi::Stable {
            flags.push(format!("-DPy_LIMITED_API={}", self.project.extension.limited_api));
        }
        if interpreter.major == 2 {
            // The headers of 2.7 declare `register` variables, which C++17 forbids.
            flags.push("-Wno-register".to_owned());
        }
        self.compile(source, file, flags, object)
    }

    /// A test program of libalgebra; it may use the C++ runtime.
    pub fn compile_test(&self, file: &Utf8Path, library: &str, program: &str) -> Command {
        let include = ["libalgebra/include", "libalgebra/test"].map(|path| format!("-I{path}"));
        self.compiler
            .clone()
            .args(["-std=c++17", "-O1"])
            .args(include)
            .arg(file)
            .args([library, "-pthread", "-o", program])
    }

    fn compile(
        &self,
        source: &Utf8Path,
        file: &Utf8Path,
        flags: Vec<String>,
        object: &Utf8Path,
    ) -> Command {
        self.compiler
            .clone()
            .args(&self.project.extension.compile.gnu)
            .arg("-fPIC")
            .args(flags)
            .arg("-c")
            .arg(source.join(file))
            .arg("-o")
            .arg(object)
    }

    /// All objects of an extension module; stripped, and hardened as distributions do.
    pub fn link(&self, objects: &[impl AsRef<str>], module: &Utf8Path) -> Command {
        self.linker
            .clone()
            .args(["-shared", "-s", "-nostartfiles"])
            .args(&self.project.extension.link.gnu)
            .args(["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--as-needed"])
            .args(objects.iter().map(|object| object.as_ref()))
            .args(["-lc", "-o"])
            .arg(module)
    }
}
