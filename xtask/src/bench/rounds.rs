//! Several ways to do the same, run in turn, and what each of them costs.

use std::{fs, iter, num::NonZeroUsize};

use camino::Utf8Path;
use jobs::{Options, hinted};

use super::costs::{Cost, CostRow, Costs};
use crate::{
    acting,
    facts::project::Project,
    ground::plan::{Command, Job, Plan},
    planning::tools,
};

/// A way to do it.
pub struct Contender {
    pub name: &'static str,
    pub command: Command,
    /// Whether it works in containers, whose cost the system counts apart.
    pub in_containers: bool,
}

/// Runs the first once, so that all find what it makes; then all of them in turn, `before` ahead of
/// each.
pub fn compare(
    place: String,
    rounds: NonZeroUsize,
    contenders: &[Contender],
    before: impl Fn() -> anyhow::Result<()>,
    project: &Project,
) -> anyhow::Result<Costs> {
    let measured = |contender: &Contender| {
        before()?;
        cost(&project.root, contender)
    };
    measured(&contenders[0])?;
    let mut costs = vec![Vec::new(); contenders.len()];
    for round in 1..=rounds.get() {
        for (contender, costs) in iter::zip(contenders, &mut costs) {
            let cost = measured(contender)?;
            jobs::tell(&format!("{round} {}: {cost}", contender.name));
            costs.push(cost);
        }
    }
    let rows = iter::zip(contenders, &costs);
    let rows = rows.map(|(contender, of)| CostRow::new(contender.name, of, &costs[0])).collect();
    Ok(Costs { place, rounds: rounds.get(), rows })
}

/// Runs a program to its end, and sees what it and its containers cost.
fn cost(root: &Utf8Path, contender: &Contender) -> anyhow::Result<Cost> {
    let Contender { name, command, in_containers } = contender;
    let mut plan = Plan::default();
    plan.add(Job::new(*name).run(command.clone()).always());
    let options = Options::default();
    let before = groups();
    let outcome = acting::run_apart(root, &tools::kept("bench"), &plan, &options)?;
    let used = iter::zip(groups(), before).map(|(after, before)| after - before);
    if !outcome.is_good() {
        return Err(hinted(format!("`{}` failed", command.program), "its output says why"));
    }
    let used = used.into_iter().find(|seconds| !in_containers || *seconds > 0.0);
    let used = used.ok_or_else(|| {
        let hint = "measure on Linux, as root, where the engine itself runs";
        hinted("cannot see what containers cost here", hint)
    })?;
    let inside = if *in_containers { used } else { 0.0 };
    Ok(Cost {
        inside,
        outside: outcome.cpu_s.unwrap_or_default(),
        wall: outcome.wall.as_secs_f64(),
    })
}

/// Control groups that engines put their containers into. With systemd, docker's share theirs with
/// the services of the machine, so it is the last to be looked at.
const GROUPS: [&str; 4] = ["docker", "libpod_parent", "machine.slice", "system.slice"];

/// The processor time that each group has used, in seconds, in containers that have ended too.
fn groups() -> [f64; GROUPS.len()] {
    GROUPS.map(|group| used(Utf8Path::new("/sys/fs/cgroup"), group).unwrap_or_default())
}

/// Control groups of version 1 count nanoseconds, those of version 2 microseconds.
fn used(tree: &Utf8Path, group: &str) -> Option<f64> {
    if let Ok(text) = fs::read_to_string(tree.join(format!("cpuacct/{group}/cpuacct.usage"))) {
        return Some(text.trim().parse::<f64>().ok()? / 1e9);
    }
    let text = fs::read_to_string(tree.join(format!("{group}/cpu.stat"))).ok()?;
    let microseconds = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
    Some(microseconds.parse::<f64>().ok()? / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_control_groups_tell_what_containers_have_used() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Utf8Path::from_path(folder.path()).unwrap();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(tree.join(path).parent().unwrap()).unwrap();
            fs::write(tree.join(path), text).unwrap();
        };
        write("docker/cpu.stat", "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n");
        assert_eq!(used(tree, "docker"), Some(2.5));
        write("cpuacct/docker/cpuacct.usage", "1500000000\n");
        assert_eq!(used(tree, "docker"), Some(1.5));
        assert_eq!(used(tree, "machine.slice"), None);
    }
}
