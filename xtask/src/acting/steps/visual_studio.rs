//! Visual Studio's compilers: the environment that they need, and the installer of the Build Tools.

use std::{env, ffi::OsString, fs, process};

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;
use wheel_audit::{Entry, write_zip};

use crate::{
    acting::{environment::command, files},
    facts::environment::of as of_programs,
    facts::visual_studio::{
        Environment, VSWHERE, batch,
        installer::{self, End},
        parse_environment, parse_installations, vcvarsall,
    },
    ground::{
        cli::InstallVisualStudio,
        paths::{STATE, below, with_backslashes},
    },
};

/// Writes what `vcvarsall.bat` adds to an environment, once it was seen that a compiler is there
/// and compiles.
pub fn environment(
    root: &Utf8Path,
    vcvarsall: &Utf8Path,
    argument: &str,
    file: &Utf8Path,
) -> anyhow::Result<()> {
    let environment = compiling(root, vcvarsall, argument)?;
    let text = serde_json::to_string_pretty(&environment)? + "\n";
    files::write_whole(root, &root.join(file), text.as_bytes())
}

fn compiling(root: &Utf8Path, vcvarsall: &Utf8Path, argument: &str) -> anyhow::Result<Environment> {
    if !vcvarsall.is_file() {
        return Err(hinted(
            format!("there is no `{vcvarsall}`"),
            "add the workload `Desktop development with C++` with the Visual Studio Installer",
        ));
    }
    // Environments for several processors are made at the same time.
    let name = format!("environment-{argument}");
    let said = run_batch(root, &name, &batch(vcvarsall, argument), &plain_session(root))?;
    let environment = parse_environment(&said)?;
    try_compiler(root, &environment, argument)
        .with_context(|| format!("the compiler of `{vcvarsall} {argument}` does not work"))?;
    Ok(environment)
}

/// Folders of Windows itself, below that of the system.
const PLAIN_PATH: &[&str] = &["System32", "", "System32/Wbem", "System32/WindowsPowerShell/v1.0"];

/// A plain session: a terminal of Visual Studio has more. On PATH are only folders of Windows
/// itself, so that what `vcvarsall.bat` adds is seen; in tests on other systems, stand-ins for its
/// programs.
fn plain_session(root: &Utf8Path) -> Vec<(OsString, OsString)> {
    let mut variables = of_programs(root, "cmd", &[""; 0]).passed;
    if let Ok(system) = env::var("SystemRoot") {
        let folder = |folder: &&str| with_backslashes(&below(&system, folder));
        let path = PLAIN_PATH.iter().map(folder).collect::<Vec<_>>().join(";");
        variables.push(("PATH".into(), path.into()));
    }
    variables
}

/// Runs a batch file with these variables; gives what it printed. It stands in a folder of its own
/// and is called by its name alone, because cmd.exe reads a path with blanks in ways of its own.
fn run_batch(
    root: &Utf8Path,
    name: &str,
    text: &str,
    variables: &[(OsString, OsString)],
) -> anyhow::Result<String> {
    let folder = files::partials(root);
    let file = format!("{}-{name}.bat", process::id());
    files::write(&folder.join(&file), text)?;
    let output = process::Command::new("cmd")
        .args(["/d", "/c", &file])
        .current_dir(&folder)
        .env_clear()
        .envs(variables.iter().cloned())
        .stdin(process::Stdio::null())
        .output();
    files::remove(&folder.join(&file))?;
    let output = output.map_err(|error| {
        hinted(format!("cannot start `cmd`: {error}"), "Visual Studio is for Windows alone")
    })?;
    let [said, errors] = [&output.stdout, &output.stderr].map(|t| String::from_utf8_lossy(t));
    Ok(format!("{errors}{said}").replace('\r', ""))
}

/// Compiles a file that asks for the C library: without a Windows SDK there is none.
fn try_compiler(root: &Utf8Path, environment: &Environment, argument: &str) -> anyhow::Result<()> {
    let folder = files::partials(root);
    let name = |end| format!("{}-try-{argument}.{end}", process::id());
    let [source, object] = ["c", "obj"].map(name);
    files::write(&folder.join(&source), "#include <stdlib.h>\nint tried = EXIT_SUCCESS;\n")?;
    let tried = command(environment, "cl").and_then(|mut cl| {
        let words = ["-nologo".to_owned(), "-c".to_owned(), format!("-Fo{object}"), source.clone()];
        Ok(cl.args(words).current_dir(&folder).output()?)
    });
    let tried = tried.map_err(|error| {
        let what = error.to_string();
        hinted(what.lines().next().unwrap_or_default(), REPAIR)
    });
    let is_there = folder.join(&object).is_file();
    files::remove(&folder.join(&source))?;
    files::remove(&folder.join(&object))?;
    let output = tried?;
    if output.status.success() && is_there {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let hint = if said.contains("stdlib.h") || environment.get("WindowsSDKVersion").is_none() {
        "there is no Windows SDK: add one with the Visual Studio Installer"
    } else {
        REPAIR
    };
    Err(hinted(format!("`cl` ended with {}\n{}", output.status, said.trim()), hint))
}

const REPAIR: &str = "repair the installation with the Visual Studio Installer";

/// Installs the Build Tools. It has succeeded if afterwards there is a compiler that compiles;
/// what the installer says of itself does not count.
pub fn install(root: &Utf8Path, arguments: &InstallVisualStudio) -> anyhow::Result<()> {
    let InstallVisualStudio { installer, folder, vswhere, argument, arm64, .. } = arguments;
    if !root.join(installer).is_file() {
        let hint = "`cargo xtask download` fetches it, or copy it there";
        return Err(hinted(format!("there is no installer `{installer}`"), hint));
    }
    let before = logs();
    let batch = installer::installing(&root.join(installer), folder, *arm64);
    let variables = of_programs(root, "cmd", &[""; 0]).passed;
    let said = run_batch(root, "install", &batch, &variables)?;
    let end = installer::exit_code(&said).map(|code| (code, installer::end(code)));
    let ended = match end {
        None => Err(hinted(format!("it broke off: {}", said.trim()), "repeat the command")),
        Some((code, End::Failed { what, hint })) => {
            Err(hinted(format!("{what} (exit code {code})"), hint))
        }
        Some((_, End::Done | End::DoneUntilRestart)) => confirm(root, folder, vswhere, argument)
            .map_err(|error| error.context("the installer says that it is done, and it is not")),
    };
    let wants_restart = matches!(end, Some((_, End::DoneUntilRestart)));
    let error = match ended {
        Ok(()) => {
            if wants_restart {
                let what = "the Build Tools are there; Windows wants to be restarted all the same";
                files::tell(what);
            }
            return Ok(());
        }
        Err(error) if wants_restart => hinted(
            format!("{error:#}"),
            "restart Windows, as the installer asks for, then repeat the command",
        ),
        Err(error) => error,
    };
    let new: Vec<Utf8PathBuf> = logs().into_iter().filter(|log| !before.contains(log)).collect();
    Err(explained(root, &new, arguments.collect.as_deref(), &error)?)
}

/// Fails unless vswhere knows the installation and its compiler compiles.
fn confirm(
    root: &Utf8Path,
    folder: &Utf8Path,
    vswhere: &Utf8Path,
    argument: &str,
) -> anyhow::Result<()> {
    let output = process::Command::new(vswhere).args(VSWHERE).output().map_err(|error| {
        hinted(format!("cannot start `{vswhere}`: {error}"), "see the logs of the installer")
    })?;
    let known = parse_installations(&String::from_utf8_lossy(&output.stdout), &[])?;
    let wanted = folder.as_str().replace('\\', "/");
    if !known.iter().any(|one| one.path.as_str().eq_ignore_ascii_case(&wanted)) {
        bail!("vswhere knows of no installation in `{folder}`");
    }
    compiling(root, &vcvarsall(folder), argument).map(|_| ())
}

/// The logs that installers have left so far.
fn logs() -> Vec<Utf8PathBuf> {
    let Ok(temporary) = Utf8PathBuf::try_from(env::temp_dir()) else { return Vec::new() };
    let Ok(entries) = temporary.read_dir_utf8() else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path().to_owned());
    let mut logs: Vec<Utf8PathBuf> =
        paths.filter(|path| path.file_name().is_some_and(installer::is_log)).collect();
    logs.sort();
    logs
}

const BY_HAND: &str = "start the installer by hand, to see what it says; or use `--builder zig`";

/// Adds the first error of the logs to a failure, and keeps the logs in an archive.
fn explained(
    root: &Utf8Path,
    logs: &[Utf8PathBuf],
    collect: Option<&Utf8Path>,
    failure: &anyhow::Error,
) -> anyhow::Result<anyhow::Error> {
    let zip = Utf8PathBuf::from(format!("{STATE}/logs/visual-studio.zip"));
    let text = |path: &Utf8PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_owned();
        (name, String::from_utf8_lossy(&bytes).into_owned())
    };
    let texts: Vec<(String, String)> = logs.iter().map(text).collect();
    let mut what = format!("the Build Tools of Visual Studio were not installed: {failure:#}");
    let mut hint = jobs::hint_of(failure).unwrap_or(BY_HAND).to_owned();
    if let Some(error) = installer::first_error(&texts) {
        hint = installer::remedy(&error).map_or(hint, str::to_owned);
        what.push_str(&format!("\nits logs say first: {error}"));
    }
    if collected(root, collect, &zip) || !texts.is_empty() {
        if !root.join(&zip).is_file() {
            let entry = |(path, text): (String, String)| Entry { path, content: text.into_bytes() };
            let entries: Vec<Entry> = texts.into_iter().map(entry).collect();
            files::write_whole(root, &root.join(&zip), &write_zip(&entries)?)?;
        }
        hint.push_str(&format!("; all logs are in `{zip}`"));
    }
    Ok(hinted(what, hint))
}

/// Runs Microsoft's own collector, if it is there: it knows of more logs than this program.
fn collected(root: &Utf8Path, collect: Option<&Utf8Path>, zip: &Utf8Path) -> bool {
    let _ = files::remove(&root.join(zip));
    let Some(collect) = collect else { return false };
    let _ = files::create_parent(&root.join(zip));
    let zip_argument = format!("-zip:{}", root.join(zip));
    let status = process::Command::new(root.join(collect)).arg(zip_argument).output();
    status.is_ok_and(|output| output.status.success()) && root.join(zip).is_file()
}
