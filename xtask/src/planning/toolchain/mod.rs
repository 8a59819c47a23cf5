//! How to compile and link for a target: facts in, steps of a plan out.

mod msvc;
mod system;
mod zig;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    facts::{
        host::{Host, Image, Python},
        project::Project,
    },
    ground::{
        cli::{OwnStep, ToolchainName},
        matrix::{Abi, Identifier, Interpreter, Platform, Target},
        paths::below,
        plan::{Command, Job, Step},
    },
    planning::{place::Place, testers::with_headers_for, tools},
};

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
    /// Tells this compiler from another, for the journal.
    pub fact: String,
}

enum Linker {
    /// The C compiler of this system, which knows its own C library.
    Gnu(Command),
    Clang(Command),
    Msvc(msvc::MsvcLinker),
    Zig(zig::ZigLinker),
}

/// An extension module to be made for one interpreter.
pub struct ExtensionModule<'a> {
    pub interpreter: Interpreter,
    pub headers: Headers<'a>,
    /// The folder that holds libalgebra for the target, and what `prepare` made.
    pub core: &'a str,
    /// Where objects are left.
    pub folder: &'a str,
    /// The module itself.
    pub path: &'a Utf8Path,
}

/// What is in a module besides our own code: for the bill of materials of its wheel.
#[derive(Clone)]
pub struct MadeOf {
    /// What compiled it, like `zig@0.17.1`.
    pub compiler: Option<String>,
    /// The parts of its runtime that it linked in.
    pub linked: Vec<String>,
}

/// The headers of an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    pub folder: &'a Utf8Path,
    /// They were installed for another target than the one that is compiled for.
    pub are_foreign: bool,
}

impl<'h> Headers<'h> {
    /// The headers that a wheel is compiled against here: of an interpreter for its own target if
    /// there is one, else of the same version for another. Or the reason why there are none.
    pub fn here(identifier: &Identifier, host: &'h Host) -> Result<Headers<'h>, String> {
        let Identifier { interpreter, target } = *identifier;
        if let Some(reason) = target.refuses(interpreter) {
            return Err(reason);
        }
        let of_version = |python: &&Python| {
            python.interpreter().is_some_and(|exact| interpreter.has_headers_of(&exact))
        };
        let mut found = host.candidates().filter(of_version).peekable();
        let Some(first) = found.peek() else {
            let tester = with_headers_for(interpreter, host);
            let headers =
                tester.map(|tester| Headers { folder: &tester.include, are_foreign: true });
            return headers.ok_or_else(|| host.why_absent(interpreter));
        };
        let [major, minor, _] = first.version;
        let without = format!("{} has no headers (python{major}.{minor}-dev)", first.executable);
        let own = host.served_by(interpreter, target).find_map(|python| python.include.as_deref());
        let any = found.find_map(|python| python.include.as_deref());
        let folder = own.or(any).ok_or(without)?;
        Ok(Headers { folder, are_foreign: own.is_none() })
    }

    /// The headers of the oldest interpreter in an image that a wheel is for.
    pub fn in_image(image: &'h Image, identifier: &Identifier) -> Option<Headers<'h>> {
        let mut pythons = image.pythons.iter().filter(|p| p.takes(identifier.interpreter));
        let folder = pythons.find_map(|python| python.include.as_deref())?;
        Some(Headers { folder, are_foreign: false })
    }
}

impl<'a> Toolchain<'a> {
    /// A compiler of this machine. If it is Visual Studio's and none is here, `install` says
    /// whether the plan installs it.
    pub fn here(
        name: ToolchainName,
        host: &Host,
        project: &'a Project,
        target: &'static Target,
        install: bool,
    ) -> anyhow::Result<Toolchain<'a>> {
        match (name, host.platform) {
            (ToolchainName::Zig, _) => Ok(zig::toolchain(tools::zig(host)?, project, target)),
            (ToolchainName::Native, Platform::Windows) => {
                msvc::toolchain(host, project, target, install)
            }
            (ToolchainName::Native, Platform::Macos) => system::clang(host, project, target),
            (ToolchainName::Native, _) => system::gnu(host, project, target),
        }
    }

    /// The compiler of an image, in a container of it.
    pub fn of_image(
        image: &Image,
        place: Place,
        project: &'a Project,
        target: &'static Target,
    ) -> Toolchain<'a> {
        let fact = format!("the compiler of the image {} {}", image.name, image.id);
        system::of_programs(["c++", "ar", "cc"], fact, place, project, target)
    }

    /// The compiler itself and the parts of its runtime that it links in.
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

    /// Whether it is one of the tools that the build installs itself.
    pub fn is_own_tool(&self) -> bool {
        matches!(self.linker, Linker::Zig(_))
    }

    /// What comes before all use of it, one after the other. The outputs of the last job decide
    /// what it makes.
    pub fn provision(&self) -> &[Job] {
        match &self.linker {
            Linker::Msvc(linker) => &linker.provision,
            Linker::Gnu(_) | Linker::Clang(_) | Linker::Zig(_) => &[],
        }
    }

    /// libalgebra as a library in `folder`, from the sources below `source`.
    pub fn core(&self, source: &Utf8Path, folder: &str) -> Vec<Step> {
        let core = &self.project.extension.core;
        let flags = include_flags(source, &core.include);
        let (mut steps, objects) = self.compile(source, &core.sources, &flags, folder);
        let (archiver, library) = (self.archiver.clone(), format!("{folder}/libalgebra.a"));
        let archiver = match &self.linker {
            Linker::Msvc(_) => archiver.arg(format!("-out:{library}")),
            Linker::Gnu(_) | Linker::Clang(_) | Linker::Zig(_) => archiver.args(["rcs", &library]),
        };
        steps.push(Step::Run(archiver.args(objects)));
        steps
    }

    /// Makes in `folder` what modules for the target are linked against, besides libalgebra.
    pub fn prepare(&self, folder: &str) -> Vec<Step> {
        match &self.linker {
            Linker::Gnu(_) | Linker::Clang(_) => Vec::new(),
            Linker::Msvc(linker) => linker.prepare(self.target, folder),
            Linker::Zig(linker) => linker.prepare(folder),
        }
    }

    /// An extension module, from the sources below `source`: stripped, hardened as distributions
    /// do, without a C++ runtime.
    pub fn extension(&self, source: &Utf8Path, extension: &ExtensionModule) -> Vec<Step> {
        let flags = self.flags_of_binding(source, extension);
        let sources = &self.project.extension.binding.sources;
        let (mut steps, objects) = self.compile(source, sources, &flags, extension.folder);
        steps.extend(match &self.linker {
            Linker::Gnu(linker) | Linker::Clang(linker) => {
                vec![Step::Run(system::link(linker, self.target, extension, &objects))]
            }
            Linker::Msvc(linker) => linker.link(extension, &objects),
            Linker::Zig(linker) => linker.link(extension, &objects),
        });
        steps
    }

    /// The flags of the binding. A header of ours, included first, tells Python's headers for
    /// another target what this one is like.
    fn flags_of_binding(&self, source: &Utf8Path, extension: &ExtensionModule) -> Vec<String> {
        let ExtensionModule { interpreter, headers, .. } = extension;
        let manifest = &self.project.extension;
        let is_windows = self.target.platform == Platform::Windows;
        let is_msvc = matches!(self.linker, Linker::Msvc(_));
        let compile = &manifest.binding.compile;
        let mut flags = if is_msvc { compile.msvc.clone() } else { compile.gnu.clone() };
        // The headers of a CPython for Windows serve for every processor, but only for Microsoft's
        // compilers.
        if !is_msvc && (headers.are_foreign || is_windows) {
            flags.push("-include".to_owned());
            flags.push(below(source, &manifest.target_config).into_string());
        }
        flags.extend(include_flags(source, &manifest.binding.include));
        flags.push(format!("-I{}", headers.folder));
        if let Linker::Zig(_) = self.linker {
            flags.extend(zig::flags_for(headers).iter().map(|flag| flag.to_string()));
        }
        if interpreter.abi == Abi::Stable {
            flags.push(format!("-DPy_LIMITED_API={}", manifest.limited_api));
        }
        if interpreter.abi == Abi::StableThreads {
            let version = interpreter.major << 24 | interpreter.minor << 16;
            flags.push(format!("-DPy_TARGET_ABI3T={version:#010X}"));
        }
        // Headers may be those of a build with the GIL.
        if interpreter.abi == Abi::Version("t") {
            flags.push("-DPy_GIL_DISABLED=1".to_owned());
        }
        flags
    }

    /// A test program of libalgebra; it may use the C++ runtime.
    pub fn compile_test(&self, file: &Utf8Path, library: &str, program: &str) -> Command {
        let include = ["-std=c++17", "-O1", "-Ilibalgebra/include", "-Ilibalgebra/test"];
        let compiler = self.compiler.clone().args(include).arg(file);
        compiler.args([library, "-pthread", "-o", program])
    }

    /// Compiles source files; gives their objects, which are in `folder`.
    fn compile(
        &self,
        source: &Utf8Path,
        files: &[Utf8PathBuf],
        flags: &[String],
        folder: &str,
    ) -> (Vec<Step>, Vec<Utf8PathBuf>) {
        let is_windows = self.target.platform == Platform::Windows;
        let one = |file: &Utf8PathBuf| {
            let (file, object) = (below(source, file), object_path(folder, file));
            let compiler = self.compiler.clone();
            let command = if let Linker::Msvc(_) = self.linker {
                let compiler = compiler.args(msvc::flags(self.project)).args(flags);
                compiler.arg(format!("-Fo{object}")).arg(file)
            } else {
                let compiler = compiler.args(&self.project.extension.compile.gnu);
                let compiler = compiler.args((!is_windows).then_some("-fPIC")).args(flags);
                compiler.arg("-c").arg(file).arg("-o").arg(&object)
            };
            (Step::Run(command), object)
        };
        files.iter().map(one).unzip()
    }
}

fn include_flags(source: &Utf8Path, folders: &[Utf8PathBuf]) -> Vec<String> {
    folders.iter().map(|folder| format!("-I{}", below(source, folder))).collect()
}

/// Objects have the names of their sources; the sources of a folder of objects differ in them.
pub fn object_path(folder: &str, source: &Utf8Path) -> Utf8PathBuf {
    format!("{folder}/{}.o", source.file_stem().unwrap_or_default()).into()
}

/// The DLL that a module for Windows finds Python in.
fn python_dll(interpreter: Interpreter) -> String {
    match interpreter.abi {
        Abi::Stable => "python3.dll".to_owned(),
        Abi::StableThreads => "python3t.dll".to_owned(),
        Abi::PyPy => "libpypy.dll".to_owned(),
        Abi::Version(suffix) => {
            let suffix = suffix.trim_start_matches('m');
            format!("python{}{}{suffix}.dll", interpreter.major, interpreter.minor)
        }
    }
}

/// Lists what the objects want of Python's DLL, where there is no library of it to link against;
/// `python` is the list's path without its suffix.
fn import_list(dll: &str, python: &str, objects: &[Utf8PathBuf]) -> Step {
    Step::Own(OwnStep::ImportList {
        dll: dll.to_owned(),
        output: format!("{python}.def").into(),
        objects: objects.to_vec(),
    })
}
