//! An engine beside the machine's own, on a small disk of its own: to be filled up, and killed.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::docker;

/// Loading an image of half a gigabyte takes twice its size for a moment.
const DISK: &str = "1400M";

/// Stopped, unmounted and removed after the test, however it ends.
pub struct OwnEngine {
    folder: tempfile::TempDir,
    daemon: Option<Child>,
}

impl OwnEngine {
    /// One that runs, with an image of the machine's engine in it.
    pub fn with_image(image: &str) -> OwnEngine {
        let mut engine = OwnEngine { folder: tempfile::tempdir().unwrap(), daemon: None };
        fs::create_dir(engine.data()).unwrap();
        let disk = engine.folder.path().join("disk");
        must(Command::new("truncate").args(["--size", DISK]).arg(&disk));
        // Nothing is kept for root alone: the engine is root.
        must(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&disk));
        must(Command::new("mount").args(["-o", "loop"]).arg(&disk).arg(engine.data()));
        engine.start();
        let mut save = docker(&["save", image]).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = docker(&["load", "--quiet"]);
        load.env("DOCKER_HOST", engine.host()).stdin(save.stdout.take().unwrap());
        must(&mut load);
        assert!(save.wait().unwrap().success());
        engine
    }

    pub fn start(&mut self) {
        let (data, run) = (self.data(), self.folder.path().join("run"));
        let log = File::create(self.folder.path().join("log")).unwrap();
        // With a network of its own: one without a bridge removes that of every other engine.
        let mut daemon = Command::new("unshare");
        daemon.args(["--net", "dockerd"]).arg("--data-root").arg(data).arg("--exec-root").arg(&run);
        daemon.arg("--pidfile").arg(self.folder.path().join("pid"));
        daemon.args(["--host", &self.host(), "--bridge", "none", "--iptables=false"]);
        daemon.stdout(log.try_clone().unwrap()).stderr(log);
        let mut daemon = daemon.spawn().expect("dockerd is installed");
        while !self.answers() {
            assert!(daemon.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
        self.daemon = Some(daemon);
    }

    fn answers(&self) -> bool {
        let mut version = docker(&["version"]);
        let version = version.env("DOCKER_HOST", self.host()).output().unwrap();
        version.status.success()
    }

    /// Ends it by a signal, `TERM` or `KILL`, and waits for its end.
    pub fn end(&mut self, signal: &str) {
        let mut daemon = self.daemon.take().expect("it was started");
        must(Command::new("kill").args(["-s", signal, &daemon.id().to_string()]));
        daemon.wait().unwrap();
        // Its containerd ends with it. Where nobody buries orphans, as in many containers, it would
        // still look alive to the next engine.
        let _ = fs::remove_file(self.folder.path().join("run/containerd/containerd.pid"));
    }

    /// As DOCKER_HOST has it.
    pub fn host(&self) -> String {
        format!("unix://{}/socket", self.folder.path().display())
    }

    /// Leaves so many bytes of its disk.
    pub fn fill_up_to(&self, left: u64) {
        let filler = self.data().join("filler");
        let _ = fs::remove_file(&filler);
        let mut df = Command::new("df");
        let free = df.args(["--output=avail", "--block-size=1"]).arg(self.data()).output().unwrap();
        let free = String::from_utf8(free.stdout).unwrap();
        let free: u64 = free.lines().nth(1).unwrap().trim().parse().unwrap();
        let length = (free - left).to_string();
        must(Command::new("fallocate").args(["--length", &length]).arg(filler));
    }

    /// Leaves nothing of its disk; quickly, where [`OwnEngine::fill_up_to`] left little.
    pub fn fill(&self) {
        let mut filler = File::options().append(true).open(self.data().join("filler")).unwrap();
        let zeros = vec![0; 1 << 20];
        for length in [zeros.len(), 1] {
            while filler.write_all(&zeros[..length]).is_ok() {}
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        if self.daemon.is_some() {
            self.end("TERM");
        }
        // The disk, and what a killed engine left mounted: the last first.
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let folders = mounts.lines().filter_map(|line| line.split(' ').nth(1).map(Path::new));
        let ours: Vec<&Path> = folders.filter(|f| f.starts_with(self.folder.path())).collect();
        for folder in ours.iter().rev() {
            let _ = Command::new("umount").arg(folder).status();
        }
        for process in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            end_container(&process.path(), self.folder.path());
        }
    }
}

/// If `process` keeps a container of a killed engine in `folder`, both end.
fn end_container(process: &Path, folder: &Path) {
    let line = fs::read(process.join("cmdline")).unwrap_or_default();
    let folder = folder.to_str().expect("it was made from a name");
    if !String::from_utf8_lossy(&line).contains(folder) {
        return;
    }
    let id = process.file_name().unwrap().to_str().unwrap();
    let children = fs::read_to_string(process.join("task").join(id).join("children"));
    for id in children.unwrap_or_default().split_whitespace().chain([id]) {
        let _ = Command::new("kill").args(["-s", "KILL", id]).status();
    }
}

fn must(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
