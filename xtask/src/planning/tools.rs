//! The tools that the build installs for itself, under target/, from locked requirements.

use crate::{
    facts::host::{Host, Python},
    ground::{
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
    /// What has to be compiled where it is installed; left out where there is no compiler.
    pub from_source: Option<&'static str>,
    /// Whether any change in it is noticed. Not where something is installed into it to be tested.
    is_watched: bool,
}

/// What building needs: the compiler, setuptools, pip, auditors.
pub const BUILD: Toolbox = Toolbox {
    name: "tools",
    requirements: "build-scripts/requirements/build.txt",
    from_source: None,
    is_watched: true,
};

/// What checking the project needs: linters, formatters, type checker.
pub const CHECK: Toolbox = Toolbox {
    name: "checkers",
    requirements: "build-scripts/requirements/check.txt",
    from_source: None,
    is_watched: true,
};

/// What publishing needs: what renders README, what uploads; and NumPy, for README's examples.
pub const PUBLISH: Toolbox = Toolbox {
    name: "publishers",
    requirements: "build-scripts/requirements/publish.txt",
    from_source: None,
    is_watched: true,
};

/// The auditors that ours is compared with, and what fetches wheels for them.
pub const AUDITORS: Toolbox = Toolbox {
    name: "auditors",
    requirements: "build-scripts/requirements/audits.txt",
    from_source: None,
    is_watched: true,
};

/// Where pytest runs; the wheel to test is installed into it.
pub const PYTEST: Toolbox = Toolbox {
    name: "pytest",
    requirements: "build-scripts/requirements/pytest.txt",
    from_source: Some("build-scripts/requirements/iisignature.txt"),
    is_watched: false,
};

impl Toolbox {
    pub fn folder(&self) -> String {
        format!("{STATE}/{}", self.name)
    }

    /// A program of the toolbox.
    pub fn program(&self, host: &Host, name: &str) -> String {
        let suffix = if host.platform == Platform::Windows { ".exe" } else { "" };
        format!("{}/{name}{suffix}", self.scripts(host))
    }

    fn scripts(&self, host: &Host) -> String {
        let name = if host.platform == Platform::Windows { "Scripts" } else { "bin" };
        format!("{}/{name}", self.folder())
    }

    /// Installs the toolbox anew. Every package must have the hash that the lock file has.
    pub fn job(&self, host: &Host) -> anyhow::Result<Job> {
        let python = host.tool_python()?;
        let pip = || {
            Command::new(self.program(host, "python")).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
            ])
        };
        let venv =
            Command::new(&python.executable).args(["-m", "venv", "--clear"]).arg(self.folder());
        let install = pip().args(["--only-binary", ":all:", "--requirement", self.requirements]);
        let mut job = Job::new(self.name)
            .run(venv)
            .run(install)
            .input(self.requirements)
            .input_listing(&python.executable)
            .fact(identity(python));
        if let Some(requirements) = self.from_source.filter(|_| host.program("c++").is_ok()) {
            let flags = ["--no-deps", "--no-build-isolation", "--requirement", requirements];
            job = job.run(pip().args(flags)).input(requirements);
        }
        let watched = if self.is_watched { self.folder() } else { self.scripts(host) };
        Ok(job.output_listing(watched))
    }
}

/// The path of a file that builds keep for themselves.
pub fn kept(path: &str) -> String {
    format!("{STATE}/{path}")
}

/// Where pip puts the zig of the build toolbox.
pub fn zig(host: &Host) -> anyhow::Result<String> {
    let [major, minor, _] = host.tool_python()?.version;
    let folder = BUILD.folder();
    Ok(match host.platform {
        Platform::Windows => format!("{folder}/Lib/site-packages/ziglang/zig.exe"),
        Platform::Linux | Platform::Macos => {
            format!("{folder}/lib/python{major}.{minor}/site-packages/ziglang/zig")
        }
    })
}

/// What tells one installed interpreter from another.
pub fn identity(python: &Python) -> String {
    format!("CPython {} {}", python.release, python.executable)
}
