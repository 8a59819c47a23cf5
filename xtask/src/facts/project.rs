//! Facts about this checkout, read once: its root, version, extension manifest and configuration.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use serde::Deserialize;

use crate::{
    facts::config::{self, Config},
    ground::matrix::Interpreter,
    libalgebra,
};

/// Of the distribution, and of the package.
const NAME: &str = "esig";

/// What is known of a checkout. Paths are relative to the root and use `/`.
#[derive(Clone, Debug)]
pub struct Project {
    pub root: Utf8PathBuf,
    /// Name of the distribution, and of the package.
    pub name: &'static str,
    pub version: String,
    pub extension: Extension,
    pub config: Config,
    /// Files that decide what plans do, with their texts.
    pub planned_from: [(&'static str, String); 2],
    /// libalgebra/ is a submodule whose contents are not here yet: nothing can be built, and the
    /// next two lists lack its files.
    pub lacks_library: bool,
    /// libalgebra's test programs, one source file each.
    pub library_tests: Vec<Utf8PathBuf>,
    /// The C++ files of the project and of libalgebra.
    pub cpp_files: Vec<Utf8PathBuf>,
    /// It is a git repository, and not an unpacked archive.
    pub is_repository: bool,
    /// The locked versions of the packages that the build's tools consist of, by name.
    pub tools: BTreeMap<String, String>,
    /// The workflows of GitHub.
    pub workflows: Vec<Utf8PathBuf>,
    /// Interpreters (`cp38`) for which the requirements of the self-test are locked.
    pub locked_for: BTreeSet<String>,
}

/// `esig/extension.json`: how setuptools and this helper compile the extension.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    #[serde(rename = "about")]
    _about: String,
    /// `esig.tosig`
    pub module: String,
    /// `Py_LIMITED_API` of the wheels for the stable ABI.
    pub limited_api: String,
    pub core: Sources,
    pub binding: Sources,
    /// A header to include first where Python's headers were installed for another target.
    pub target_config: Utf8PathBuf,
    pub compile: Flags,
    /// Setuptools alone uses these; the helper has flags of its own for each target.
    #[serde(rename = "link")]
    _link: Flags,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    pub sources: Vec<Utf8PathBuf>,
    pub include: Vec<Utf8PathBuf>,
    /// Further flags. The binding only passes values on: to optimise it further costs every wheel
    /// time, and measurements show no gain.
    #[serde(default)]
    pub compile: Flags,
}

/// Command-line flags by dialect; gcc, clang and zig speak the same one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    pub gnu: Vec<String>,
    pub msvc: Vec<String>,
}

const MANIFEST: &str = "esig/extension.json";

impl Project {
    pub fn probe() -> anyhow::Result<Project> {
        let root = find_root(&here()?)?;
        let read = |path: &str| {
            let read = jobs::read(&root.join(path)).map_err(anyhow::Error::from);
            read.and_then(|content| Ok(String::from_utf8(content)?))
                .with_context(|| format!("cannot read `{path}`"))
        };
        let (manifest, configuration) = (read(MANIFEST)?, read(config::FILE)?);
        let lacks_library = lacks_library(&root);
        let library_tests = match lacks_library {
            true => Vec::new(),
            false => list(&root, libalgebra::facts::TESTS, |name| name.ends_with("_test.cpp"))?,
        };
        Ok(Project {
            name: NAME,
            version: parse_version(&read(VERSION_FILE)?)?,
            extension: serde_json::from_str(&manifest).context("in `esig/extension.json`")?,
            config: Config::parse(&configuration)?,
            planned_from: [(MANIFEST, manifest), (config::FILE, configuration)],
            lacks_library,
            library_tests,
            cpp_files: cpp_files(&root, lacks_library)?,
            is_repository: root.join(".git").exists(),
            tools: parse_locked(&read(BUILD_TOOLS)?),
            workflows: list(&root, ".github/workflows", |name| name.ends_with(".yml"))?,
            locked_for: locked_for(&root)?,
            root,
        })
    }

    /// Fails if what decides a plan is not what it was when this was read: the sources would be of
    /// one state of the checkout, and what is done with them of another.
    pub fn check_unchanged(&self) -> anyhow::Result<()> {
        for (path, text) in &self.planned_from {
            let now = std::fs::read_to_string(self.root.join(path));
            let is_unchanged = now.is_ok_and(|now| now == *text);
            let what = format!("`{path}` changed after it was planned what to do");
            ensure!(is_unchanged, hinted(what, "repeat the command"));
        }
        Ok(())
    }

    pub fn sdist_name(&self) -> String {
        sdist_name(&self.version)
    }

    /// The locked version of zig.
    pub fn zig_version(&self) -> Option<&str> {
        self.tools.get("ziglang").map(String::as_str)
    }

    /// The locked requirements of the self-test in this interpreter.
    pub fn test_requirements(&self, interpreter: Interpreter) -> anyhow::Result<String> {
        // A build that NumPy has other wheels for has a file of its own.
        let of_version = format!("cp{}{}", interpreter.major, interpreter.minor);
        let path = |name: &str| format!("{REQUIREMENTS}/test-{name}.txt");
        let names = [interpreter.to_string(), of_version];
        if let Some(name) = names.iter().find(|name| self.locked_for.contains(*name)) {
            return Ok(path(name));
        }
        let path = path(&names[1]);
        Err(hinted(
            format!("nothing is locked for the self-test in {interpreter}: no `{path}`"),
            "write it like its neighbours, or leave this interpreter out with `--interpreter`",
        ))
    }
}

/// The folder of locked requirements.
const REQUIREMENTS: &str = "build-scripts/requirements";

const BUILD_TOOLS: &str = "build-scripts/requirements/build.txt";

/// `name==version \` begins each requirement; if there are two of a name, the last one counts.
fn parse_locked(requirements: &str) -> BTreeMap<String, String> {
    let of_line = |line: &str| {
        let (name, rest) = line.split_once("==").filter(|_| !line.starts_with([' ', '#']))?;
        Some((name.to_owned(), rest.split([' ', ';']).next()?.to_owned()))
    };
    requirements.lines().filter_map(of_line).collect()
}

fn locked_for(root: &Utf8Path) -> anyhow::Result<BTreeSet<String>> {
    let files = list(root, REQUIREMENTS, |name| name.starts_with("test-"))?;
    let name = |path: &Utf8PathBuf| Some(path.file_stem()?.strip_prefix("test-")?.to_owned());
    Ok(files.iter().filter_map(name).collect())
}

/// Whether libalgebra/ is as a plain clone leaves a submodule: an empty folder.
fn lacks_library(root: &Utf8Path) -> bool {
    let Ok(gitmodules) = std::fs::read_to_string(root.join(".gitmodules")) else {
        return false;
    };
    libalgebra::facts::is_submodule(&gitmodules) && !has_library(root)
}

/// Whether there is more in libalgebra/ than git's own file, which a fetch that failed may leave.
pub fn has_library(root: &Utf8Path) -> bool {
    list(root, libalgebra::facts::FOLDER, |name| name != ".git").is_ok_and(|all| !all.is_empty())
}

fn cpp_files(root: &Utf8Path, lacks_library: bool) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let of_library = if lacks_library { &[] } else { libalgebra::facts::CPP_FOLDERS };
    let folders = std::iter::once(&"esig/ext").chain(of_library);
    let is_cpp = |name: &str| name.ends_with(".cpp") || name.ends_with(".h");
    let files = folders.map(|folder| list(root, folder, is_cpp)).collect::<Result<Vec<_>, _>>()?;
    Ok(files.concat())
}

/// The files of a folder whose names are wanted, relative to the root, sorted.
fn list(
    root: &Utf8Path,
    folder: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let mut files = Vec::new();
    let entries = root.join(folder).read_dir_utf8();
    for entry in entries.with_context(|| format!("cannot read `{folder}`"))? {
        let entry = entry?;
        if is_wanted(entry.file_name()) {
            files.push(Utf8Path::new(folder).join(entry.file_name()));
        }
    }
    files.sort();
    Ok(files)
}

/// The folder where the command was given.
pub fn here() -> anyhow::Result<Utf8PathBuf> {
    let here = std::env::current_dir().map_err(|error| {
        hinted(
            format!("the folder that this is in is gone: {error}"),
            "`cd` into one that is there",
        )
    })?;
    Utf8PathBuf::try_from(here).map_err(|error| {
        let what =
            format!("the name of this folder is not UTF-8: {}", error.into_path_buf().display());
        hinted(what, "rename it, or clone to another folder")
    })
}

/// The nearest folder above `start` that holds this workspace.
pub fn find_root(start: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let is_root = |folder: &&Utf8Path| {
        folder.join("xtask/Cargo.toml").is_file() && folder.join("pyproject.toml").is_file()
    };
    start.ancestors().find(is_root).map(Utf8Path::to_owned).ok_or_else(|| {
        hinted(format!("`{start}` is not inside a checkout of esig"), "change into one first")
    })
}

/// The only file that has the version in it.
pub const VERSION_FILE: &str = "esig/_version.py";

/// The name of the source archive of a version.
pub fn sdist_name(version: &str) -> String {
    format!("{NAME}-{version}.tar.gz")
}

/// `__version__ = "1.1.0"`
pub fn parse_version(module: &str) -> anyhow::Result<String> {
    let assigned = module.lines().find_map(|line| line.strip_prefix("__version__ = "));
    assigned.map(|value| value.trim().trim_matches('"').to_owned()).ok_or_else(|| {
        let what = "`esig/_version.py` has no line `__version__ = \"…\"`";
        hinted(what, "it is the version's one place")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_in_one_line() {
        let module = "\"\"\"The version.\"\"\"\n__version__ = \"1.2.0.dev1\"\n";
        assert_eq!(parse_version(module).unwrap(), "1.2.0.dev1");
        assert!(parse_version("VERSION = 1").is_err());
    }

    #[test]
    fn what_was_planned_from_other_files_is_not_carried_out() {
        let mut project = Project::probe().unwrap();
        project.check_unchanged().unwrap();
        project.planned_from[0].1.push(' ');
        let error = project.check_unchanged().unwrap_err().to_string();
        assert_eq!(error, "`esig/extension.json` changed after it was planned what to do");
    }

    #[test]
    fn the_root_is_found_from_a_folder_within() {
        let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(find_root(&here.join("src/matrix")).unwrap(), here.parent().unwrap());
        assert!(jobs::hint_of(&find_root(Utf8Path::new("/")).unwrap_err()).is_some());
    }
}
