//! Where the steps of a build run: on this machine, or in a container that knows the same paths.

use camino::Utf8Path;

use crate::ground::plan::{Command, Step};

/// This machine, or a container. Commands and paths are written as if they ran at the root of the
/// checkout, wherever they run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Here,
    Container {
        /// `docker`, or a program with the same commands.
        engine: String,
        name: String,
    },
}

/// The folders that files are sent to, from the root.
const FOLDERS: &[&str] = &[
    "build-scripts",
    "target/xtask",
    "target/xtask/core-in-container",
    "target/xtask/installed",
    "target/xtask/test",
];

/// The folder of a container that stands for the root of the checkout.
pub const WORK: &str = "/io";

impl Place {
    /// What the name of a job there has that the same job here has not.
    pub fn title(&self) -> &'static str {
        match self {
            Place::Here => "",
            Place::Container { .. } => " in a container",
        }
    }

    /// The command that runs a command there.
    pub fn run(&self, command: Command) -> Command {
        let Place::Container { engine, name } = self else { return command };
        let folder = command.folder.as_ref().map(|folder| format!("{WORK}/{folder}"));
        let folder = folder.unwrap_or_else(|| WORK.to_owned());
        let mut there = Command::new(engine).args(["exec", "--workdir", &folder]);
        for (name, value) in &command.environment {
            there = there.args(["--env", &format!("{name}={value}")]);
        }
        there.arg(name).arg(&command.program).args(&command.arguments)
    }

    /// The steps that take steps there, which write into `folder`. Each call of an engine costs
    /// time, so all of them are one call.
    pub fn steps(&self, folder: &str, steps: Vec<Step>) -> Vec<Step> {
        let Place::Container { .. } = self else { return steps };
        let mut lines = vec![Command::new("mkdir").args(["--parents", folder]).to_string()];
        lines.extend(steps.iter().map(Step::to_string));
        let script = Command::new("sh").args(["-e", "-c", &lines.join("\n")]);
        vec![Step::Run(self.run(script))]
    }

    /// Copies a file or folder there, to the same path.
    pub fn send(&self, path: &Utf8Path) -> Vec<Step> {
        let Place::Container { engine, name } = self else { return Vec::new() };
        let parent = path.parent().map_or("", |parent| parent.as_str());
        assert!(FOLDERS.contains(&parent), "{parent}");
        let copy = Command::new(engine).args(["cp"]).arg(path);
        vec![Step::Run(copy.arg(format!("{name}:{WORK}/{parent}/")))]
    }

    /// Makes the folders that files are sent to.
    pub fn prepare(&self) -> Command {
        self.run(Command::new("mkdir").arg("--parents").args(FOLDERS))
    }

    /// Copies a file or folder from there, to the same path.
    pub fn fetch(&self, path: &Utf8Path) -> Vec<Step> {
        let Place::Container { engine, name } = self else { return Vec::new() };
        let parent = path.parent().map_or("", |parent| parent.as_str());
        let copy = Command::new(engine).args(["cp", &format!("{name}:{WORK}/{path}")]);
        vec![Step::Run(copy.arg(format!("{parent}/")))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn container() -> Place {
        Place::Container { engine: "podman".to_owned(), name: "esig-x".to_owned() }
    }

    #[test]
    fn here_nothing_changes_and_nothing_is_copied() {
        let command = Command::new("c++").arg("a.cpp").folder("target");
        assert_eq!(Place::Here.run(command.clone()).to_string(), command.to_string());
        assert!(Place::Here.send("a/b".into()).is_empty());
        assert!(Place::Here.fetch("a/b".into()).is_empty());
        let steps = Place::Here.steps("target", vec![Step::Run(command.clone())]);
        assert_eq!(steps[0].to_string(), command.to_string());
    }

    #[test]
    fn in_a_container_paths_are_the_same_below_its_work_folder() {
        let test = Command::new("python").arg("-S").env("PYTHONPATH", "../site").folder("a/empty");
        assert_eq!(
            container().run(test).to_string(),
            "podman exec --workdir /io/a/empty --env PYTHONPATH=../site esig-x python -S"
        );
        let sent = lines(container().send("target/xtask/test/a".into()));
        assert_eq!(sent, "podman cp target/xtask/test/a esig-x:/io/target/xtask/test/");
        assert_eq!(lines(container().fetch("a/b/c".into())), "podman cp esig-x:/io/a/b/c a/b/");
    }

    #[test]
    fn steps_in_a_container_are_one_call() {
        let compile = |file: &str| Step::Run(Command::new("c++").args(["-c", file, "-DA=b c"]));
        let steps = container().steps("a/b", vec![compile("x.cpp"), compile("y.cpp")]);
        expect![[r#"
            podman exec --workdir /io esig-x sh -e -c 'mkdir --parents a/b
            c++ -c x.cpp '\''-DA=b c'\''
            c++ -c y.cpp '\''-DA=b c'\'''"#]]
        .assert_eq(&lines(steps));
    }

    fn lines(steps: Vec<Step>) -> String {
        steps.iter().map(Step::to_string).collect()
    }
}
