//! What a command costs together with the containers that it has an engine start. Their processor
//! time is not the command's: the kernel accounts for it by control group, and forgets it when the
//! container ends. So it is read while they live.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{Usage, create_parent, hinted};
use serde::Deserialize;

use crate::ground::plan::Command;

/// How often it is read: what a container does after the last time is lost.
const PERIOD: Duration = Duration::from_millis(20);

/// In seconds.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Processor time in containers.
    pub inside: f64,
    /// Processor time of the command and the programs that it started, among them the engine's
    /// client.
    pub outside: f64,
    pub wall: f64,
}

/// Which containers count: those started meanwhile from one of these images.
pub struct Watched<'a> {
    pub engine: &'a str,
    pub images: &'a [String],
}

/// Runs `command` at the root to its end, its output in the file `log`.
pub fn cost(
    root: &Utf8Path,
    command: &Command,
    watched: &Watched,
    log: &Utf8Path,
) -> anyhow::Result<Cost> {
    let log = root.join(log);
    create_parent(&log)?;
    let record = log.with_extension("json");
    let ourselves = Utf8PathBuf::try_from(env::current_exe()?)?;
    let mut words = vec![ourselves.into_string(), "measure".to_owned(), record.to_string()];
    words.extend(["--".to_owned(), command.program.clone()]);
    words.extend(command.arguments.iter().cloned());
    let mut run = duct::cmd(&words[0], &words[1..]).dir(root).stdin_null();
    for (name, value) in &command.environment {
        run = run.env(name, value);
    }

    let starts = Starts::of(watched.engine)?;
    let begun = Instant::now();
    let run = run.stderr_to_stdout().stdout_path(&log).unchecked().start()?;
    let watching = watch(&run, watched, &starts);
    let wall = begun.elapsed().as_secs_f64();
    if !run.wait()?.status.success() {
        let what = format!("`{}` failed", command.program);
        return Err(hinted(what, format!("see {log}")));
    }
    let usage: Usage = serde_json::from_str(&fs::read_to_string(&record)?)?;
    Ok(Cost { inside: watching?, outside: usage.cpu_s, wall })
}

/// Until the end of `run`: processor time of its containers in seconds.
fn watch(run: &duct::Handle, watched: &Watched, starts: &Starts) -> anyhow::Result<f64> {
    let mut accounts: Vec<(Utf8PathBuf, f64)> = Vec::new();
    loop {
        let has_ended = run.try_wait()?.is_some();
        for line in starts.lines.try_iter() {
            let (id, image) = parse_start(&line)?;
            if watched.images.iter().any(|name| is_named(&image, name)) {
                accounts.push((find_account(watched.engine, &id)?, 0.0));
            }
        }
        for (file, seconds) in &mut accounts {
            let now = fs::read_to_string(&file).ok().and_then(|text| parse_seconds(file, &text));
            *seconds = now.unwrap_or(*seconds);
        }
        if has_ended {
            break;
        }
        thread::sleep(PERIOD);
    }
    if accounts.is_empty() {
        let what = format!("`{}` told of no container of {}", watched.engine, watched.images[0]);
        return Err(hinted(what, format!("see what `{} events` says meanwhile", watched.engine)));
    }
    Ok(accounts.iter().map(|(_, seconds)| seconds).sum())
}

/// The containers that an engine starts from now on, a line for each.
struct Starts {
    events: Arc<duct::ReaderHandle>,
    lines: mpsc::Receiver<String>,
}

impl Starts {
    fn of(engine: &str) -> anyhow::Result<Starts> {
        // Without a time, what happens before the engine has listened to us is not told.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let since = format!("{}.{:09}", now.as_secs(), now.subsec_nanos());
        let words = ["events", "--since", &since, "--filter", "type=container"];
        let words = words.into_iter().chain(["--filter", "event=start", "--format", "{{json .}}"]);
        let events = duct::cmd(engine, words).stdin_null().stderr_null().unchecked().reader()?;
        let events = Arc::new(events);
        let (sender, lines) = mpsc::channel();
        let reader = BufReader::new(Reading(events.clone()));
        thread::spawn(move || {
            let _ = reader.lines().map_while(Result::ok).try_for_each(|line| sender.send(line));
        });
        Ok(Starts { events, lines })
    }
}

impl Drop for Starts {
    fn drop(&mut self) {
        let _ = self.events.kill();
    }
}

/// Reads what a program says that somebody else may end.
struct Reading(Arc<duct::ReaderHandle>);

impl std::io::Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        (&*self.0).read(into)
    }
}

/// Identity and image of a container that was started, as docker or podman tells it.
fn parse_start(line: &str) -> anyhow::Result<(String, String)> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Event {
        Docker {
            #[serde(rename = "Actor")]
            actor: Actor,
        },
        Podman {
            #[serde(rename = "ID")]
            id: String,
            #[serde(rename = "Image")]
            image: String,
        },
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Actor {
        #[serde(rename = "ID")]
        id: String,
        attributes: BTreeMap<String, String>,
    }
    let event = serde_json::from_str(line).with_context(|| format!("cannot read `{line}`"))?;
    Ok(match event {
        Event::Docker { mut actor } => {
            (actor.id, actor.attributes.remove("image").unwrap_or_default())
        }
        Event::Podman { id, image } => (id, image),
    })
}

/// Podman writes `localhost/` before what has no registry.
fn is_named(image: &str, name: &str) -> bool {
    image == name || image.strip_suffix(name).is_some_and(|before| before.ends_with('/'))
}

/// Where the kernel accounts for a container that runs.
fn find_account(engine: &str, id: &str) -> anyhow::Result<Utf8PathBuf> {
    let inspect = duct::cmd!(engine, "inspect", "--format", "{{.State.Pid}}", id);
    let process = inspect.stdin_null().stderr_null().read().unwrap_or_default();
    let groups = fs::read_to_string(format!("/proc/{}/cgroup", process.trim())).unwrap_or_default();
    account(&groups, id).ok_or_else(|| {
        hinted(
            format!("cannot see what a container of `{engine}` costs, or it was gone too soon"),
            "measure on Linux, where the engine itself runs; then once more",
        )
    })
}

/// From the control groups of a process in the container `id`, /proc/PID/cgroup. With version 1
/// each controller has a tree, with version 2 all have one.
fn account(groups: &str, id: &str) -> Option<Utf8PathBuf> {
    let of = |wanted: &str| {
        groups.lines().find_map(|line| {
            let (_, line) = line.split_once(':')?;
            let (controllers, path) = line.split_once(':')?;
            // Podman has groups in the container's.
            let end = path.find(id)? + id.len();
            let end = path[end..].find('/').map_or(path.len(), |more| end + more);
            controllers.split(',').any(|name| name == wanted).then_some(&path[..end])
        })
    };
    let tree = "/sys/fs/cgroup";
    let first = of("cpuacct").map(|path| format!("{tree}/cpuacct{path}/cpuacct.usage"));
    first.or_else(|| of("").map(|path| format!("{tree}{path}/cpu.stat"))).map(Utf8PathBuf::from)
}

/// From nanoseconds alone, or from a line of microseconds among others.
fn parse_seconds(file: &Utf8Path, text: &str) -> Option<f64> {
    let (number, unit) = match file.file_name()? {
        "cpuacct.usage" => (text.trim(), 1e-9),
        _ => (text.lines().find_map(|line| line.strip_prefix("usage_usec "))?, 1e-6),
    };
    Some(number.parse::<f64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2db3d1b6912a0b9fb4f44ce761611cc9c4f3f52a617b31c21f38b69484cc69e2";

    /// `ID` stands for it.
    #[track_caller]
    fn check_account(groups: &str, expected: &str) {
        let found = account(&groups.replace("ID", ID), ID);
        assert_eq!(found.unwrap().as_str().replace(ID, "ID"), expected);
    }

    #[test]
    fn the_account_of_a_container_is_found_with_both_versions_of_control_groups() {
        check_account(
            "4:memory:/docker/ID\n2:cpuacct:/docker/ID\n1:cpu:/docker/ID\n0::/docker/ID\n",
            "/sys/fs/cgroup/cpuacct/docker/ID/cpuacct.usage",
        );
        check_account(
            "4:cpu,cpuacct:/system.slice/docker-ID.scope\n1:name=systemd:/\n",
            "/sys/fs/cgroup/cpuacct/system.slice/docker-ID.scope/cpuacct.usage",
        );
        check_account(
            "0::/system.slice/docker-ID.scope\n",
            "/sys/fs/cgroup/system.slice/docker-ID.scope/cpu.stat",
        );
        check_account(
            "2:cpuacct:/libpod_parent/libpod-ID\n0::/libpod_parent/libpod-ID\n",
            "/sys/fs/cgroup/cpuacct/libpod_parent/libpod-ID/cpuacct.usage",
        );
        check_account(
            "0::/machine.slice/libpod-ID.scope/container\n",
            "/sys/fs/cgroup/machine.slice/libpod-ID.scope/cpu.stat",
        );
    }

    #[test]
    fn a_process_outside_the_container_is_not_taken_for_one_in_it() {
        assert_eq!(account("0::/user.slice/session-1.scope\n", ID), None);
        assert_eq!(account("", ID), None);
    }

    #[test]
    fn accounts_are_kept_in_nanoseconds_or_in_microseconds() {
        let nano = Utf8Path::new("/sys/fs/cgroup/cpuacct/docker/1/cpuacct.usage");
        assert_eq!(parse_seconds(nano, "1500000000\n"), Some(1.5));
        let micro = Utf8Path::new("/sys/fs/cgroup/docker/1/cpu.stat");
        let text = "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n";
        assert_eq!(parse_seconds(micro, text), Some(2.5));
        assert_eq!(parse_seconds(micro, ""), None);
    }

    #[test]
    fn both_engines_tell_which_container_was_started_from_which_image() {
        let by_docker = r#"{"status":"start","id":"2db3","from":"a:b","Type":"container",
            "Action":"start","Actor":{"ID":"2db3","Attributes":{"image":"a:b",
            "name":"suspicious_ride"}},"scope":"local","time":1795350458}"#;
        assert_eq!(parse_start(by_docker).unwrap(), ("2db3".to_owned(), "a:b".to_owned()));
        let by_podman = r#"{"ID":"f137","Image":"localhost/a:b","Name":"cool_varahamihira",
            "Status":"start","Time":"2026-11-22T12:28:36.5Z","Type":"container","Attributes":{}}"#;
        let (id, image) = parse_start(by_podman).unwrap();
        assert_eq!((id.as_str(), image.as_str()), ("f137", "localhost/a:b"));
        assert!(is_named(&image, "a:b") && is_named("a:b", "a:b") && !is_named("aa:b", "a:b"));
        assert!(parse_start("Error: no such host").is_err());
    }
}
