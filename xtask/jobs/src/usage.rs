//! What programs cost: processor time and memory, as the system accounts for them when they end.

use std::{fs, process};

use anyhow::Context;
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::create_parent;

/// Of one program and those it started, or of several: times add up, peaks do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Processor time in seconds, the system's share included.
    pub cpu_s: f64,
    /// The most memory that one of them had at a time, in MiB.
    pub peak_mib: f64,
}

impl Usage {
    /// Of both.
    pub fn and(self, other: Usage) -> Usage {
        Usage { cpu_s: self.cpu_s + other.cpu_s, peak_mib: self.peak_mib.max(other.peak_mib) }
    }
}

/// Runs a program and writes what it cost to a file. In a process of its own, because the system
/// tells a process only the sum of all programs that it started.
pub fn measure(record: &Utf8Path, words: &[String]) -> anyhow::Result<i32> {
    let (program, arguments) = words.split_first().context("no program is named")?;
    let status = process::Command::new(program).args(arguments).status()?;
    let usage = of_children().unwrap_or_default();
    create_parent(record)?;
    fs::write(record, serde_json::to_string(&usage)?)?;
    Ok(status.code().unwrap_or_else(|| code_of_signal(status)))
}

/// What a shell makes of a signal: another program may have to explain it.
#[cfg(unix)]
fn code_of_signal(status: process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map_or(1, |signal| 128 + signal)
}

#[cfg(not(unix))]
fn code_of_signal(_status: process::ExitStatus) -> i32 {
    1
}

/// Of this process and all programs that it started and that have ended.
pub fn in_all() -> Option<Usage> {
    Some(of_children()?.and(of(Whose::Own)?))
}

/// Of all programs that this process started and that have ended.
pub fn of_children() -> Option<Usage> {
    of(Whose::Children)
}

/// Processor time of this thread alone, in seconds, where the system counts that.
pub fn of_thread() -> f64 {
    of(Whose::Thread).map_or(0.0, |usage| usage.cpu_s)
}

enum Whose {
    Own,
    Children,
    Thread,
}

#[cfg(unix)]
fn of(whose: Whose) -> Option<Usage> {
    let who = match whose {
        Whose::Own => libc::RUSAGE_SELF,
        Whose::Children => libc::RUSAGE_CHILDREN,
        #[cfg(target_os = "linux")]
        Whose::Thread => libc::RUSAGE_THREAD,
        #[cfg(not(target_os = "linux"))]
        Whose::Thread => return None,
    };
    // SAFETY: an all-zero rusage is valid, and getrusage only writes to it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::getrusage(who, &mut usage) == 0).then_some(usage)?
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    // Linux counts memory in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1.0 } else { 1024.0 };
    Some(Usage {
        cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak_mib: usage.ru_maxrss as f64 * unit / f64::from(1 << 20),
    })
}

#[cfg(not(unix))]
fn of(_whose: Whose) -> Option<Usage> {
    None
}
