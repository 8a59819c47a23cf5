//! What programs find in their environment, and running a program in one that a step has written.

use std::{env, fs, process};

use anyhow::Context;
use camino::Utf8Path;
use jobs::hinted;

use super::files::workplace;
use crate::{
    facts::visual_studio::Environment,
    ground::{
        paths::STATE,
        plan::{Job, Role},
    },
};

/// Variables that would change what is built, taken from the environment of every program; those
/// that begin with [`SCRUBBED_PREFIXES`] too.
const SCRUBBED: &[&str] = &[
    "ARCHFLAGS",
    "CFLAGS",
    "CPPFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "CC",
    "CXX",
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "INCLUDE",
    "LIB",
    "LIBPATH",
    "CL",
    "_CL_",
    "LINK",
    "_LINK_",
    "LIBRARY_PATH",
    "MACOSX_DEPLOYMENT_TARGET",
    "SOURCE_DATE_EPOCH",
    "DIST_EXTRA_CONFIG",
    "DISTUTILS_DEBUG",
    "VIRTUAL_ENV",
    "RUSTFLAGS",
];

const SCRUBBED_PREFIXES: &[&str] = &["PIP_", "PYTHON", "SETUPTOOLS_", "ZIG_"];

/// Where pip and pyenv download from and how is the machine's affair; they check hashes.
const KEPT: &[&str] = &[
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "PIP_NO_CACHE_DIR",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
    "PYTHON_BUILD_ARIA2_OPTS",
    "PYTHON_BUILD_CACHE_PATH",
    "PYTHON_BUILD_CURL_OPTS",
    "PYTHON_BUILD_HTTP_CLIENT",
    "PYTHON_BUILD_MIRROR_URL",
    "PYTHON_BUILD_WGET_OPTS",
];

/// Variables that make programs behave alike everywhere.
const FIXED: &[(&str, &str)] = &[
    ("LC_ALL", "C.UTF-8"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONHASHSEED", "0"),
    ("PYTHONNOUSERSITE", "1"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
];

/// Where programs keep what they need for a moment: below target/, where it is swept away.
const TEMPORARY: [&str; 3] = ["TMPDIR", "TEMP", "TMP"];

/// The environment of every program of a job.
pub fn of_programs(root: &Utf8Path, job: &Job) -> jobs::Environment {
    let fixed = FIXED.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let cache = root.join(STATE).join("zig-cache").into_string();
    let caches = ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"];
    let caches = caches.map(|name| (name.to_owned(), cache.clone()));
    let mut set: Vec<(String, String)> = fixed.chain(caches).collect();
    // Suites try what happens outside of a checkout.
    if job.role != Role::Suite {
        let temporary = workplace(root).temporary().into_string();
        set.extend(TEMPORARY.map(|name| (name.to_owned(), temporary.clone())));
    }
    jobs::Environment { set, removed: scrubbed() }
}

/// Variables of this environment that programs of plans do not see.
pub fn scrubbed() -> Vec<String> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| is_scrubbed(name)).collect()
}

/// Case makes no difference, as on Windows.
fn is_scrubbed(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    let by_prefix = SCRUBBED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    SCRUBBED.contains(&name.as_str()) || by_prefix && !KEPT.contains(&name.as_str())
}

/// Runs a program with what the file adds to the environment, to its end; gives its exit code.
pub fn with_environment(file: &Utf8Path, words: &[String]) -> anyhow::Result<i32> {
    let text = fs::read_to_string(file).map_err(|error| {
        let hint = "`cargo xtask vc-environment` writes it, as the first step of a native build";
        hinted(format!("cannot read `{file}`: {error}"), hint)
    })?;
    let environment = serde_json::from_str(&text).with_context(|| format!("in `{file}`"))?;
    let (program, arguments) = words.split_first().context("no program is named")?;
    let status = command(&environment, program)?.args(arguments).status();
    Ok(status.with_context(|| format!("cannot start `{program}`"))?.code().unwrap_or(1))
}

/// A program of an environment: it is looked for on the PATH there, in the folders added first.
pub fn command(environment: &Environment, program: &str) -> anyhow::Result<process::Command> {
    let path = env::var_os("PATH").unwrap_or_default();
    let added = environment.path.iter().map(Into::into);
    let path = env::join_paths(added.chain(env::split_paths(&path)))?;
    let found = which::which_in(program, Some(&path), env::current_dir()?).map_err(|_| {
        let hint = "`cargo xtask clean`, then build again: what was installed has changed";
        hinted(format!("`{program}` is not on the PATH of its environment"), hint)
    })?;
    let mut command = process::Command::new(found);
    command.env("PATH", path).envs(&environment.variables).stdin(process::Stdio::null());
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_a_build_is_scrubbed_and_what_says_where_to_download_is_not() {
        for name in ["CFLAGS", "PYTHONPATH", "PIP_TARGET", "PIP_NO_INDEX", "ZIG_LIB_DIR", "Include"]
        {
            assert!(is_scrubbed(name), "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "PIP_INDEX_URL",
            "PYENV_ROOT",
            "HTTPS_PROXY",
            "PYTHON_BUILD_CACHE_PATH",
        ] {
            assert!(!is_scrubbed(name), "{name}");
        }
    }

    #[test]
    fn a_build_is_the_same_in_every_locale_and_zig_caches_in_the_checkout() {
        let set = of_programs(Utf8Path::new("/checkout"), &Job::new("core")).set;
        for (name, value) in [
            ("LC_ALL", "C.UTF-8"),
            ("PYTHONHASHSEED", "0"),
            ("ZIG_LOCAL_CACHE_DIR", "/checkout/target/xtask/zig-cache"),
        ] {
            assert!(set.contains(&(name.to_owned(), value.to_owned())), "{name}");
        }
    }
}
