//! Publishing to an index on this machine: whole, interrupted, taken up again, refused.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{RELEASE, Release};
use crate::{
    copy::Copy,
    support::{Run, files_below},
};

/// A server of packages; it ends with the test.
pub struct Index {
    pub server: Child,
    pub folder: PathBuf,
    address: String,
}

impl Index {
    pub fn start(copy: &Copy, name: &str) -> Index {
        let mut index = Index::with_input(copy, name);
        drop(index.server.stdin.take());
        index
    }

    /// One that waits for a line before it takes the second file.
    pub fn with_input(copy: &Copy, name: &str) -> Index {
        let venv = copy.root.join("target/index-server");
        let python = venv.join("bin/python");
        if !venv.join("bin/pypi-server").exists() {
            let venv_module = ["-m", "venv", "--clear"];
            done(Command::new(copy.tool("bin/python")).args(venv_module).arg(&venv));
            let lock = copy.root.join("build-scripts/requirements/index.txt");
            let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"];
            done(Command::new(&python).args(pip).arg(lock));
        }
        let folder = copy.root.join("target").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let script = "tests/end_to_end/gate/index_server.py";
        let mut server = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Index { server, folder, address: format!("http://127.0.0.1:{}", port.trim()) }
    }

    pub fn files(&self) -> Vec<String> {
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> =
            fs::read_dir(&self.folder).unwrap().map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[track_caller]
fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

pub fn publish(release: &Release, index: &Index) -> Command {
    let mut command = release.copy.command(&["publish", "--repository", &index.address]);
    command.env("UV_PUBLISH_USERNAME", "dev").env("UV_PUBLISH_PASSWORD", "dev");
    command
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_passed_is_published_once_and_an_interrupted_upload_is_taken_up() {
    let release = &*RELEASE;
    release.passes();
    let mut index = Index::with_input(&release.copy, "index");
    interrupt(release, &mut index);

    let again = Run::of(publish(release, &index).output().unwrap());
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    assert_eq!(index.files(), release.files.keys().cloned().collect::<Vec<_>>());
    for (name, content) in &release.files {
        assert_eq!(&fs::read(index.folder.join(name)).unwrap(), content, "{name}");
    }
    let once_more = Run::of(publish(release, &index).output().unwrap());
    assert_eq!(once_more.code, 0, "{}", once_more.stderr);
    installs(&release.copy, &index);

    let other = release.files.keys().find(|name| name.ends_with(".whl")).unwrap();
    fs::write(index.folder.join(other), b"another wheel").unwrap();
    let refused = Run::of(publish(release, &index).output().unwrap());
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert_eq!(fs::read(index.folder.join(other)).unwrap(), b"another wheel");
}

/// The index kills the helper when one file is there and the second is about to be.
fn interrupt(release: &Release, index: &mut Index) {
    let mut upload = publish(release, index);
    let mut upload = upload.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let id = format!("kill -9 {}; false\n", upload.id());
    index.server.stdin.take().unwrap().write_all(id.as_bytes()).unwrap();
    assert_eq!(upload.wait().unwrap().signal(), Some(9));
    let files = index.files();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(fs::read(index.folder.join(&files[0])).unwrap(), release.files[&files[0]]);
}

/// By pip and by uv, in each CPython here that a wheel of the release is for.
fn installs(copy: &Copy, index: &Index) {
    let facts: serde_json::Value = serde_json::from_str(&copy.xtask(&["facts"]).answer()).unwrap();
    let pythons = facts["pythons"].as_array().unwrap().iter();
    let version = |python: &&serde_json::Value| python["version"][1].as_u64().unwrap();
    let served = pythons.filter(|p| p["version"][0] == 3 && [8, 11, 12, 13].contains(&version(p)));
    let served: Vec<&str> = served.map(|p| p["executable"].as_str().unwrap()).collect();
    assert!(served.len() >= 3, "three interpreters are needed: {served:?}");
    let simple = format!("{}/simple/", index.address);
    let uv = copy.root.join("target/xtask/publishers/bin/uv");
    for python in served {
        let site = copy.root.join("target/installed");
        let _ = fs::remove_dir_all(&site);
        let words = ["install", "--no-deps", "--target", site.to_str().unwrap(), "esig"];
        let pip = ["-m", "pip", "--no-cache-dir"];
        done(Command::new(python).args(pip).args(words).env("PIP_INDEX_URL", &simple));
        assert!(site.join("esig/__init__.py").exists());
        fs::remove_dir_all(&site).unwrap();
        let uv_pip = ["pip", "install", "--no-cache", "--python", python];
        done(Command::new(&uv).args(uv_pip).args(&words[1..]).env("UV_DEFAULT_INDEX", &simple));
        assert!(Path::new(&site).join("esig/__init__.py").exists());
    }
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn what_changes_while_it_is_checked_did_not_pass() {
    let release = &*RELEASE;
    let noted = release.copy.root.join("target/xtask/gate.json");
    fs::write(&noted, "{}").unwrap();
    release.copy.xtask(&["note-checked", "wheelhouse", "--begin"]).answer();
    assert!(!noted.exists(), "what passed earlier passed no more");
    let name = release.files.keys().next().unwrap();
    let path = release.copy.root.join("wheelhouse").join(name);
    fs::write(&path, b"changed while it was checked").unwrap();
    let changed = release.copy.xtask(&["note-checked", "wheelhouse"]);
    fs::write(&path, &release.files[name]).unwrap();
    assert_eq!(changed.code, 1, "{}", changed.stderr);
    let what = format!("it changed while it was checked: `{name}` is another");
    assert!(changed.stderr.contains(&what), "{}", changed.stderr);
    assert!(!noted.exists());
    release.copy.xtask(&["note-checked", "wheelhouse"]).answer();
    assert!(noted.exists());
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn the_index_that_was_uploaded_to_is_asked_and_no_other_and_nobody_is_shown_the_password() {
    let release = &*RELEASE;
    let index = Index::start(&release.copy, "index");
    // What pip would take from the other one, were it asked: a later build of the same version.
    let other = Index::start(&release.copy, "other-index");
    for (name, content) in &release.files {
        let later = name.replace("esig-1.1.0-", "esig-1.1.0-9-");
        fs::write(other.folder.join(later), content).unwrap();
    }
    let config = release.copy.root.join("target/pip.conf");
    let elsewhere = format!("{}/simple/", other.address);
    fs::write(&config, format!("[global]\nextra-index-url = {elsewhere}\n")).unwrap();
    // It stands in no source, of which there are copies among what is searched.
    let password = format!("secret-of-{}", std::process::id());
    let address = index.address.replace("//", &format!("//dev:{password}@"));
    let mut words = vec!["publish", "--repository", &address];
    let mut command = release.copy.command(&words);
    command.env("PIP_EXTRA_INDEX_URL", &elsewhere).env("PIP_CONFIG_FILE", &config);
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(index.files(), release.files.keys().cloned().collect::<Vec<_>>());
    words.push("--dry-run");
    let plan = release.copy.xtask(&words).answer();
    assert!(plan.contains("UV_PUBLISH_PASSWORD=\"$UV_PUBLISH_PASSWORD\""), "{plan}");
    assert!(!(run.stdout + &run.stderr + &plan).contains(&password));
    let state = release.copy.root.join("target/xtask");
    for file in files_below(&state) {
        let is_of_tools = file.starts_with("publishers") || file.starts_with("tools");
        // Some are links to nothing.
        let content = fs::read(state.join(&file)).unwrap_or_default();
        let shows = memchr::memmem::find(&content, password.as_bytes()).is_some();
        assert!(is_of_tools || !shows, "{file:?}: {}", String::from_utf8_lossy(&content));
    }
}
