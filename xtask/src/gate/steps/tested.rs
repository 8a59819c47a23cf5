//! The file of what is said of the tests of wheels: a run adds to it, machines hand it on.

use std::{collections::BTreeMap, env};

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{
    Counts, End, JobOutcome, Journal, Outcome, Record,
    digest::{sha256, sha256_of_file},
    entries_below, hinted, open_lock,
};

use crate::{
    acting::files,
    facts::programs,
    gate::attestation::{Digest, Statement, Subject, TESTED, Tester, parse, renewed, written},
    ground::{
        cli::Gather,
        paths::STATE,
        plan::{Esig, Job, Plan, Role},
    },
};

/// Adds what a run that was about wheels has to say of their tests, of those that failed as well.
pub fn attest(root: &Utf8Path, plan: &Plan, outcome: &Outcome) -> anyhow::Result<()> {
    let is_about = |job: &Job| matches!(job.role, Role::Testing { .. } | Role::Finishing { .. });
    if !plan.jobs().iter().any(is_about) {
        return Ok(());
    }
    let workplace = files::workplace(root);
    let records = Journal::of(&workplace).records();
    let tester = tester();
    let mut now = Vec::new();
    for (job, result) in plan.jobs().iter().zip(&outcome.jobs) {
        if let Role::Testing { release, .. } = &job.role
            && let Some((subject, counts)) = tested(root, job, result, &records)?
        {
            let passed = result.end.is_good();
            now.push(Statement::new(subject, release, &tester, passed, counts));
        }
    }
    change(root, |said| renewed(said, now))
}

/// The bytes that a job tested: its record has those that passed. Of a wheel that failed, those are
/// named that are there.
fn tested(
    root: &Utf8Path,
    job: &Job,
    result: &JobOutcome,
    records: &[Record<Esig>],
) -> anyhow::Result<Option<(Subject, Counts)>> {
    let is_wheel = |path: &Utf8Path| path.extension() == Some("whl");
    let Some(path) = job.inputs.iter().map(|input| input.path()).find(|path| is_wheel(path)) else {
        return Ok(None);
    };
    let digest = match &result.end {
        End::NotRun | End::Interrupted => return Ok(None),
        End::Failed { .. } => sha256(&files::read(&root.join(path))?),
        End::Done | End::UpToDate => {
            let record = records.iter().find(|record| record.role == job.role);
            let input = record.and_then(|r| r.inputs.iter().find(|(input, _)| input == path));
            input.with_context(|| format!("there is no record of `{}`", job.name))?.1.clone()
        }
    };
    let name = path.file_name().unwrap_or_default().to_owned();
    let subject = Subject { name, digest: Digest { sha256: digest } };
    Ok(Some((subject, result.counts.unwrap_or_default())))
}

/// This machine; on GitHub also the address of the run.
fn tester() -> Tester {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let name = variable("RUNNER_NAME").or_else(|| programs::answer("hostname", &[]));
    let name = name.map_or("a machine without a name".to_owned(), |name| {
        name.trim().replace(char::is_control, " ")
    });
    let run = || {
        let [server, repository, run] =
            ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].map(variable);
        Some(format!("{}/{}/actions/runs/{}", server?, repository?, run?))
    };
    let name = format!("{name} ({} {})", env::consts::OS, env::consts::ARCH);
    Tester { name, url: run() }
}

/// What is said of the tests of wheels.
pub fn said(root: &Utf8Path) -> anyhow::Result<Vec<Statement>> {
    let path = root.join(STATE).join(TESTED);
    if path.exists() { read(&path) } else { Ok(Vec::new()) }
}

fn read(path: &Utf8Path) -> anyhow::Result<Vec<Statement>> {
    let text = String::from_utf8(bytes(path)?).map_err(anyhow::Error::from);
    text.and_then(|text| parse(&text)).map_err(|e| hinted(format!("in `{path}`: {e:#}"), AGAIN))
}

const AGAIN: &str = "remove it, and have the wheels tested again: `cargo xtask wheels`";

fn bytes(path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    files::read_small(path).map_err(|error| hinted(format!("{error:#}"), AGAIN))
}

/// Writes what becomes of it; nobody else does meanwhile. A line that is not understood stays: it
/// may be of a failure, and the gate refuses it.
fn change(
    root: &Utf8Path,
    changed: impl FnOnce(Vec<Statement>) -> Vec<Statement>,
) -> anyhow::Result<()> {
    let path = root.join(STATE).join(TESTED);
    let lock_path = path.with_extension("lock");
    open_lock(&lock_path)?.lock().with_context(|| format!("cannot lock `{lock_path}`"))?;
    let text = if path.exists() { bytes(&path)? } else { Vec::new() };
    let text = String::from_utf8_lossy(&text);
    let (mut said, mut strange) = (Vec::new(), String::new());
    for line in text.lines() {
        match parse(line) {
            Ok(statements) => said.extend(statements),
            Err(_) => strange += &format!("{line}\n"),
        }
    }
    files::write_whole(root, &path, (written(&changed(said)) + &strange).as_bytes())
}

/// Takes over what other machines made, wherever it is below some folders: wheels, source archives,
/// and what is said of their tests.
pub fn gather(root: &Utf8Path, arguments: &Gather) -> anyhow::Result<()> {
    let Gather { folders, output, tests_only } = arguments;
    let mut found: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
    for folder in folders {
        let entries = entries_below(&root.join(folder));
        for (path, kind) in entries.with_context(|| format!("cannot read `{folder}`"))? {
            let name = path.file_name().unwrap_or_default().to_owned();
            if name == TESTED || !tests_only && is_released(&name) {
                let what = format!("`{path}` is a link or the like, no file");
                ensure!(kind.is_file(), hinted(what, "put there what it leads to: `cp -L`"));
                found.entry(name).or_default().push(path);
            }
        }
    }
    let records = found.remove(TESTED).unwrap_or_default();
    ensure!(!records.is_empty(), without_records(folders));
    let mut theirs = Vec::new();
    for path in &records {
        theirs.extend(read(path)?);
    }
    let digest =
        |path: &Utf8PathBuf| sha256_of_file(path).with_context(|| format!("cannot read `{path}`"));
    let place = |name: &str| root.join(output).join(name);
    for (name, paths) in &found {
        let first = digest(&paths[0])?;
        let place = place(name);
        for other in paths[1..].iter().chain(place.exists().then_some(&place)) {
            let what = format!("`{}` and `{other}` are not the same", paths[0]);
            ensure!(digest(other)? == first, hinted(what, "remove the one that is not meant"));
        }
    }
    for (name, paths) in &found {
        files::write_whole(root, &place(name), &files::read(&paths[0])?)?;
    }
    let count = theirs.len();
    change(root, |said| [said, theirs].concat())?;
    files::tell(&format!("{} files, and {count} records of tests", found.len()));
    Ok(())
}

fn is_released(name: &str) -> bool {
    name.ends_with(".whl") || name.ends_with(".tar.gz")
}

fn without_records(folders: &[Utf8PathBuf]) -> anyhow::Error {
    let folders: Vec<&str> = folders.iter().map(|folder| folder.as_str()).collect();
    let what = format!("there is no `{TESTED}` in {}", folders.join(", "));
    hinted(what, format!("`cargo xtask wheels` wrote it to `{STATE}`, where the wheels were made"))
}
