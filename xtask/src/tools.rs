//! The tools that the build installs for itself, under target/, from locked requirements.

use crate::{
    execute::STATE,
    host::{Host, Python},
    matrix::Platform,
    plan::{Command, Job},
};

/// A folder of tools and the file that locks what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Toolbox {
    pub name: &'static str,
    pub requirements: &'static str,
}

/// What building needs: the compiler, setuptools, pip, auditors.
pub const BUILD: Toolbox =
    Toolbox { name: "tools", requirements: "build-scripts/requirements/build.txt" };

/// What checking the project needs: linters, type checker, test runner.
pub const CHECK: Toolbox =
    Toolbox { name: "checkers", requirements: "build-scripts/requirements/check.txt" };

impl Toolbox {
    pub fn folder(&self) -> String {
        format!("{STATE}/{}", self.name)
    }

    /// A program of the toolbox.
    pub fn program(&self, host: &Host, name: &str) -> String {
        match host.platform {
            Platform::Windows => format!("{}/Scripts/{name}.exe", self.folder()),
            Platform::Linux | Platform::Macos => format!("{}/bin/{name}", self.folder()),
        }
    }

    /// Installs the toolbox anew. Every package must have the hash that the lock file has.
    pub fn job(&self, host: &Host) -> anyhow::Result<Job> {
        let python = host.tool_python()?;
        let pip = self.program(host, "python");
        Ok(Job::new(self.name)
            .run(
                Command::new(&python.executable).args(["-m", "venv", "--clear"]).arg(self.folder()),
            )
            .run(
                Command::new(pip)
                    .args(["-m", "pip", "install", "--quiet", "--require-hashes"])
                    .args(["--only-binary", ":all:", "--requirement", self.requirements]),
            )
            .input(self.requirements)
            .fact(identity(python))
            .output_listing(self.folder()))
    }
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
