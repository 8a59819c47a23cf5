//! The build helper of esig: parse, plan, print or execute, report.

mod audit;
mod bench;
mod cli;
mod commands;
mod config;
mod digests;
mod doctor;
mod errors;
mod execute;
mod failures;
mod host;
mod library;
mod matrix;
mod paths;
mod pipeline;
mod place;
mod plan;
mod platform;
mod project;
mod promises;
mod report;
mod stubs;
mod testers;
mod toolchain;
mod tools;
mod visual_studio;
mod wheel;

use std::{io::Write, process::ExitCode};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser;

use cli::{Cli, Command, ImagesCommand, Libalgebra};
use commands::{Planned, libalgebra};
use execute::{Options, Verbosity};
use host::Host;
use plan::Step;
use project::Project;

/// How many things a plan may depend on that are fetched first: libalgebra, and images.
const FETCHES_MAX: usize = 2;

fn main() -> ExitCode {
    match run(&Cli::parse(), 0) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A failure is something that the report tells of; an error kept the command from its work.
/// What fetches only what a plan depends on is followed by that plan.
fn run(cli: &Cli, fetched: usize) -> anyhow::Result<ExitCode> {
    if let Some(code) = code_of_program(&cli.command)? {
        return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
    }
    if let Command::Audit(arguments) = &cli.command
        && !cli.global.dry_run
    {
        return audit_wheels(arguments, cli.global.json).map(|()| ExitCode::SUCCESS);
    }
    if cli.command.is_step() && !cli.global.dry_run {
        let root = project::find_root(&Utf8PathBuf::try_from(std::env::current_dir()?)?)?;
        if let Command::Libalgebra(Libalgebra::Status { release }) = cli.command {
            return library_status(&root, release, cli.global.json).map(|()| ExitCode::SUCCESS);
        }
        execute::steps::run_command(&root, &cli.command)?;
        return Ok(ExitCode::SUCCESS);
    }

    let host = match &cli.global.host {
        Some(facts) => Host::recorded(facts)?,
        None => Host::probe(cli.command.interpreters())?,
    };
    if let Command::Facts = cli.command {
        answer(&serde_json::to_string_pretty(&host)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let project = Project::probe()?;
    if let Some(first) = libalgebra::plan_before(&cli.command, &project) {
        return print_or_carry_out(cli, &first, &host, project, fetched);
    }
    let host = match commands::images_wanted(&cli.command, &host, &project)? {
        Some(wanted) if cli.global.host.is_none() => host.with_containers(&wanted)?,
        _ => host,
    };
    if let Command::List(arguments) = &cli.command {
        answer(&commands::list::list(arguments, &host, &project, cli.global.json)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Images(arguments) = &cli.command
        && arguments.command == ImagesCommand::List
    {
        answer(&commands::images::list(arguments, &host, &project, cli.global.json)?)?;
        return Ok(ExitCode::SUCCESS);
    }

    if let Command::Doctor(arguments) = &cli.command {
        let is_recorded = cli.global.host.is_some();
        let diagnosis = doctor::doctor(arguments, host, &project, is_recorded);
        answer(&if cli.global.json { diagnosis.as_json() } else { diagnosis.as_text() })?;
        return Ok(if diagnosis.can_run { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if let Command::Bench(what) = &cli.command {
        return answer(&bench::bench(what, &host, &project, cli.global.json)?)
            .map(|()| ExitCode::SUCCESS);
    }

    let planned = if cli.command.is_step() {
        commands::step_plan(words_of_command())
    } else {
        commands::plan(&cli.command, &host, &project)?
    };
    print_or_carry_out(cli, &planned, &host, project, fetched)
}

fn print_or_carry_out(
    cli: &Cli,
    planned: &Planned,
    host: &Host,
    project: Project,
    fetched: usize,
) -> anyhow::Result<ExitCode> {
    for note in &planned.notes {
        eprintln!("{note}");
    }
    if cli.global.dry_run {
        let mut text = planned.plan.to_string();
        if planned.again {
            text.push_str(&format!("\n# then\n{}\n", Step::Own(words_of_command())));
        }
        answer(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let code = carry_out(cli, planned, host, project)?;
    if planned.again && code == ExitCode::SUCCESS {
        anyhow::ensure!(fetched < FETCHES_MAX, "what was just fetched is still not here");
        return run(cli, fetched + 1);
    }
    Ok(code)
}

/// The answer is there whether or not a release may be made.
fn library_status(root: &Utf8Path, release: bool, json: bool) -> anyhow::Result<()> {
    let state = execute::steps::state_of_library(root)?;
    answer(&if json { state.as_json() } else { state.to_string() })?;
    if release { state.check_release() } else { Ok(()) }
}

/// Wheels of anybody: paths are from where somebody stands, in a checkout or not.
fn audit_wheels(arguments: &cli::Audit, json: bool) -> anyhow::Result<()> {
    let here = Utf8PathBuf::try_from(std::env::current_dir()?)?;
    let report = execute::steps::audit(&here, arguments)?;
    let rest = if report.is_shortened() { " (`--json` names all files)" } else { "" };
    answer(&if json { serde_json::to_string_pretty(&report)? } else { format!("{report}{rest}") })?;
    anyhow::ensure!(
        report.failures(arguments.strict).is_empty(),
        "not every wheel keeps what its name and metadata promise"
    );
    Ok(())
}

/// Of steps that start a program in a way of ours, and end as it does.
fn code_of_program(command: &Command) -> anyhow::Result<Option<i32>> {
    Ok(match command {
        Command::Measure { record, words } => Some(execute::measure(record, words)?),
        Command::WithEnvironment { file, words } => Some(execute::with_environment(file, words)?),
        _ => None,
    })
}

fn carry_out(
    cli: &Cli,
    planned: &Planned,
    host: &Host,
    project: Project,
) -> anyhow::Result<ExitCode> {
    let verbosity = match (cli.global.quiet, cli.global.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let workers = cli.global.jobs.map_or(host.processors, usize::from);
    let options = Options { root: project.root.clone(), workers, verbosity, measured: false };
    let outcome = execute::run(&planned.plan, &options)?;
    // The answer is that of the plan that follows.
    if !(planned.again && outcome.is_good()) {
        let report = report::of_run(planned, &outcome);
        if let Some(folder) = &cli.global.report {
            execute::write_report(&project.root, folder, &report)?;
        }
        answer(&if cli.global.json { report.as_json() } else { report.as_text() })?;
    }
    Ok(if outcome.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The words of the command line without those that only ask for it to be printed.
fn words_of_command() -> Vec<String> {
    let mut words = std::env::args().skip(1);
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--dry-run" => {}
            "--host" => drop(words.next()),
            _ => kept.push(word),
        }
    }
    kept
}

/// To standard output; whoever stops reading it (`| head`) has seen enough.
fn answer(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(format!("{}\n", text.trim_end()).as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
