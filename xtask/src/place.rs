//! Where the steps of a build run: on this machine, or in a container that knows the same paths.

use camino::Utf8Path;

use crate::plan::{Command, Step};

/// Commands and paths are written as if they ran at the root of the checkout, wherever they run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Here,
    Container {
        /// `docker`, or a program with the same commands.
        engine: String,
        name: String,
    },
}

/// What stands for the root of the checkout in a container.
pub const WORK: &str = "/io";

impl Place {
    /// What tells a job there from the same here.
    pub fn title(&self) -> &'static str {
        match self {
            Place::Here => "",
            Place::Container { .. } => " in a container",
        }
    }

    /// The same command, to be run there. Arguments may still be added to it.
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

    /// Makes a folder there.
    pub fn folder(&self, path: &str) -> Vec<Step> {
        match self {
            Place::Here => Vec::new(),
            Place::Container { .. } => {
                let make = Command::new("mkdir").args(["--parents", path]);
                vec![Step::Run(self.run(make))]
            }
        }
    }

    /// Copies a file or folder there, to the same path.
    pub fn send(&self, path: &Utf8Path) -> Vec<Step> {
        let Place::Container { engine, name } = self else { return Vec::new() };
        let parent = path.parent().map_or("", |parent| parent.as_str());
        let copy = Command::new(engine).args(["cp"]).arg(path);
        let mut steps = self.folder(parent);
        steps.push(Step::Run(copy.arg(format!("{name}:{WORK}/{parent}/"))));
        steps
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

    fn container() -> Place {
        Place::Container { engine: "podman".to_owned(), name: "esig-x".to_owned() }
    }

    #[test]
    fn here_nothing_changes_and_nothing_is_copied() {
        let command = Command::new("c++").arg("a.cpp").folder("target");
        assert_eq!(Place::Here.run(command.clone()).to_string(), command.to_string());
        assert!(Place::Here.send("a/b".into()).is_empty());
        assert!(Place::Here.fetch("a/b".into()).is_empty());
        assert!(Place::Here.folder("a/b").is_empty());
    }

    #[test]
    fn in_a_container_paths_are_the_same_below_its_work_folder() {
        let test = Command::new("python").arg("-S").env("PYTHONPATH", "../site").folder("a/empty");
        assert_eq!(
            container().run(test).to_string(),
            "podman exec --workdir /io/a/empty --env PYTHONPATH=../site esig-x python -S"
        );
        let steps = |steps: Vec<Step>| steps.iter().map(Step::to_string).collect::<Vec<_>>();
        assert_eq!(
            steps(container().send("a/b/c".into())),
            [
                "podman exec --workdir /io esig-x mkdir --parents a/b",
                "podman cp a/b/c esig-x:/io/a/b/",
            ]
        );
        assert_eq!(steps(container().fetch("a/b/c".into())), ["podman cp esig-x:/io/a/b/c a/b/"]);
    }
}
