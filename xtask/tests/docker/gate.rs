//! A docker that tells a test when it comes to the compiler, and goes on when the test has acted.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
    process::Command,
    thread,
};

use crate::support::Run;

/// The first command that runs a compiler is told to `there`, a pipe that is gone from then on.
const SCRIPT: &str = r#"#!/bin/bash
here=$(dirname "$0")
case " $* " in *" sh -e -c "*) [ -p "$here/there" ] || exec docker "$@" ;; *) exec docker "$@" ;; esac
"#;

/// It waits for the end of `go`, a pipe as well.
const BEFORE: &str = r#"
echo it is there > "$here/there"
cat "$here/go"
exec docker "$@"
"#;

/// In the place of a compiler, what says a word when it runs, and then never ends.
const WITHIN: &str = r#"
docker "${@:1:$#-1}" 'echo; exec sleep infinity' | {
    read -r word
    echo it is there > "$here/there"
    cat
}
exit "${PIPESTATUS[0]}"
"#;

/// A folder with a program `docker` in it, gone after the test.
pub struct Gate {
    folder: tempfile::TempDir,
    waits: bool,
}

impl Gate {
    /// The compiler waits until the test has acted.
    pub fn before_the_compiler() -> Gate {
        Gate::new(BEFORE, true)
    }

    /// The test acts while the compiler runs.
    pub fn within_the_compiler() -> Gate {
        Gate::new(WITHIN, false)
    }

    fn new(then: &str, waits: bool) -> Gate {
        let gate = Gate { folder: tempfile::tempdir().unwrap(), waits };
        fs::write(gate.path("docker"), format!("{SCRIPT}{then}")).unwrap();
        fs::set_permissions(gate.path("docker"), fs::Permissions::from_mode(0o755)).unwrap();
        let pipes = ["there", "go"].map(|name| gate.path(name));
        assert!(Command::new("mkfifo").args(pipes).status().unwrap().success());
        gate
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// As `--engine` takes it.
    pub fn program(&self) -> String {
        self.path("docker").into_os_string().into_string().unwrap()
    }

    /// Until the compiler is there.
    pub fn wait(&self) {
        assert_eq!(fs::read_to_string(self.path("there")).unwrap(), "it is there\n");
        fs::remove_file(self.path("there")).unwrap();
    }

    /// Carries a build out; when it has come to a compiler, something is done.
    pub fn run_and(&self, build: &mut Command, meanwhile: impl FnOnce()) -> Run {
        build.args(["--engine", &self.program()]);
        let build = || {
            let run = Run::of(build.output().expect("the helper starts"));
            // Of a run that ended before it came to a compiler, whoever waits for that is told.
            let mut pipe = OpenOptions::new();
            if let Ok(mut there) =
                pipe.write(true).custom_flags(libc::O_NONBLOCK).open(self.path("there"))
            {
                let _ = there.write_all(run.stderr.as_bytes());
            }
            run
        };
        thread::scope(|scope| {
            let run = scope.spawn(build);
            self.wait();
            meanwhile();
            if self.waits {
                fs::write(self.path("go"), "").unwrap();
            }
            run.join().unwrap()
        })
    }
}
