//! From the command line to the answer: probe, plan, print or carry out, report.

use std::process::ExitCode;

use anyhow::ensure;
use camino::Utf8Path;
use jobs::{Options, Verbosity, hinted};

use crate::{
    acting,
    answer::answer,
    bench, doctor,
    facts::{
        host::Host,
        project::{self, Project},
    },
    gate,
    ground::cli::{
        self, Audit, Global, ImagesCommand, Libalgebra, OwnStep, ReportCommand, Task,
        TestersCommand, Wrapper,
    },
    libalgebra,
    planning::{
        commands::{self, ResolvedTask, images, list, testers},
        planned::Planned,
    },
    telling,
};

/// A plan may depend on two things that are fetched first: libalgebra, and images.
const FETCHES_MAX: usize = 2;

/// Starts another program, and ends as that does.
pub fn wrapper(wrapper: &Wrapper) -> anyhow::Result<ExitCode> {
    let code = acting::wrap(wrapper)?;
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// Takes one step at once, without looking at the machine.
pub fn step(step: &OwnStep, global: &Global) -> anyhow::Result<ExitCode> {
    let here = project::here()?;
    if global.dry_run {
        answer(&commands::step_plan(step).to_string())?;
    } else if let OwnStep::Audit(arguments) = step {
        audit_wheels(&here, arguments, global.json)?;
    } else if let OwnStep::Libalgebra(Libalgebra::Status { release }) = step {
        library_status(&project::find_root(&here)?, *release, global.json)?;
    } else {
        acting::steps::take(&project::find_root(&here)?, step)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Carries out a task.
pub fn task(task: &Task, global: &Global) -> anyhow::Result<ExitCode> {
    match task {
        Task::Report(what) => report(what, global),
        Task::Completions { shell } => {
            answer(&telling::manual::completions(*shell))?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Man { folder } => {
            let root = project::find_root(&project::here()?)?;
            telling::manual::write_pages(&root, &root.join(folder))?;
            Ok(ExitCode::SUCCESS)
        }
        _ => carry_on(task, global, 0),
    }
}

/// What is said of reports that were written before: paths are relative to the current folder.
fn report(what: &ReportCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let here = project::here()?;
    match what {
        ReportCommand::Merge { reports } => {
            let whole = telling::merged(telling::read_reports(&here, reports)?)?;
            if let Some(folder) = &global.report {
                telling::write_report(&project::find_root(&here)?, folder, &whole)?;
            }
            answer(&if global.json { whole.as_json() } else { whole.as_text(global.long) })?;
        }
        ReportCommand::Evidence { reports } => {
            let whole = telling::merged(telling::read_reports(&here, reports)?)?;
            telling::write_evidence(&project::find_root(&here)?, &whole)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A failure is something that the report tells of; an error kept the command from its work.
/// What fetches only what a plan depends on is followed by that plan.
fn carry_on(task: &Task, global: &Global, fetched: usize) -> anyhow::Result<ExitCode> {
    let host = match &global.host {
        Some(facts) => Host::recorded(facts)?,
        None => Host::probe(task.interpreters())?,
    };
    if let Task::Facts = task {
        answer(&serde_json::to_string_pretty(&host)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let project = Project::probe()?;
    if let Some(first) = libalgebra::plan::plan_before(task, &project) {
        return print_or_carry_out(task, global, &first, &host, &project, fetched);
    }
    let resolved = ResolvedTask::new(task, &host, &project)?;
    let host = match resolved.images_wanted(&project)? {
        Some(wanted) if global.host.is_none() => host.with_containers(&wanted)?,
        _ => host,
    };
    let text = match (task, &resolved.request) {
        (Task::List(arguments), _) => list::list(arguments, &host, &project, global)?,
        (Task::Images(arguments), _) if arguments.command == ImagesCommand::List => {
            images::list(arguments, &host, &project, global.json)?
        }
        (Task::Testers(arguments), _) if arguments.command == TestersCommand::List => {
            testers::list(arguments, &host, global.json)?
        }
        (Task::Bench(what), _) => bench::bench(what, &host, &project, global.json)?,
        (Task::Doctor(_), Some(request)) => {
            let diagnosis = doctor::doctor(request, host, &project, global.host.is_some());
            answer(&if global.json { diagnosis.as_json() } else { diagnosis.as_text() })?;
            return Ok(exit_code(diagnosis.can_run));
        }
        _ => {
            let planned = resolved.plan(&host, &project)?;
            return print_or_carry_out(task, global, &planned, &host, &project, fetched);
        }
    };
    answer(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn print_or_carry_out(
    task: &Task,
    global: &Global,
    planned: &Planned,
    host: &Host,
    project: &Project,
    fetched: usize,
) -> anyhow::Result<ExitCode> {
    for note in &planned.notes {
        jobs::tell(note);
    }
    if global.dry_run {
        let mut text = planned.plan.to_string();
        if planned.again {
            let line = jobs::line(cli::PROGRAM, &cli::words_to_repeat(std::env::args().skip(1)));
            text.push_str(&format!("\n# then\n{line}\n"));
        }
        answer(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    if global.offline {
        check_offline(planned, project)?;
    }
    let is_good = carry_out(global, planned, host, project)?;
    if planned.again && is_good {
        ensure!(fetched < FETCHES_MAX, "what was just fetched is still not here");
        return carry_on(task, global, fetched + 1);
    }
    Ok(exit_code(is_good))
}

/// Fails if something of a plan would have to be fetched.
fn check_offline(planned: &Planned, project: &Project) -> anyhow::Result<()> {
    let plan = planned.plan.only(|job| job.fetches);
    let done = acting::standing(&project.root, &plan).done;
    let absent = plan.jobs().iter().filter(|job| job.fetches && !done.contains(&job.name));
    let absent: Vec<String> = absent.map(|job| format!("  {}", job.name)).collect();
    if absent.is_empty() {
        return Ok(());
    }
    let what = format!("offline, and these would have to be fetched:\n{}", absent.join("\n"));
    let hint = "while there is a network, `cargo xtask fetch` with the options of `wheels`";
    Err(hinted(what, hint))
}

/// Whether all jobs ended well.
fn carry_out(
    global: &Global,
    planned: &Planned,
    host: &Host,
    project: &Project,
) -> anyhow::Result<bool> {
    if let Some(folder) = &global.report {
        acting::files::check_output(&project.root, folder, "--report")?;
    }
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let workers = global.jobs.map_or(host.processors, usize::from);
    let measure = global.report.as_ref().map(|_| acting::measure_words());
    let fail_fast = global.fail_fast;
    let options = Options { workers, verbosity, measure, fail_fast, ..Options::default() };
    acting::run_then(project, &planned.plan, &options, !global.no_wait, |outcome| {
        let attested = gate::steps::attest(&project.root, &planned.plan, &outcome);
        // A plan that follows gives the answer.
        if !(planned.again && outcome.is_good()) {
            give_report(&telling::of_run(&project.version, planned, &outcome), global, project)?;
        }
        // Whatever keeps that from being noted, it is told what was made.
        attested?;
        acting::check_promoted(&project.root, &planned.plan, &outcome)?;
        Ok(outcome.is_good() && planned.missing.is_empty())
    })
}

fn give_report(report: &telling::Report, global: &Global, project: &Project) -> anyhow::Result<()> {
    let text = if global.json { report.as_json() } else { report.as_text(global.long) };
    // A build has succeeded even if its report cannot be printed.
    if let Err(error) = answer(&text) {
        jobs::tell(&format!("note: {error:#}"));
    }
    match &global.report {
        Some(folder) => telling::write_report(&project.root, folder, report),
        None => Ok(()),
    }
}

/// Audits any wheels; paths are relative to the current folder, in a checkout or not.
fn audit_wheels(here: &Utf8Path, arguments: &Audit, json: bool) -> anyhow::Result<()> {
    let report = acting::steps::audit(here, arguments)?;
    let rest = if report.is_shortened() { " (`--json` names all files)" } else { "" };
    answer(&if json { serde_json::to_string_pretty(&report)? } else { format!("{report}{rest}") })?;
    ensure!(
        report.failures(arguments.strict).is_empty(),
        "not every wheel keeps what its name and metadata promise"
    );
    Ok(())
}

/// The answer is there whether or not a release may be made.
fn library_status(root: &Utf8Path, release: bool, json: bool) -> anyhow::Result<()> {
    let state = libalgebra::steps::state(root)?;
    answer(&if json { state.as_json() } else { state.to_string() })?;
    if release { state.check_release() } else { Ok(()) }
}

fn exit_code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
