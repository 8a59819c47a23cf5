//! `cargo xtask doctor`: what this machine has and lacks, and how to get it.

use serde::Serialize;

use crate::{
    commands::wheels::headers_for,
    host::Host,
    matrix::{Abi, Identifier, Target},
    project::Project,
    testers::{TESTERS, can_test},
};

/// Everything that was looked at, in the order of the work.
#[derive(Serialize)]
pub struct Diagnosis {
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    state: State,
    /// What was looked for.
    what: String,
    /// What was found, or what to do.
    remark: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    /// Something can not be done here, and the default build can do without.
    Lacking,
    /// The default build cannot run.
    Missing,
}

pub fn diagnosis(host: &Host, project: &Project) -> Diagnosis {
    let mut findings = vec![tools(host)];
    findings.push(program(host, "git", State::Missing, "apt-get install git"));
    let compiler = "tests under sanitizers: apt-get install g++ make";
    findings.push(program(host, "c++", State::Lacking, compiler));
    if project.lacks_library {
        let remark = "builds fetch it, or now: cargo xtask libalgebra init".to_owned();
        let what = "libalgebra/, a submodule".to_owned();
        findings.push(Finding { state: State::Lacking, what, remark });
    }
    findings.extend(interpreters(host, project));
    findings.extend(project.config.targets.iter().map(|target| tester(target, host)));
    Diagnosis { findings }
}

fn tools(host: &Host) -> Finding {
    let what = "CPython 3.10 to 3.14 for the build's own tools".to_owned();
    match host.tool_python() {
        Ok(python) => Finding { state: State::Good, what, remark: python.executable.to_string() },
        Err(_) => {
            let remark = "pyenv install 3.13, or apt-get install python3-dev python3-venv";
            Finding { state: State::Missing, what, remark: remark.to_owned() }
        }
    }
}

fn program(host: &Host, name: &str, otherwise: State, remedy: &str) -> Finding {
    match host.program(name) {
        Ok(path) => Finding { state: State::Good, what: name.to_owned(), remark: path.to_string() },
        Err(_) => Finding { state: otherwise, what: name.to_owned(), remark: remedy.to_owned() },
    }
}

/// Headers for each kind of wheel that there is for this machine's own target.
fn interpreters(host: &Host, project: &Project) -> Vec<Finding> {
    let Some(target) = Target::of_host(host.platform, host.architecture) else {
        return Vec::new();
    };
    let finding = |interpreter| {
        let identifier = Identifier { interpreter, target };
        let what = format!("{interpreter}: headers of {}", interpreter.wanted());
        match headers_for(&identifier, host) {
            Ok(headers) => Finding { state: State::Good, what, remark: headers.folder.to_string() },
            Err(reason) => {
                let threads = if interpreter.abi == Abi::Version("t") { "t" } else { "" };
                let remedy = format!("pyenv install {}{threads}", interpreter.version());
                let remark = format!("{reason}: {remedy}");
                Finding { state: State::Lacking, what, remark }
            }
        }
    };
    project.config.interpreters.iter().copied().map(finding).collect()
}

fn tester(target: &'static Target, host: &Host) -> Finding {
    let what = format!("{}: a way to test its wheels", target.name);
    let of_target: Vec<_> = TESTERS.iter().filter(|t| t.target == target.name).collect();
    if can_test(target, host) {
        return Finding { state: State::Good, what, remark: "there is one".to_owned() };
    }
    let missing = of_target.iter().flat_map(|tester| tester.packages_missing(host));
    let mut missing: Vec<&str> = missing.collect();
    missing.dedup();
    let remark = if of_target.is_empty() {
        "none is known on this machine: its wheels are audited, not run".to_owned()
    } else if missing.is_empty() {
        "its testers are for Linux on x86_64".to_owned()
    } else {
        format!("apt-get install {}", missing.join(" "))
    };
    Finding { state: State::Lacking, what, remark }
}

impl Diagnosis {
    /// Whether the default build can run.
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|finding| finding.state != State::Missing)
    }

    pub fn as_text(&self) -> String {
        let width = self.findings.iter().map(|f| f.what.len()).max().unwrap_or(0);
        let line = |finding: &Finding| {
            let mark = match finding.state {
                State::Good => "✓",
                State::Lacking => "!",
                State::Missing => "✗",
            };
            format!("{mark} {:width$}  {}\n", finding.what, finding.remark)
        };
        self.findings.iter().map(line).collect()
    }

    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(&self.findings).expect("findings are plain data")
    }
}
