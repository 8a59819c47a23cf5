//! The folder where a plan is carried out, and what runs leave there for each other.

use std::{
    fs::{self, File},
    io::{self, Write},
    thread,
    time::Duration,
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    files::{create_parent, make_way, open_lock, read_small},
    hinted,
    plan::slug,
    tell, without_login,
};

/// A root, which the paths of plans start from, and a folder below it for what runs have to
/// remember: the journal, logs, a lock.
#[derive(Clone, Debug)]
pub struct Workplace {
    pub(crate) root: Utf8PathBuf,
    state: Utf8PathBuf,
}

impl Workplace {
    /// `state` is relative to `root`.
    pub fn new(root: impl Into<Utf8PathBuf>, state: impl Into<Utf8PathBuf>) -> Workplace {
        Workplace { root: root.into(), state: state.into() }
    }

    pub(crate) fn state(&self) -> Utf8PathBuf {
        self.root.join(&self.state)
    }

    /// Holds the lock while it lives; the system lets go of it however the process ends. Whoever
    /// comes while another has it waits, or fails.
    pub fn lock(&self, program: &str, wait: bool) -> anyhow::Result<File> {
        let path = self.state().join("lock");
        let file = open_lock(&path)?;
        if !is_soon_locked(&file) {
            let holder = self.holder(program);
            let holder = holder.as_deref().unwrap_or("nobody knows which");
            let what = format!("another `{program}` is at work in this checkout: {holder}");
            if !wait {
                return Err(hinted(what, "without `--no-wait` it is waited for"));
            }
            tell(&format!("{what}\nwaiting for its end"));
            file.lock().with_context(|| format!("cannot lock `{path}`"))?;
        }
        // Not in the file itself: Windows lets nobody read what is locked. It is of use to people
        // alone, so that it cannot be written is no matter.
        let holder = self.holder_path();
        let _ = make_way(&holder).map(|()| fs::write(holder, Holder::ourselves().as_text()));
        Ok(file)
    }

    fn holder_path(&self) -> Utf8PathBuf {
        self.state().join("lock-holder")
    }

    /// Who wrote last that they have the lock.
    fn holder(&self, program: &str) -> Option<String> {
        let text = read_small(&self.holder_path()).ok()?;
        let holder = Holder::read(str::from_utf8(&text).ok()?)?;
        let Holder { process, since_s, command } = holder;
        let ago_s = now_s().saturating_sub(since_s);
        Some(format!("process {process}, `{program} {command}`, begun {ago_s} s ago"))
    }

    /// Where the log of a job is, relative to the root.
    pub fn log_path(&self, job_name: &str) -> Utf8PathBuf {
        self.state.join(format!("logs/{}.log", slug(job_name)))
    }

    /// Writes a file so that nobody ever sees half of it: elsewhere first, then renamed. Elsewhere
    /// is a folder of the state, so that a killed run leaves nothing beside the file.
    pub fn write_whole(&self, path: &Utf8Path, content: &[u8]) -> anyhow::Result<()> {
        let name = path.file_name().with_context(|| format!("`{path}` names no file"))?;
        let partial = self.partials().join(format!("{}.{name}", std::process::id()));
        create_parent(path)?;
        create_parent(&partial)?;
        let written = match place(&partial, path, content) {
            // A rename does not reach another file system: there, it has to be beside the file.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                place(&path.with_file_name(format!(".{name}.partial")), path, content)
            }
            written => written,
        };
        written.with_context(|| format!("cannot write `{path}`"))
    }

    /// Where programs keep what they need for a moment; gone when the run ends, or the next begins.
    pub fn temporary(&self) -> Utf8PathBuf {
        self.state().join("temporary")
    }

    /// Where files are written before they are renamed. What a killed run left there is of no use.
    pub fn partials(&self) -> Utf8PathBuf {
        self.state().join("partial")
    }
}

/// Who has the lock: a process, since when, and its command.
struct Holder {
    process: u32,
    since_s: u64,
    command: String,
}

impl Holder {
    fn ourselves() -> Holder {
        let words = std::env::args_os().skip(1);
        let words: Vec<String> = words.map(|word| without_login(&word.to_string_lossy())).collect();
        Holder { process: std::process::id(), since_s: now_s(), command: words.join(" ") }
    }

    fn as_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.process, self.since_s, self.command)
    }

    fn read(text: &str) -> Option<Holder> {
        let mut lines = text.lines();
        let (process, since_s) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
        Some(Holder { process, since_s, command: lines.next()?.to_owned() })
    }
}

fn now_s() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs()
}

/// Whether the lock is ours after a moment: that is what a run takes whose process was killed.
fn is_soon_locked(file: &File) -> bool {
    (0..10).any(|attempt| {
        thread::sleep(Duration::from_millis(5 * attempt));
        file.try_lock().is_ok()
    })
}

fn place(partial: &Utf8Path, path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let placed = File::create(partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(partial, path)
    });
    placed.inspect_err(|_| drop(fs::remove_file(partial)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workplace() -> (tempfile::TempDir, Workplace) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        (folder, Workplace::new(root, "state"))
    }

    fn count(folder: &Utf8Path) -> usize {
        folder.read_dir_utf8().unwrap().count()
    }

    #[test]
    fn a_file_that_is_written_whole_replaces_an_older_one_and_leaves_nothing_beside_it() {
        let (_folder, workplace) = workplace();
        let path = workplace.root.join("wheelhouse/a.whl");
        for content in ["first, longer", "second"] {
            workplace.write_whole(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(count(&workplace.root.join("wheelhouse")), 1);
        assert_eq!(count(&workplace.partials()), 0);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let (_folder, workplace) = workplace();
        fs::create_dir_all(workplace.root.join("taken/by a folder")).unwrap();
        let error = workplace.write_whole(&workplace.root.join("taken"), b"x").unwrap_err();
        assert!(error.to_string().contains("taken"));
        assert_eq!(count(&workplace.partials()), 0);
    }
}
