//! The compilers of Visual Studio, each command in the environment that `vcvarsall.bat` sets up.
//!
//! What is linked needs no C++ runtime and no vcruntime140.dll: the C library is the one that is
//! part of Windows, named function by function (`stubs`). What else a compiler may ask for, on
//! 32 bits for one, are helpers that the linker takes out of msvcrt.lib whole.

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::hinted;

use super::{ExtensionModule, Linker, Toolchain, import_list, python_dll};
use crate::{
    facts::{
        host::Host,
        project::Project,
        visual_studio::{INSTALLER, argument, newest, vcvarsall},
    },
    ground::{
        cli::{InstallVisualStudio, OwnStep},
        matrix::{Architecture, Target},
        paths::below,
        plan::{Command, Job, Step, in_environment},
    },
    planning::{place::Place, stubs, tools},
};

/// The flags besides those of the manifest. The first leaves out stack cookies, which only a C
/// runtime could initialise; with the second the same source gives the same bytes.
const FLAGS: &[&str] = &["-GS-", "-Brepro"];

pub struct MsvcLinker {
    /// What `vcvarsall.bat` sets up, as a file.
    environment: Utf8PathBuf,
    /// What makes that file, after what it needs.
    pub provision: Vec<Job>,
    /// The processor, as the linker writes it.
    machine: &'static str,
}

/// The compiler of the newest installation that compiles for the target; if none does and `install`
/// says so, of one that the plan installs.
pub fn toolchain<'a>(
    host: &Host,
    project: &'a Project,
    target: &'static Target,
    install: bool,
) -> anyhow::Result<Toolchain<'a>> {
    let known = host.windows.as_ref().map_or(&[][..], |windows| &windows.visual_studio);
    let (vcvarsall, fact, mut provision) = match newest(known, target) {
        Ok(one) => (one.vcvarsall(), format!("{} {}", one.name, one.version), Vec::new()),
        Err(_) if install => {
            let (folder, jobs) = installation(host, project)?;
            (vcvarsall(&folder), "the Build Tools that are installed for it".to_owned(), jobs)
        }
        Err(error) => return Err(error),
    };
    let argument = argument(host.architecture, target);
    let environment = Utf8PathBuf::from(tools::kept(&format!("msvc/{argument}.json")));
    // What is installed may have changed: it is asked each time, which takes some seconds.
    let asked = Job::new(format!("msvc {argument}"))
        .own(OwnStep::VcEnvironment { vcvarsall, argument, file: environment.clone() })
        .output(&environment);
    provision.push(asked.always());
    let machine = match target.architecture {
        Architecture::I686 => "X86",
        Architecture::Aarch64 => "ARM64",
        _ => "X64",
    };
    let linker = MsvcLinker { environment, provision, machine };
    Ok(Toolchain {
        project,
        target,
        compiler: linker.command("cl").args(["-nologo", "-c"]),
        archiver: linker.command("lib").arg("-nologo").arg(format!("-machine:{machine}")),
        linker: Linker::Msvc(linker),
        place: Place::Here,
        fact,
    })
}

/// Where the Build Tools are installed, and the jobs that do so. They are for every processor, as
/// the next target may need another one.
fn installation(host: &Host, project: &Project) -> anyhow::Result<(Utf8PathBuf, Vec<Job>)> {
    let programs = host.windows.as_ref().map(|windows| windows.programs_x86.clone());
    let programs = programs.unwrap_or_else(|| "C:/Program Files (x86)".into());
    let folder = below(&programs, "Microsoft Visual Studio/2022/BuildTools");
    let vswhere = below(below(programs, INSTALLER), "vswhere.exe");
    let installer = tools::kept("downloads/vs_buildtools.exe");
    let collector = tools::kept("downloads/vscollect.exe");

    let own = host.own_target().context("there is no compiler for this machine")?;
    let fetched = tools::download("vs_buildtools", "vs_buildtools.exe", &installer, project)?;
    let fetched = fetched.ok_or_else(|| {
        hinted(
            "the configuration does not say where Visual Studio's Build Tools come from",
            "write `[downloads.vs_buildtools]` into xtask/xtask.toml",
        )
    })?;
    let collecting = tools::download("vscollect", "vscollect.exe", &collector, project)?;
    let collect = collecting.is_some().then(|| collector.into());
    let mut jobs: Vec<Job> = [Some(fetched), collecting].into_iter().flatten().collect();
    let install = OwnStep::InstallVisualStudio(InstallVisualStudio {
        installer: installer.into(),
        folder: folder.clone(),
        vswhere,
        argument: argument(host.architecture, own),
        arm64: true,
        collect,
    });
    jobs.push(Job::new("install the Build Tools of Visual Studio").own(install).always());
    Ok((folder, jobs))
}

impl MsvcLinker {
    fn command(&self, program: &str) -> Command {
        in_environment(Command::new(program), &self.environment)
    }

    /// Import libraries of the C library, and the mark that floating point is used, which the
    /// compiler asks for and else a C runtime has.
    pub fn prepare(&self, target: &Target, folder: &str) -> Vec<Step> {
        let own = OwnStep::Stubs { target: target.name.to_owned(), folder: folder.into() };
        let mark = self
            .command("cl")
            .args(["-nologo", "-c"])
            .args(FLAGS)
            .arg(format!("-Fo{folder}/{MARK}.o"))
            .arg(format!("{folder}/{}", stubs::FLOATING_POINT));
        let libraries = stubs::CRT.iter().map(|(dll, _)| self.library(&format!("{folder}/{dll}")));
        [Step::Own(own), Step::Run(mark)].into_iter().chain(libraries.map(Step::Run)).collect()
    }

    pub fn link(&self, extension: &ExtensionModule, objects: &[Utf8PathBuf]) -> Vec<Step> {
        let ExtensionModule { core, folder, path, headers, interpreter } = extension;
        let dll = python_dll(*interpreter);
        let mut steps = Vec::new();
        let python = if headers.are_foreign {
            let python = format!("{folder}/{dll}");
            steps.push(import_list(&dll, &python, objects));
            steps.push(Step::Run(self.library(&python)));
            format!("{python}.lib")
        } else {
            // Beside its headers, an interpreter has the libraries to link against.
            let prefix = headers.folder.parent().unwrap_or(headers.folder);
            below(prefix, format!("libs/{}", dll.replace(".dll", ".lib"))).into_string()
        };
        let is_32_bit = self.machine == "X86";
        let command = self
            .command("link")
            .args(["-nologo", "-dll", "-noentry", "-nodefaultlib"])
            .arg(format!("-machine:{}", self.machine))
            .args(["-opt:ref", "-Brepro", "-incremental:no", "-manifest:no"])
            .args(["-dynamicbase", "-nxcompat"])
            // Code without exceptions has no table of handlers either.
            .arg(if is_32_bit { "-safeseh:no" } else { "-highentropyva" })
            .args([format!("-out:{path}"), format!("-implib:{folder}/unused.lib")])
            .args(objects)
            .args([format!("{core}/libalgebra.a"), format!("{core}/{MARK}.o"), python])
            .args(stubs::CRT.iter().map(|(dll, _)| format!("{core}/{dll}.lib")))
            .arg("msvcrt.lib");
        steps.push(Step::Run(command));
        steps
    }

    /// An import library from a module definition file, both named after the DLL.
    fn library(&self, dll: &str) -> Command {
        self.command("lib")
            .args(["-nologo".to_owned(), format!("-machine:{}", self.machine)])
            .args([format!("-def:{dll}.def"), format!("-out:{dll}.lib")])
    }
}

/// The object made of [`stubs::FLOATING_POINT`].
const MARK: &str = "floating_point";

/// The flags of the manifest, which setuptools has too; with a dash, since a shell for Windows
/// takes what begins with a slash for a path.
pub fn flags(project: &Project) -> Vec<String> {
    let of_manifest = project.extension.compile.msvc.iter();
    let dashed =
        of_manifest.map(|flag| flag.strip_prefix('/').map_or(flag.clone(), |f| format!("-{f}")));
    dashed.chain(FLAGS.iter().map(|flag| (*flag).to_owned())).collect()
}
