//! Starting a program: its environment and its output.

use std::{env, process::ExitStatus};

use anyhow::anyhow;
use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    Actor, Command, Job, Vocabulary, hinted,
    interrupt::INTERRUPTED,
    log::Log,
    program::{self, Ended, seconds},
    progress::Progress,
};

/// What all programs of a job share.
pub struct Starter<'a, V: Vocabulary> {
    pub root: &'a Utf8Path,
    pub actor: &'a dyn Actor<V>,
    pub progress: &'a Progress,
    pub job: &'a Job<V>,
}

/// The words of the step that measures, and the file that it writes.
type Measure<'a> = Option<(&'a [String], &'a Utf8Path)>;

impl<V: Vocabulary> Starter<'_, V> {
    /// Runs `command` to its end, its output in `log`; fails if it fails.
    pub fn run(&self, command: &Command, log: &mut Log, measure: Measure) -> anyhow::Result<()> {
        // What was said before is another command's.
        log.said();
        let status = self.end_of(command, log, measure)?;
        if status.success() {
            return Ok(());
        }
        let mut said = log.said();
        if let Some(question) = self.actor.question(command, status.code()) {
            log.line(&format!("$ {question}"))?;
            self.end_of(&question, log, None)?;
            said.push_str(&log.said());
        }
        let explanation = self.actor.explain(command, &said, status.code());
        Err(explanation.unwrap_or_else(|| anyhow!("`{}` ended with {status}", short(command))))
    }

    /// Runs `command` to its end, its output in `log`.
    fn end_of(
        &self,
        command: &Command,
        log: &mut Log,
        measure: Measure,
    ) -> anyhow::Result<ExitStatus> {
        let expression = self.expression(command, measure)?;
        let mut unwritten = None;
        let ended = program::run(expression, None, |_, piece| {
            self.progress.output(&self.job.name, piece);
            log.output(piece).map_err(|error| {
                unwritten = Some(error);
                std::io::ErrorKind::Other.into()
            })
        });
        if let Some(error) = unwritten {
            return Err(error);
        }
        let ended = ended.map_err(|error| {
            let hint = self.actor.hint_for_unstartable(command);
            hinted(format!("cannot start `{}`: {error}", command.program), hint)
        })?;
        match ended {
            Ended::ByItself(status) => Ok(status),
            Ended::Interrupted => Err(anyhow!(INTERRUPTED)),
            Ended::Overdue(limits) => Err(hinted(
                format!(
                    "`{}` did not end within {} and was ended",
                    short(command),
                    seconds(limits.time)
                ),
                format!("if it only needs longer: {}", limits.setting),
            )),
        }
    }

    fn expression(&self, command: &Command, measure: Measure) -> anyhow::Result<duct::Expression> {
        let root = self.root;
        let folder = command.folder.as_ref().map_or(root.to_owned(), |folder| root.join(folder));
        let mut words = vec![program_path(&folder, command)];
        words.extend(command.arguments.iter().cloned());
        if let Some(launcher) = &command.launcher {
            words.splice(0..0, own_words(&launcher.words, None)?);
        }
        if let Some((step, record)) = measure {
            words.splice(0..0, own_words(step, Some(record))?);
        }
        let environment = self.actor.environment(root, self.job, command);
        Ok(duct::cmd(&words[0], &words[1..])
            .dir(&folder)
            .stderr_to_stdout()
            .full_env(environment.with(command)))
    }
}

/// The beginning of a line that has a step of this program start what follows.
fn own_words(step: &[String], file: Option<&Utf8Path>) -> anyhow::Result<Vec<String>> {
    let program = Utf8PathBuf::try_from(env::current_exe()?)?;
    let words = [program.into_string()].into_iter().chain(step.iter().cloned());
    let words = words.chain(file.map(|file| file.to_string()));
    Ok(words.chain(["--".to_owned()]).collect())
}

/// As a shell has it: a path is relative to the folder where the program runs.
fn program_path(folder: &Utf8Path, command: &Command) -> String {
    let is_path = command.program.contains('/');
    if is_path { folder.join(&command.program).into_string() } else { command.program.clone() }
}

/// `python -m build`: enough to know which command it was; the log has the whole line.
fn short(command: &Command) -> String {
    let name = command.program.rsplit('/').next().unwrap_or(&command.program);
    let arguments = command.arguments.iter().take(2).map(String::as_str);
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_by_its_program_and_first_words() {
        let command = Command::new("tools/bin/python").args(["-m", "build", "--sdist"]);
        assert_eq!(short(&command), "python -m build");
        assert_eq!(short(&Command::new("c++")), "c++");
    }
}
