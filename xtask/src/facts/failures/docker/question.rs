//! What to ask the engine where neither the output nor the exit code of a command tells enough.

use crate::ground::plan::Command;

/// A program that is killed and a client that loses its engine say nothing; the container, if
/// there still is one, knows.
pub fn question(command: &Command, exit_code: Option<i32>) -> Option<Command> {
    let is_open = matches!(exit_code, Some(137 | 255));
    let container = container_of_exec(&command.arguments).filter(|_| is_open)?;
    let format = "OOMKilled={{.State.OOMKilled}} Running={{.State.Running}}";
    Some(Command::new(&command.program).args(["inspect", "--format", format, container]))
}

/// `exec --workdir /io --env A=b CONTAINER program …`
fn container_of_exec(arguments: &[String]) -> Option<&str> {
    let (command, mut rest) = arguments.split_first()?;
    if command != "exec" {
        return None;
    }
    loop {
        rest = match rest {
            [option, _, rest @ ..] if VALUED.contains(&option.as_str()) => rest,
            [option, rest @ ..] if option.starts_with('-') => rest,
            [container, ..] => return Some(container),
            [] => return None,
        };
    }
}

/// Options of `exec` whose value is the next word.
const VALUED: &[&str] = &["--env", "--user", "--workdir"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::failures::docker::explain;
    use expect_test::expect;

    #[test]
    fn a_program_that_is_killed_in_silence_is_asked_after() {
        let exec = Command::new("podman")
            .args(["exec", "--interactive", "--workdir", "/io", "--env", "A=b"])
            .args(["esig-x", "python", "-S"]);
        assert_eq!(
            question(&exec, Some(137)).unwrap().to_string(),
            "podman inspect --format 'OOMKilled={{.State.OOMKilled}} Running={{.State.Running}}' \
             esig-x"
        );
        assert!(question(&exec, Some(255)).is_some());
        assert!(question(&exec, Some(1)).is_none());
        assert!(question(&Command::new("docker").args(["cp", "a", "b"]), Some(137)).is_none());
        assert!(question(&Command::new("docker").arg("exec"), Some(137)).is_none());
    }

    #[test]
    fn the_answer_tells_a_want_of_memory_from_an_engine_that_stopped() {
        let what = |answer, code| Some(explain("exec", answer, Some(code))?.what);
        let no_engine = "Cannot connect to the Docker daemon at unix:///run/docker.sock. Is it up?";
        expect![[r#"
            OOMKilled=true Running=true
            137: a program in the container was killed for want of memory
            255: a program in the container was killed for want of memory
            OOMKilled=false Running=true
            137: a program in the container was killed: for want of memory, or the engine was stopped
            255: itself
            OOMKilled=false Running=false
            137: the container is gone: somebody removed it, or the engine was stopped
            255: the container is gone: somebody removed it, or the engine was stopped
            Error: No such container: esig-x
            137: the container is gone: somebody removed it, or the engine was stopped
            255: the container is gone: somebody removed it, or the engine was stopped
            Cannot connect to the Docker daemon at unix:///run/docker.sock. Is it up?
            137: the engine stopped while it was at work
            255: the engine stopped while it was at work
        "#]]
        .assert_eq(
            &[
                "OOMKilled=true Running=true",
                "OOMKilled=false Running=true",
                "OOMKilled=false Running=false",
                "Error: No such container: esig-x",
                no_engine,
            ]
            .map(|answer| {
                let ends = [137, 255].map(|code| {
                    format!("{code}: {}\n", what(answer, code).unwrap_or("itself".to_owned()))
                });
                format!("{answer}\n{}", ends.concat())
            })
            .concat(),
        );
    }
}
