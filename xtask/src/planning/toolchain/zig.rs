//! zig, pinned, from PyPI: one compiler for every target.
//!
//! It is given stand-ins for the C library to link against (`stubs`), so that it has no runtime of
//! its own to compile first.

use camino::Utf8PathBuf;

use super::{ExtensionModule, Headers, Linker, Toolchain, import_list, python_dll};
use crate::{
    facts::project::Project,
    ground::{
        cli::OwnStep,
        matrix::{Architecture, Libc, Platform, Target, version_of_policy},
        plan::{Command, Step},
    },
    planning::{place::Place, stubs},
};

pub struct ZigLinker {
    zig: Command,
    target: &'static Target,
    triple: String,
}

/// `program` is the installed zig.
pub fn toolchain<'a>(
    program: String,
    project: &'a Project,
    target: &'static Target,
) -> Toolchain<'a> {
    let zig = Command::new(program);
    let triple = triple(target, &project.config.policy(target));
    Toolchain {
        project,
        target,
        compiler: zig.clone().args(["c++", "-target", &triple]).args(target.compile_flags),
        archiver: zig.clone().arg("ar"),
        linker: Linker::Zig(ZigLinker { zig, target, triple }),
        place: Place::Here,
        fact: "the locked zig".to_owned(),
    }
}

/// `x86_64-linux-gnu.2.17`: the headers are those of the oldest system that is promised.
fn triple(target: &Target, policy: &str) -> String {
    let promised = version_of_policy(policy);
    let version = match (target.libc, promised) {
        (Libc::Glibc { headers_min, .. }, Some(promised)) => Some(promised.max(headers_min)),
        (Libc::System, promised) => promised,
        _ => None,
    };
    match version {
        Some((major, minor)) => format!("{}.{major}.{minor}", target.zig),
        None => target.zig.to_owned(),
    }
}

/// Debian's pyconfig.h includes the one for a processor by its path below `/usr/include`, where zig
/// does not look. The headers that zig itself has come first.
pub fn flags_for(headers: &Headers) -> &'static [&'static str] {
    let is_of_system = headers.folder.starts_with("/usr/include");
    if is_of_system { &["-idirafter", "/usr/include"] } else { &[] }
}

impl ZigLinker {
    pub fn prepare(&self, folder: &str) -> Vec<Step> {
        let target = self.target;
        let file = |name: &str| format!("{folder}/{name}");
        let stubs = OwnStep::Stubs { target: target.name.to_owned(), folder: folder.into() };
        let mut steps = vec![Step::Own(stubs)];
        match target.platform {
            // Modules for macOS look for missing names where they are loaded.
            Platform::Macos | Platform::Pyodide => steps.clear(),
            Platform::Linux => {
                let soname = format!("-Wl,-soname,{}", stubs::soname(target));
                let mut command = self.cc().args(["-nostdlib", "-shared", "-s", &soname]);
                if let Libc::Glibc { .. } = target.libc {
                    command = command.arg(format!("-Wl,--version-script={}", file("libc.map")));
                }
                steps.push(Step::Run(command.args([file("libc.s"), "-o".into(), file("libc.so")])));
            }
            Platform::Windows => {
                let libraries = stubs::CRT.iter().map(|(dll, _)| self.dlltool(&file(dll)));
                steps.extend(libraries.map(Step::Run));
            }
        }
        steps
    }

    pub fn link(&self, extension: &ExtensionModule, objects: &[Utf8PathBuf]) -> Vec<Step> {
        let ExtensionModule { core, path, .. } = extension;
        let mut command = self.cc().args(["-nostdlib", "-shared", "-s"]);
        let libc = match self.target.platform {
            Platform::Windows => return self.link_dll(extension, objects),
            Platform::Pyodide => return vec![Step::Run(self.link_wasm(extension, objects))],
            Platform::Macos => {
                let name = path.file_name().unwrap_or_default();
                command = command.args(["-Wl,-undefined,dynamic_lookup", "-Wl,-x"]);
                command = command.arg(format!("-Wl,-install_name,@rpath/{name}"));
                "-lSystem".to_owned()
            }
            Platform::Linux => {
                let hardening = ["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--as-needed"];
                command = command.args(hardening);
                format!("{core}/libc.so")
            }
        };
        let command = command.args(objects).args([format!("{core}/libalgebra.a"), libc]);
        let runtime = self.target.needs_compiler_runtime.then_some("-lcompiler_rt");
        vec![Step::Run(command.args(runtime).arg("-o").arg(path))]
    }

    /// What a module needs it gets from the interpreter, as Emscripten's dynamic libraries do.
    fn link_wasm(&self, extension: &ExtensionModule, objects: &[Utf8PathBuf]) -> Command {
        let ExtensionModule { core, path, .. } = extension;
        let linker = self.zig.clone().args(["wasm-ld", "-shared", "--experimental-pic", "-s"]);
        linker
            .args(["--unresolved-symbols=import-dynamic", "--gc-sections"])
            .args(objects)
            .args([format!("{core}/libalgebra.a"), "-o".to_owned()])
            .arg(path)
    }

    /// By LLVM's linker itself: zig would write the time into the file, and a library beside it.
    fn link_dll(&self, extension: &ExtensionModule, objects: &[Utf8PathBuf]) -> Vec<Step> {
        let ExtensionModule { core, folder, path, interpreter, .. } = extension;
        let is_32_bit = self.target.architecture == Architecture::I686;
        let dll = python_dll(*interpreter);
        let python = format!("{folder}/{dll}");
        let machine = match self.target.architecture {
            Architecture::I686 => "/machine:x86",
            Architecture::Aarch64 => "/machine:arm64",
            _ => "/machine:x64",
        };
        let command = self
            .zig
            .clone()
            .args(["lld-link", "/nologo", "/lldmingw", "/dll", "/noentry", machine])
            .args(["/nodefaultlib", "/opt:ref", "/Brepro", "/build-id:no", "/auto-import:no"])
            // Code without exceptions has no table of handlers either.
            .args(is_32_bit.then_some("/noseh"))
            .args([format!("/out:{path}"), format!("/implib:{folder}/unused.lib")])
            .args(objects)
            .args([format!("{core}/libalgebra.a"), format!("{python}.lib")])
            .args(stubs::CRT.iter().map(|(dll, _)| format!("{core}/{dll}.lib")));
        let library = self.dlltool(&python);
        vec![import_list(&dll, &python, objects), Step::Run(library), Step::Run(command)]
    }

    fn cc(&self) -> Command {
        let flags = self.target.compile_flags.iter().filter(|flag| flag.starts_with("-mcpu"));
        self.zig.clone().args(["cc", "-target", &self.triple]).args(flags).args(["-O3", "-g0"])
    }

    /// An import library from a module definition file, both named after the DLL.
    fn dlltool(&self, dll: &str) -> Command {
        let machine = match self.target.architecture {
            Architecture::I686 => "i386",
            Architecture::Aarch64 => "arm64",
            _ => "i386:x86-64",
        };
        let (list, library) = (format!("{dll}.def"), format!("{dll}.lib"));
        self.zig.clone().args(["dlltool", "-m", machine, "-d", &list, "-l", &library])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_the_oldest_system_promised_that_zig_has() {
        let triple = |name, policy| triple(Target::named(name).unwrap(), policy);
        assert_eq!(triple("manylinux_x86_64", "manylinux_2_17"), "x86_64-linux-gnu.2.17");
        assert_eq!(triple("manylinux_ppc64le", "manylinux_2_17"), "powerpc64le-linux-gnu.2.19");
        assert_eq!(triple("manylinux_riscv64", "manylinux_2_31"), "riscv64-linux-gnu.2.31");
        assert_eq!(triple("musllinux_i686", "musllinux_1_2"), "x86-linux-musl");
        assert_eq!(triple("macosx_arm64", "macosx_11_0"), "aarch64-macos.11.0");
        assert_eq!(triple("win_amd64", "win"), "x86_64-windows-gnu");
    }
}
