//! Starting a program: its environment, its output, its end with ours.

use std::io::Read;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};

use super::{STATE, files::Log, progress::Progress};
use crate::{errors::hinted, plan::Command};

/// Variables that would change what is built, taken from the environment of every program.
const SCRUBBED: &[&str] = &[
    "CFLAGS",
    "CPPFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "CC",
    "CXX",
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "LIBRARY_PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONOPTIMIZE",
    "PYTHONWARNINGS",
    "PIP_FIND_LINKS",
    "PIP_TARGET",
    "PIP_USER",
    "SOURCE_DATE_EPOCH",
    "SETUPTOOLS_USE_DISTUTILS",
    "VIRTUAL_ENV",
    "DISTUTILS_DEBUG",
    "RUSTFLAGS",
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

/// Runs `command` to its end, its output in `log`; fails if it fails. What it cost goes to
/// `record`, if there is one.
pub fn run(
    root: &Utf8Path,
    command: &Command,
    log: &Log,
    progress: &Progress,
    record: Option<&Utf8Path>,
) -> anyhow::Result<()> {
    let folder = command.folder.as_ref().map_or(root.to_owned(), |folder| root.join(folder));
    let mut words = vec![program_path(&folder, command)];
    words.extend(command.arguments.iter().cloned());
    if let Some(record) = record {
        let ourselves = Utf8PathBuf::try_from(std::env::current_exe()?)?;
        let measure = [ourselves.as_str(), "measure", record.as_str(), "--"];
        words.splice(0..0, measure.map(str::to_owned));
    }
    let mut expression =
        duct::cmd(&words[0], &words[1..]).dir(&folder).stdin_null().stderr_to_stdout().unchecked();
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
    for name in SCRUBBED {
        expression = expression.env_remove(name);
    }
    expression = expression.before_spawn(|child| {
        die_with_us(child);
        Ok(())
    });

    let reader = expression.reader().map_err(|error| not_started(command, &error))?;
    let mut output = &reader;
    let mut piece = [0; 8192];
    loop {
        match output.read(&mut piece)? {
            0 => break,
            length => {
                log.write(&piece[..length])?;
                progress.output(&piece[..length]);
            }
        }
    }
    match reader.try_wait()? {
        Some(output) if output.status.success() => Ok(()),
        Some(output) => bail!("`{}` ended with {}", short(command), output.status),
        None => bail!("`{}` closed its output and did not end", short(command)),
    }
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
    hinted(
        format!("cannot start `{}`: {error}", command.program),
        "if it is under target/xtask, `cargo xtask clean --all` has the tools installed anew",
    )
}

/// When this process is killed, so are the programs it started: none of them writes on behind the
/// back of the next run.
#[cfg(target_os = "linux")]
fn die_with_us(child: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: prctl is async-signal-safe and touches nothing of the parent's memory.
    unsafe {
        child.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_us(_child: &mut std::process::Command) {}
