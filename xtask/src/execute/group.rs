//! The end of programs with ours: however this process ends, nothing that it started runs on.

use std::{fs::File, process};

/// All programs of a run, and those that they start. They end when this value is dropped and when
/// this process is killed, so none of them writes on behind the back of the next run.
pub struct Group {
    #[cfg(unix)]
    keeper: process::Child,
}

/// Waits for the end of its input, which comes when our side of the pipe closes for whatever
/// reason, and ends the group, itself included.
#[cfg(unix)]
const KEEPER: &str = "read -r line; kill -s KILL 0";

#[cfg(unix)]
impl Group {
    /// The keeper shares `lock`: the next run does not begin before this one's programs have
    /// ended.
    pub fn new(lock: &File) -> anyhow::Result<Group> {
        use std::os::unix::process::CommandExt;
        let keeper = process::Command::new("/bin/sh")
            .args(["-c", KEEPER])
            .stdin(process::Stdio::piped())
            .stdout(lock.try_clone()?)
            .stderr(process::Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Group { keeper })
    }

    /// What takes a program that is about to be started into the group.
    pub fn joiner(&self) -> impl Fn(&mut process::Command) + Send + Sync + 'static {
        use std::os::unix::process::CommandExt;
        let id = self.keeper.id().cast_signed();
        move |program| {
            program.process_group(id);
        }
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

#[cfg(not(unix))]
impl Group {
    pub fn new(_lock: &File) -> anyhow::Result<Group> {
        Ok(Group {})
    }

    pub fn joiner(&self) -> impl Fn(&mut process::Command) + Send + Sync + 'static {
        |_program| ()
    }
}
