//! Asking other programs: they have nothing to read, and what they print is captured.

use std::{
    io,
    process::{ExitStatus, Output},
    time::Duration,
};

use duct::Expression;

use super::environment;

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
    pub fn reason(&self) -> String {
        reason_in(&self.stderr)
    }
}

/// Gives git's last word, and before it what led there: programs that git starts, such as gpg to
/// sign, have reasons of their own. What it says after its last word follows from that.
fn reason_in(stderr: &str) -> String {
    let end = |line: &&str| line.starts_with("fatal: ");
    let mut lines = stderr.trim().lines().map(str::trim);
    let mut led: Vec<&str> = Vec::new();
    let last = lines.by_ref().find(|line| {
        let leads = ["error: ", "gpg: ", "gpgsm: "].iter().any(|start| line.starts_with(start));
        led.extend(leads.then_some(*line));
        end(line)
    });
    let last = last.or_else(|| stderr.trim().lines().last().filter(|_| led.is_empty()));
    let said = led.into_iter().chain(last).map(|line| {
        let line = line.strip_prefix("fatal: ").or(line.strip_prefix("error: ")).unwrap_or(line);
        line.trim_end_matches(':')
    });
    let said = said.collect::<Vec<_>>().join("; ");
    if said.is_empty() { "it does not say why".to_owned() } else { beginning(&said).to_owned() }
}

/// As much of what a program said as is quoted.
pub fn beginning(said: &str) -> &str {
    const QUOTED: usize = 500;
    said.char_indices().nth(QUOTED).map_or(said, |(at, _)| &said[..at])
}

impl From<Output> for Answer {
    fn from(output: Output) -> Answer {
        let [stdout, stderr] = [output.stdout, output.stderr]
            .map(|printed| String::from_utf8_lossy(&printed).into_owned());
        Answer { status: output.status, stdout, stderr }
    }
}

/// Runs a program to its end. An error means that it could not be started, takes longer than the
/// job has that asks, or says too much.
pub fn ask(command: Expression) -> io::Result<Answer> {
    jobs::ask(command, None).map(Answer::from)
}

/// As [`ask`]; a program that takes longer is ended, and an error of the kind `TimedOut`.
pub fn ask_within(patience: Duration, command: Expression) -> io::Result<Answer> {
    jobs::ask(command, Some(patience)).map(Answer::from)
}

/// What a program prints; none if it is not there, fails, or does not answer soon.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    ask_within(SOON, environment::command(program, arguments)).ok()?.success()
}

/// What a program has to say what it is.
pub const SOON: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_what_led_to_it() {
        let said = "Cloning into 'a'...\nfatal: repository 'b' does not exist\nfatal: clone failed";
        assert_eq!(reason_in(said), "repository 'b' does not exist");
        assert_eq!(reason_in("one\nImportError: no module\n"), "ImportError: no module");
        assert_eq!(reason_in(" \n"), "it does not say why");
        assert_eq!(reason_in(&"é".repeat(1000)), "é".repeat(500));
    }

    #[test]
    fn a_signature_that_could_not_be_made_has_the_reason_of_gpg() {
        let said = "error: gpg failed to sign the data:\ngpg: skipped \"dev\": No secret key\n\
                    [GNUPG:] INV_SGNR 9 dev\ngpg: signing failed: No secret key\n\n\
                    fatal: failed to write commit object\n";
        let reason = "gpg failed to sign the data; gpg: skipped \"dev\": No secret key; \
                      gpg: signing failed: No secret key; failed to write commit object";
        assert_eq!(reason_in(said), reason);
        let said = "error: cannot run gpg: No such file or directory\n\
                    error: gpg failed to sign the data:\n\nerror: unable to sign the tag\n";
        let reason = "cannot run gpg: No such file or directory; gpg failed to sign the data; \
                      unable to sign the tag";
        assert_eq!(reason_in(said), reason);
    }
}
