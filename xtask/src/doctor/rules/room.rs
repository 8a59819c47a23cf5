//! Disk and memory, against what is still to be done of the plan.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    diagnosis::{Prerequisite, absent, good, lacking, missing},
    downloads,
    examined_build::ExaminedBuild,
};
use crate::{
    doctor::examination::Source,
    facts::host::Disk,
    ground::{
        cli::BuilderName,
        paths::STATE,
        plan::{Job, Plan},
    },
    planning::platform::windows::MEMORY_GIB_MIN,
};

const MB: u64 = 1_000_000;

/// What a job leaves; `room.toml` says how that was measured.
static PIECES_MB: LazyLock<BTreeMap<String, u64>> = LazyLock::new(|| {
    toml::from_str(include_str!("room.toml")).expect("tests read all of the file")
});

/// What pip unpacks, zig above all, before it is installed.
const TEMPORARY_MB: u64 = 150;

/// What an image for building takes: those of manylinux have every CPython in them.
const IMAGE_MB: u64 = 1500;

/// What is written into containers: sources, objects, and NumPy for each interpreter.
const CONTAINER_MB: u64 = 1000;

/// What a job takes at most, in MB of memory: zig takes 95, pip 92; gcc in an image less than 600.
const JOB_MB: u64 = 100;
const COMPILER_MB: u64 = 600;

pub fn findings(build: &ExaminedBuild) -> Vec<Prerequisite> {
    let examination = &build.examination;
    let mut findings: Vec<_> = examination.disk.iter().flat_map(permissions).collect();
    let Some(planned) = build.planned() else { return findings };
    let plan = &planned.plan;
    if let Some(disk) = &examination.disk {
        let replaced = examination.replaced_bytes;
        let needed = needed_mb(plan, build) * MB;
        let hint = "free some, or build fewer wheels: name them";
        findings.push(space("disk of target/", disk, needed, replaced).or_hint(hint));
    }
    let installs = downloads::open(plan, build).0.contains_key(&Source::Index);
    if let Some(disk) = examination.temporary.as_ref().filter(|_| installs) {
        let hint = "free some, or name another folder: TMPDIR";
        findings.push(space("disk of temporary files", disk, TEMPORARY_MB * MB, 0).or_hint(hint));
    }
    findings.extend(engine(plan, build));
    findings.extend(memory(plan, build));
    findings
}

/// What is still to be written, in MB.
fn needed_mb(plan: &Plan, build: &ExaminedBuild) -> u64 {
    let open = plan.jobs().iter().filter(|job| !build.examination.done.contains(&job.name));
    open.map(of_job_mb).sum()
}

fn of_job_mb(job: &Job) -> u64 {
    let of_output = |path: &str| {
        let path = path.strip_prefix(STATE)?.trim_start_matches('/');
        let beginnings = PIECES_MB.iter().filter(|(beginning, _)| path.starts_with(*beginning));
        beginnings.max_by_key(|(beginning, _)| beginning.len()).map(|(_, mb)| *mb)
    };
    job.outputs.iter().filter_map(|output| of_output(output.path().as_str())).sum()
}

fn permissions(disk: &Disk) -> Vec<Prerequisite> {
    let what = "target/";
    let mut findings = Vec::new();
    if !disk.is_writable {
        let hint = match disk.is_read_only {
            true => jobs::READ_ONLY,
            false => "it may be of a build by root: `sudo chown -R \"$USER\" target`, or remove it",
        };
        findings.push(missing(what, format!("we may not write in {}", disk.folder)).hint(hint));
    }
    if !disk.is_executable {
        let found = format!("programs in {} may not be started (noexec)", disk.folder);
        let hint = "the tools are installed there: `mount -o remount,exec`, or build elsewhere";
        findings.push(missing(what, found).hint(hint));
    }
    findings
}

/// Compares a disk with what is needed. What the plan replaces counts as free.
fn space(what: &str, disk: &Disk, needed: u64, replaced: u64) -> Prerequisite {
    let room = disk.free_bytes + replaced;
    let medium = if disk.is_memory { " of memory" } else { "" };
    let found = format!("{}{medium} free in {}", size(room), disk.folder);
    let finding = match room >= needed + needed / 4 {
        true => good(what, found),
        false => absent(room < needed, what, found),
    };
    finding.needed(size(needed))
}

fn engine(plan: &Plan, build: &ExaminedBuild) -> Vec<Prerequisite> {
    let containers = build.host.containers.as_ref();
    let Some((containers, engine)) = containers.and_then(|c| Some((c, c.engine().ok()?))) else {
        return Vec::new();
    };
    if build.request.in_windows_container.is_some() {
        return of_windows(&engine.folder, engine.memory_bytes, build);
    }
    let jobs = |kind: &str| plan.jobs().iter().filter(|job| job.name.starts_with(kind)).count();
    let needed_mb = IMAGE_MB * jobs("pull ") as u64 + CONTAINER_MB * jobs("container ") as u64;
    if needed_mb == 0 {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if let Some(disk) = &build.examination.engine_disk {
        let hint = "see `docker system df`, then `docker system prune`";
        findings.push(space("disk of the engine", disk, needed_mb * MB, 0).or_hint(hint));
    }
    let what = format!("memory of {}", containers.program);
    let has = size(engine.memory_bytes);
    let limit = build.project.config.containers.memory.as_deref();
    let limit_bytes = limit.and_then(bytes_of_limit).filter(|bytes| *bytes > 0);
    let found = limit.map_or(has.clone(), |limit| format!("{has}, {limit} for each container"));
    let needed = COMPILER_MB * MB;
    let finding = if engine.memory_bytes < needed {
        missing(what, found).hint("give it more, or use `--builder zig`")
    } else if limit_bytes.is_some_and(|bytes| bytes < needed) {
        missing(what, found).hint("`[containers] memory` in xtask/xtask.toml")
    } else {
        good(what, found)
    };
    findings.push(finding.needed(size(needed)));
    findings
}

/// What the plan has checked: without it, there is none.
fn of_windows(folder: &str, memory_bytes: u64, build: &ExaminedBuild) -> Vec<Prerequisite> {
    const GIB: u64 = 1 << 30;
    let free = build.host.windows.as_ref().and_then(|windows| windows.free_at(folder));
    let needed = build.project.config.windows.disk_gib * GIB;
    let disk = free.map(|free| {
        let found = format!("{} free in {folder}", size(free));
        good("disk of the engine", found).needed(size(needed))
    });
    let memory = good("memory of the engine", size(memory_bytes));
    disk.into_iter().chain([memory.needed(size(MEMORY_GIB_MIN * GIB))]).collect()
}

/// As docker writes it: `2g`, `600m`.
fn bytes_of_limit(limit: &str) -> Option<u64> {
    let number = limit.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = limit[number.len()..].to_ascii_lowercase();
    let factor = ["k", "m", "g"].iter().position(|known| *known == unit).map_or(0, |at| at + 1);
    Some(number.parse::<u64>().ok()? << (10 * factor))
}

/// A job for each processor; and a disk in memory takes from the same.
fn memory(plan: &Plan, build: &ExaminedBuild) -> Option<Prerequisite> {
    let memory = build.examination.memory?;
    let is_disk = build.examination.disk.as_ref().is_some_and(|disk| disk.is_memory);
    let disk = if is_disk { needed_mb(plan, build) * MB } else { 0 };
    let is_native = build.request.builder == Some(BuilderName::Native);
    let each = if is_native { COMPILER_MB } else { JOB_MB } * MB;
    let needed = each * build.host.processors as u64 + disk;
    let found = format!("{} of {} free", size(memory.available_bytes), size(memory.bytes));
    let what = "memory";
    let finding = if memory.available_bytes < each + disk {
        missing(what, found).hint("close other programs")
    } else if memory.available_bytes < needed {
        lacking(what, found).hint("`--jobs 1` takes less at a time")
    } else {
        good(what, found)
    };
    Some(finding.needed(format!("{}, {} for each job", size(needed), size(each))))
}

fn size(bytes: u64) -> String {
    let mb = bytes / MB;
    if mb < 1000 { format!("{mb} MB") } else { format!("{:.1} GB", mb as f64 / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_docker_writes_them() {
        assert_eq!(bytes_of_limit("2g"), Some(2 << 30));
        assert_eq!(bytes_of_limit("600M"), Some(600 << 20));
        assert_eq!(bytes_of_limit("1000"), Some(1000));
        assert_eq!(bytes_of_limit(""), None);
    }

    #[test]
    fn sizes_are_written_in_steps_of_a_thousand() {
        assert_eq!(size(999_999_999), "999 MB");
        assert_eq!(size(1_000_000_000), "1.0 GB");
    }
}
