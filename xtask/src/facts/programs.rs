//! Asking other programs: they have nothing to read, and what they print is captured.

use std::{
    io,
    process::{ExitStatus, Output},
    time::Duration,
};

use duct::Expression;

/// How a program ended and what it printed.
pub struct Answer {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    /// What it printed, if it succeeded.
    pub fn success(self) -> Option<String> {
        self.status.success().then_some(self.stdout)
    }

    /// Why it failed, in a line of its own.
    pub fn reason(&self) -> &str {
        // What git says after the first such line follows from it.
        let fatal = self.stderr.lines().find_map(|line| line.strip_prefix("fatal: "));
        fatal.or(self.stderr.trim().lines().last()).unwrap_or("it does not say why")
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Answer {
        let [stdout, stderr] = [output.stdout, output.stderr]
            .map(|printed| String::from_utf8_lossy(&printed).into_owned());
        Answer { status: output.status, stdout, stderr }
    }
}

/// Runs a program to its end. An error means that it could not be started.
pub fn ask(command: Expression) -> io::Result<Answer> {
    captured(command).run().map(Answer::from)
}

/// As [`ask`]; a program that takes longer is killed, and an error of the kind `TimedOut`.
pub fn ask_within(patience: Duration, command: Expression) -> io::Result<Answer> {
    let handle = captured(command).start()?;
    match handle.wait_timeout(patience)? {
        Some(output) => Ok(output.clone().into()),
        None => {
            handle.kill()?;
            Err(io::Error::new(io::ErrorKind::TimedOut, "it takes too long"))
        }
    }
}

/// What a program prints; none if it is not there, or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    ask(duct::cmd(program, arguments)).ok()?.success()
}

fn captured(command: Expression) -> Expression {
    command.stdin_null().stdout_capture().stderr_capture().unchecked()
}
