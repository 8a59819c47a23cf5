//! An engine that fails as real ones did, at the command that a test chooses.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// A folder with a program `docker` in it, gone after the test.
pub struct Engine {
    folder: tempfile::TempDir,
}

/// What an image like those of manylinux answers when it is looked into.
const IMAGE: &str = concat!(
    "$ docker run base\nglibc 2.36\n",
    r#"{"executable": "/opt/python/cp311-cp311/bin/python", "implementation": "CPython", "#,
    r#""version": [3, 11, 2], "release": "3.11.2", "abi_suffix": "", "#,
    r#""include": "/usr/include/python3.11", "pointer_bits": 64}"#,
    "\nexit code 0\n"
);

/// What `docker image inspect` says of it, as far as that matters.
const INSPECTED: &str = concat!(
    "$ docker image inspect base\n",
    r#"[{"Id": "sha256:1", "Os": "linux", "Architecture": "amd64"}]"#,
    "\nexit code 0\n"
);

impl Engine {
    /// One that answers and has an image; what is asked of that, is for the test to say.
    pub fn new() -> Engine {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let name = format!("docker{}", std::env::consts::EXE_SUFFIX);
        fs::hard_link(&*STAND_IN, folder.path().join(name)).unwrap();
        let info = fs::read_to_string(recordings().join("info_docker.json")).unwrap();
        let info = format!("$ docker info\n{info}\nexit code 0\n");
        Engine { folder }.answering("info", &info).answering("image", INSPECTED)
    }

    /// One that has an image to build in, and succeeds in whatever it is not told to fail in.
    pub fn with_image() -> Engine {
        Engine::new().answering("--entrypoint", IMAGE)
    }

    /// Commands with this word get this answer.
    pub fn answering(self, word: &str, recording: &str) -> Engine {
        fs::write(self.folder.path().join(word), recording).unwrap();
        self
    }

    /// Commands with this word end as it was recorded of a real engine.
    pub fn failing(self, word: &str, recorded: &str) -> Engine {
        let recording = fs::read_to_string(recordings().join(format!("{recorded}.txt"))).unwrap();
        self.answering(word, &recording)
    }

    /// As `--engine` takes it.
    pub fn program(&self) -> String {
        self.folder.path().join("docker").into_os_string().into_string().unwrap()
    }
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/docker")
}

/// Compiled elsewhere and then renamed: another test program may do the same at this moment.
static STAND_IN: LazyLock<PathBuf> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/stand_in.rs");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ours = tempfile::tempdir_in(folder).unwrap();
    let partial = ours.path().join("stand_in");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&ours).args(["--edition=2024", "-o"]).arg(&partial).arg(source);
    assert!(rustc.status().expect("cargo runs this, so rustc is there").success());
    let program = folder.join("stand_in");
    fs::rename(partial, &program).unwrap();
    program
});
