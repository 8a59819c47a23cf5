//! Starting a program: its environment and its output.

use std::{env, io::Read, process::ExitStatus};

use anyhow::{anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};

use super::{STATE, files::Log, group::Group, progress::Progress};
use crate::{errors::hinted, failures, plan::Command};

/// What all programs of a run share.
pub struct Launcher<'a> {
    pub root: &'a Utf8Path,
    pub group: &'a Group,
    pub progress: &'a Progress,
}

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

impl Launcher<'_> {
    /// Runs `command` to its end, its output in `log`; fails if it fails. What it cost goes to
    /// `record`, if there is one.
    pub fn run(
        &self,
        command: &Command,
        log: &Log,
        record: Option<&Utf8Path>,
    ) -> anyhow::Result<()> {
        let before = log.length()?;
        let status = self.end_of(command, log, record)?;
        if status.success() {
            return Ok(());
        }
        // What stands in the log besides is another command's.
        let mut said = log.read_from(before)?;
        if let Some(question) = failures::question(command, status.code()) {
            log.line(&format!("$ {question}"))?;
            let before = log.length()?;
            self.end_of(&question, log, None)?;
            said.push_str(&log.read_from(before)?);
        }
        let Command { program, arguments, .. } = command;
        Err(match failures::explain(program, arguments, &said, status.code()) {
            Some(explanation) => explanation.into(),
            None => anyhow!("`{}` ended with {status}", short(command)),
        })
    }

    /// Runs `command` to its end, its output in `log`.
    fn end_of(
        &self,
        command: &Command,
        log: &Log,
        record: Option<&Utf8Path>,
    ) -> anyhow::Result<ExitStatus> {
        let expression = self.expression(command, record)?;
        let reader = self.group.start(&expression).map_err(|e| not_started(command, &e))?;
        let mut output = &reader;
        let mut piece = [0; 8192];
        loop {
            match output.read(&mut piece)? {
                0 => break,
                length => {
                    log.write(&piece[..length])?;
                    self.progress.output(&piece[..length]);
                }
            }
        }
        match reader.try_wait()? {
            Some(output) => Ok(output.status),
            None => bail!("`{}` closed its output and did not end", short(command)),
        }
    }

    fn expression(
        &self,
        command: &Command,
        record: Option<&Utf8Path>,
    ) -> anyhow::Result<duct::Expression> {
        let root = self.root;
        let folder = command.folder.as_ref().map_or(root.to_owned(), |folder| root.join(folder));
        let mut words = vec![program_path(&folder, command)];
        words.extend(command.arguments.iter().cloned());
        if let Some(file) = &command.environment_file {
            let file = root.join(file);
            words.splice(0..0, by_ourselves("with-environment", &file)?);
        }
        if let Some(record) = record {
            words.splice(0..0, by_ourselves("measure", record)?);
        }
        let mut expression = duct::cmd(&words[0], &words[1..])
            .dir(&folder)
            .stdin_null()
            .stderr_to_stdout()
            .unchecked();
        // What is said first counts: duct lets an inner expression's variables win over an outer's.
        for (name, value) in &command.environment {
            expression = expression.env(name, value);
        }
        for (name, value) in FIXED {
            expression = expression.env(name, value);
        }
        for name in ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"] {
            expression = expression.env(name, root.join(STATE).join("zig-cache"));
        }
        for name in scrubbed() {
            expression = expression.env_remove(name);
        }
        Ok(expression)
    }
}

/// The beginning of a line that has a step of ours start what follows.
pub(super) fn by_ourselves(step: &str, file: &Utf8Path) -> anyhow::Result<[String; 4]> {
    let ourselves = Utf8PathBuf::try_from(env::current_exe()?)?;
    Ok([ourselves.as_str(), step, file.as_str(), "--"].map(str::to_owned))
}

/// Variables of this environment that programs of plans do not see.
pub fn scrubbed() -> Vec<String> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| is_scrubbed(name)).collect()
}

/// Whatever its case, which on Windows makes no difference.
fn is_scrubbed(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    let by_prefix = SCRUBBED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    SCRUBBED.contains(&name.as_str()) || by_prefix && !KEPT.contains(&name.as_str())
}

/// As a shell has it: a path is relative to the folder where the program runs.
fn program_path(folder: &Utf8Path, command: &Command) -> String {
    let is_path = command.program.contains('/');
    if is_path { folder.join(&command.program).into_string() } else { command.program.clone() }
}

/// `python -m build`: enough to know which command it was; the log has the whole line.
fn short(command: &Command) -> String {
    let name = command.program.rsplit('/').next().unwrap_or(&command.program);
    let arguments = command.arguments.iter().take(2).map(String::as_str);
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let hint = if command.program.contains(STATE) {
        "`cargo xtask clean --all` has the tools installed anew"
    } else {
        "it was there, or was to be there, when the plan was made: repeat the command"
    };
    hinted(format!("cannot start `{}`: {error}", command.program), hint)
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
    fn a_command_is_named_by_its_program_and_first_words() {
        let command = Command::new("tools/bin/python").args(["-m", "build", "--sdist"]);
        assert_eq!(short(&command), "python -m build");
        assert_eq!(short(&Command::new("c++")), "c++");
    }
}
