//! How to compile and link for a target: facts in, steps of a plan out.

mod clang;
mod gnu;
mod msvc;
mod zig;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    facts::{
        host::{Host, Image},
        project::Project,
    },
    ground::{
        cli::{OwnStep, ToolchainName},
        matrix::{Abi, Identifier, Platform, Target},
        paths::below,
        plan::{Command, Job, Step},
    },
    planning::place::Place,
};

/// What is in a module besides our own code: for the bill of materials of its wheel.
#[derive(Clone, Debug, Default)]
pub struct MadeOf {
    /// What compiled it, like `zig@0.17.1`.
    pub compiler: Option<String>,
    /// The parts of its runtime that it linked in.
    pub linked: Vec<String>,
}

/// A compiler for one target. gcc, clang and zig compile with the same flags, Visual Studio's with
/// others; they differ in how they are called and in what they link against.
pub struct Toolchain<'a> {
    project: &'a Project,
    target: &'static Target,
    /// Compiles C++.
    compiler: Command,
    archiver: Command,
    linker: Linker,
    /// Where it runs.
    pub place: Place,
    /// What tells this compiler from another, for the journal.
    pub fact: String,
    /// Whether it is one of the tools that the build installs itself.
    pub is_own_tool: bool,
    /// What comes before all use of it, one after the other.
    provision: Vec<Job>,
}

enum Linker {
    /// The C compiler of this system, which knows its own C library.
    Gnu(Command),
    Clang(Command),
    Msvc(msvc::Linker),
    Zig(zig::Linker),
}

/// What the parts of an extension module are, and where it goes.
pub struct Link<'a> {
    pub identifier: Identifier,
    pub headers: Headers<'a>,
    pub objects: &'a [Utf8PathBuf],
    /// The folder that holds libalgebra for the target, and what `prepare` made.
    pub core: &'a str,
    /// Where it may leave files of its own.
    pub folder: &'a str,
    pub module: &'a Utf8Path,
}

impl<'a> Toolchain<'a> {
    pub fn new(
        name: ToolchainName,
        host: &Host,
        project: &'a Project,
        target: &'static Target,
        install_tools: bool,
    ) -> anyhow::Result<Toolchain<'a>> {
        match (name, host.platform) {
            (ToolchainName::Zig, _) => zig::toolchain(host, project, target),
            (ToolchainName::Native, Platform::Windows) => {
                msvc::toolchain(host, project, target, install_tools)
            }
            (ToolchainName::Native, Platform::Macos) => clang::toolchain(host, project, target),
            (ToolchainName::Native, Platform::Linux) => gnu::toolchain(host, project, target),
        }
    }

    /// Itself and the runtime parts that it links in.
    pub fn made_of(&self) -> MadeOf {
        let (compiler, version, runtime) = match &self.linker {
            Linker::Gnu(_) => ("gcc", None, Some("libgcc")),
            Linker::Clang(_) => ("clang", None, None),
            Linker::Msvc(_) => ("msvc", None, None),
            Linker::Zig(_) => ("zig", self.project.zig_version(), Some("compiler-rt")),
        };
        let with_version = |name: &str| match version {
            Some(version) => format!("{name}@{version}"),
            None => name.to_owned(),
        };
        let linked = runtime.filter(|_| self.target.needs_compiler_runtime).map(with_version);
        MadeOf { compiler: Some(with_version(compiler)), linked: linked.into_iter().collect() }
    }

    /// What comes before all use of it, one after the other.
    pub fn provision(&self) -> &[Job] {
        &self.provision
    }

    /// A file that decides what it makes, besides the sources.
    pub fn material(&self) -> Option<&Utf8Path> {
        match &self.linker {
            Linker::Msvc(linker) => Some(linker.environment()),
            Linker::Gnu(_) | Linker::Clang(_) | Linker::Zig(_) => None,
        }
    }

    /// The compiler of an image, in a container of it.
    pub fn of_image(
        image: &Image,
        place: Place,
        project: &'a Project,
        target: &'static Target,
    ) -> Toolchain<'a> {
        gnu::of_image(image, place, project, target)
    }

    /// A source file of the core, below `source`.
    pub fn compile_core(&self, source: &Utf8Path, file: &Utf8Path, object: &Utf8Path) -> Command {
        let include = &self.project.extension.core.include;
        let flags = include.iter().map(|path| format!("-I{}", below(source, path))).collect();
        self.compile(source, file, flags, object)
    }

    /// The objects of the core as one library.
    pub fn archive(&self, objects: &[Utf8PathBuf], library: &str) -> Command {
        let archiver = self.archiver.clone();
        match &self.linker {
            Linker::Msvc(_) => archiver.arg(format!("-out:{library}")),
            Linker::Gnu(_) | Linker::Clang(_) | Linker::Zig(_) => archiver.args(["rcs", library]),
        }
        .args(objects)
    }

    /// A source file of the binding, against the headers of one interpreter. Headers that were
    /// installed for another target are told what this one is like.
    pub fn compile_binding(
        &self,
        source: &Utf8Path,
        file: &Utf8Path,
        identifier: Identifier,
        headers: &Headers,
        object: &Utf8Path,
    ) -> Command {
        let binding = &self.project.extension.binding;
        let is_windows = self.target.platform == Platform::Windows;
        let mut flags = match &self.linker {
            Linker::Msvc(_) => binding.compile.msvc.clone(),
            Linker::Gnu(_) | Linker::Clang(_) | Linker::Zig(_) => binding.compile.gnu.clone(),
        };
        // Those of a CPython for Windows know Microsoft's compilers alone, but every processor.
        let is_msvc = matches!(self.linker, Linker::Msvc(_));
        if !is_msvc && (headers.are_foreign || is_windows) {
            flags.push("-include".to_owned());
            flags.push(below(source, &self.project.extension.target_config).into_string());
        }
        flags.extend(binding.include.iter().map(|path| format!("-I{}", below(source, path))));
        flags.push(format!("-I{}", headers.folder));
        if let Linker::Zig(_) = self.linker {
            flags.extend(zig::flags_for(headers).iter().map(|flag| flag.to_string()));
        }
        if identifier.interpreter.abi == Abi::Stable {
            flags.push(format!("-DPy_LIMITED_API={}", self.project.extension.limited_api));
        }
        // There, builds with and without the GIL share one pyconfig.h, which does not tell.
        if is_windows && identifier.interpreter.abi == Abi::Version("t") {
            flags.push("-DPy_GIL_DISABLED=1".to_owned());
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
        let file = below(source, file);
        if let Linker::Msvc(_) = self.linker {
            let compiler = self.compiler.clone().args(msvc::flags(self.project)).args(flags);
            return compiler.arg(format!("-Fo{object}")).arg(file);
        }
        let is_windows = self.target.platform == Platform::Windows;
        self.compiler
            .clone()
            .args(&self.project.extension.compile.gnu)
            .args((!is_windows).then_some("-fPIC"))
            .args(flags)
            .arg("-c")
            .arg(file)
            .arg("-o")
            .arg(object)
    }

    /// Makes in `folder` what modules for the target are linked against, besides libalgebra.
    pub fn prepare(&self, folder: &str) -> Vec<Step> {
        match &self.linker {
            Linker::Gnu(_) | Linker::Clang(_) => Vec::new(),
            Linker::Msvc(linker) => linker.prepare(self.target, folder),
            Linker::Zig(linker) => linker.prepare(self.target, folder),
        }
    }

    /// An extension module: stripped, hardened as distributions do, without a C++ runtime.
    pub fn link(&self, link: &Link) -> Vec<Step> {
        match &self.linker {
            Linker::Gnu(linker) => vec![Step::Run(gnu::link(linker, link))],
            Linker::Clang(linker) => vec![Step::Run(clang::link(linker, link))],
            Linker::Msvc(linker) => linker.link(link),
            Linker::Zig(linker) => linker.link(link),
        }
    }
}

/// The headers of an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    pub folder: &'a Utf8Path,
    /// They were installed for another target than the one that is compiled for.
    pub are_foreign: bool,
}

/// The DLL that a module for Windows finds Python in.
fn python_dll(link: &Link) -> String {
    let interpreter = link.identifier.interpreter;
    match interpreter.abi {
        Abi::Stable => "python3.dll".to_owned(),
        Abi::Version(suffix) => {
            let suffix = suffix.trim_start_matches('m');
            format!("python{}{}{suffix}.dll", interpreter.major, interpreter.minor)
        }
    }
}

/// Lists what the objects want of Python's DLL, where there is no library of it to link against.
fn import_list(link: &Link, dll: &str, python: &str) -> Step {
    Step::Own(OwnStep::ImportList {
        dll: dll.to_owned(),
        output: format!("{python}.def").into(),
        objects: link.objects.to_vec(),
    })
}
