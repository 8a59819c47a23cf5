//! A program to start, as data, and as a line for a shell.

use std::fmt;

use camino::Utf8PathBuf;

/// A program to start; its output goes to the job's log.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// By its name, or by a path, which has a `/`, from the folder where it runs.
    pub program: String,
    /// Its words.
    pub arguments: Vec<String>,
    /// Names and values, besides what every program finds there.
    pub environment: Vec<(String, String)>,
    /// Names and values that stand in no line of a plan, a log or a report.
    pub secrets: Vec<(String, Secret)>,
    /// A step of this program that starts it, in a way that is known only then.
    pub launcher: Option<Launcher>,
    /// Where it runs, if not at the root.
    pub folder: Option<Utf8PathBuf>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A step of this program that takes another program's words after `--`, and starts that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launcher {
    /// How people start this program.
    pub program: &'static str,
    /// The words of the step.
    pub words: Vec<String>,
}

impl Command {
    /// A program by its name, or by a path with a `/`.
    pub fn new(program: impl AsRef<str>) -> Command {
        Command { program: program.as_ref().to_owned(), ..Command::default() }
    }

    /// Adds a word.
    pub fn arg(mut self, argument: impl AsRef<str>) -> Command {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds words.
    pub fn args<S: AsRef<str>>(mut self, arguments: impl IntoIterator<Item = S>) -> Command {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Adds a variable to its environment.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Command {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Adds a variable whose value is shown to nobody.
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Command {
        self.secrets.push((name.into(), Secret(value.into())));
        self
    }

    /// Has a step of this program start it.
    pub fn launched_by(mut self, launcher: Launcher) -> Command {
        self.launcher = Some(launcher);
        self
    }

    /// Where it runs, from the root.
    pub fn folder(mut self, folder: impl Into<Utf8PathBuf>) -> Command {
        self.folder = Some(folder.into());
        self
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(folder) = &self.folder {
            write!(f, "(cd {} && ", quoted(folder.as_str()))?;
        }
        for (name, value) in &self.environment {
            write!(f, "{name}={} ", quoted(value))?;
        }
        for (name, _) in &self.secrets {
            write!(f, "{name}=\"${name}\" ")?;
        }
        if let Some(launcher) = &self.launcher {
            write!(f, "{} -- ", line(launcher.program, &launcher.words))?;
        }
        write!(f, "{}", quoted(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quoted(argument)))?;
        if self.folder.is_some() {
            write!(f, ")")?;
        }
        Ok(())
    }
}

/// A program and its words as a line for a POSIX shell.
pub fn line(program: &str, words: &[String]) -> String {
    words.iter().fold(program.to_owned(), |line, word| format!("{line} {}", quoted(word)))
}

/// `text` without the login that an address in it begins with: `https://***@host/`.
pub fn without_login(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}://***{}", &text[..start], &text[end..])
        }
        _ => text.to_owned(),
    }
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a/b-c_1.2,d=e"), "a/b-c_1.2,d=e");
        assert_eq!(quoted("$HOME"), "'$HOME'");
        assert_eq!(quoted(":all:"), ":all:");
    }

    #[test]
    fn a_secret_is_shown_by_its_name_alone() {
        let command = Command::new("uv").arg("publish").secret("TOKEN", "hunter2");
        assert_eq!(command.to_string(), "TOKEN=\"$TOKEN\" uv publish");
        assert!(!format!("{command:?}").contains("hunter2"));
        assert_eq!(without_login("https://dev:p@ss@host/a"), "https://***@host/a");
        assert_eq!(
            without_login("--repository=https://dev:p@host"),
            "--repository=https://***@host"
        );
        assert_eq!(without_login("image@sha256:00"), "image@sha256:00");
    }
}
