//! `[limits]`: what programs may take before they are ended.

use std::time::Duration;

use serde::Deserialize;

use crate::ground::plan::{Job, Role};

/// Seconds by the kind of job, and how large a file may become.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    compile_s: f64,
    fetch_s: f64,
    install_s: f64,
    test_s: f64,
    suite_s: f64,
    other_s: f64,
    file_mib: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            compile_s: 1800.0,
            fetch_s: 1800.0,
            install_s: 7200.0,
            test_s: 3600.0,
            suite_s: 7200.0,
            other_s: 1800.0,
            file_mib: 4096,
        }
    }
}

/// The first words of the names of jobs that compile, and that install what takes long.
const COMPILING: &[&str] = &["core", "binding"];
const INSTALLING: &[&str] = &["image", "install", "pyenv", "tester"];

impl Limits {
    /// What each program of a job may take. Suites make files of any size.
    pub fn of(&self, job: &Job) -> jobs::Limits {
        let word = job.name.split(' ').next().unwrap_or_default();
        let (name, seconds) = match job.role {
            Role::Testing { .. } => ("test_s", self.test_s),
            Role::Suite => ("suite_s", self.suite_s),
            _ if COMPILING.contains(&word) => ("compile_s", self.compile_s),
            _ if INSTALLING.contains(&word) => ("install_s", self.install_s),
            _ if job.fetches => ("fetch_s", self.fetch_s),
            _ => ("other_s", self.other_s),
        };
        jobs::Limits {
            time: Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
            file_bytes: (job.role != Role::Suite).then_some(self.file_mib << 20),
            setting: format!("raise `{name}` in `[limits]` of xtask/xtask.toml"),
        }
    }
}
