//! `--install-tools` with a stand-in for pyenv that installs an interpreter of this machine.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use crate::{
    copy::{Copy, REFERENCE, Wheel, Wheelhouse, only, two_wheels},
    support::Run,
};

/// A checkout on a machine whose pyenv has all of this one's interpreters but one.
struct Machine {
    copy: Copy,
    /// What is missing, and what is there.
    wheels: [Wheel; 2],
}

impl Machine {
    /// `before` is what the shell does first when the missing version is to be installed.
    fn new(name: &str, before: &str) -> Machine {
        let machine = Machine { copy: Copy::warm(name), wheels: two_wheels() };
        let [missing, _] = &machine.wheels;
        let versions = format!("\n[pyenv]\nversions = [\"{}\"]\n", missing.release);
        let configuration = fs::read_to_string(machine.copy.root.join("xtask/xtask.toml")).unwrap();
        let others = configuration.split("\n[pyenv]").next().unwrap();
        fs::remove_file(machine.copy.root.join("xtask/xtask.toml")).unwrap();
        fs::write(machine.copy.root.join("xtask/xtask.toml"), others.to_owned() + &versions)
            .unwrap();

        let folder = |name: &str| machine.folder(name);
        fs::create_dir_all(folder("versions")).unwrap();
        fs::create_dir_all(folder("bin")).unwrap();
        for (release, prefix) in prefixes() {
            if release != missing.release {
                let link = folder("versions").join(release);
                std::os::unix::fs::symlink(prefix, link).unwrap();
            }
        }
        let source = prefixes().into_iter().find(|(release, _)| *release == missing.release);
        let (_, source) = source.expect("it is among this machine's interpreters");
        let script = format!(
            "#!/bin/sh\nroot='{}'\nfor version; do :; done\ncase $1 in\n\
             root) echo \"$root\" ;;\n\
             --version) echo 'pyenv 2.6.30' ;;\n\
             versions) ls \"$root/versions\" ;;\n\
             uninstall) rm -r \"$root/versions/$version\" ;;\n\
             install) {before}\n  ln -s '{}' \"$root/versions/$version\" ;;\nesac\n",
            machine.folder("").display(),
            source.display()
        );
        fs::write(folder("bin/pyenv"), script).unwrap();
        fs::set_permissions(folder("bin/pyenv"), fs::Permissions::from_mode(0o755)).unwrap();
        machine
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.copy.root.join("target/pyenv").join(name)
    }

    /// No other interpreters are found than those of this pyenv and of the system.
    fn wheels(&self, more: &[&str]) -> Run {
        let [missing, other] = &self.wheels;
        let words = ["wheels", &missing.identifier, &other.identifier, "--builder", "zig"];
        let mut command = self.copy.command(&[&words[..], more].concat());
        command.env("PYENV_ROOT", self.folder(""));
        let path = format!("{}:/usr/bin:/bin", self.folder("bin").display());
        Run::of(command.env("PATH", path).output().unwrap())
    }

    /// Their bytes differ from the reference: the source archive has another configuration.
    fn wheelhouse(&self) -> Vec<String> {
        names(self.copy.wheelhouse())
    }

    /// The row of each wheel.
    fn rows<'r>(&self, run: &'r Run) -> [&'r str; 2] {
        let row = |wheel: &Wheel| {
            let mut rows = run.stdout.lines().filter(|line| line.starts_with(&wheel.identifier));
            rows.next().unwrap_or_else(|| panic!("{}{}", run.stdout, run.stderr))
        };
        [row(&self.wheels[0]), row(&self.wheels[1])]
    }
}

fn names(wheelhouse: Wheelhouse) -> Vec<String> {
    wheelhouse.into_keys().collect()
}

/// The interpreters of this machine, by release, and the folders that each of them is in.
fn prefixes() -> Vec<(String, PathBuf)> {
    let facts = REFERENCE.xtask(&["facts"]).answer();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let prefix = |python: &serde_json::Value| {
        let executable = PathBuf::from(python["executable"].as_str()?);
        let prefix = executable.parent()?.parent()?.to_owned();
        Some((python["release"].as_str()?.to_owned(), prefix))
    };
    facts["pythons"].as_array().unwrap().iter().filter_map(prefix).collect()
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_pyenv_installs_is_built_for_and_tested_in_the_same_run() {
    let machine = Machine::new("pyenv installs", "");
    let run = machine.wheels(&[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let [missing, other] = machine.rows(&run);
    assert!(missing.contains("skipped: no CPython"), "{missing}");
    assert!(other.contains("built and tested in"), "{other}");

    let run = machine.wheels(&["--install-tools"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for row in machine.rows(&run) {
        assert!(row.contains("built and tested in"), "{row}");
    }
    let wheels = [&machine.wheels[0], &machine.wheels[1]];
    assert_eq!(machine.wheelhouse(), names(only(&REFERENCE.wheelhouse(), &wheels)));
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn an_interpreter_that_pyenv_fails_to_build_costs_its_own_wheels_alone() {
    let fails = "[ -e \"$root/repaired\" ] || { mkdir -p \"$root/versions/$version/bin\"\n\
                 echo 'cc: fatal error: x.o: No space left on device'; exit 1; }";
    let machine = Machine::new("pyenv fails", fails);
    let run = machine.wheels(&["--install-tools"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let [missing, other] = machine.rows(&run);
    let release = &machine.wheels[0].release;
    let reason = format!("failed: pyenv {release}: no space is left where pyenv builds");
    assert!(missing.contains(&reason), "{missing}");
    assert!(other.contains("built and tested in"), "{other}");
    let expected = only(&REFERENCE.wheelhouse(), &[&machine.wheels[1]]);
    assert_eq!(machine.wheelhouse(), names(expected));

    // The folder that it left is no interpreter, and in nobody's way.
    fs::write(machine.folder("repaired"), "").unwrap();
    let run = machine.wheels(&["--install-tools", "--verbose"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(&format!("uninstall --force {release}")), "{}", run.stderr);
    assert!(machine.rows(&run)[0].contains("built and tested in"), "{}", run.stdout);
}
