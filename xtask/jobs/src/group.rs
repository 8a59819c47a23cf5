//! The end of programs with ours: however this process ends, nothing that it started runs on.

use std::{
    fs::File,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use anyhow::Context;
use duct::{Expression, Handle};

use crate::program::retried;

/// All programs of a run, and those that they start. They end when this value is dropped and when
/// this process is killed, so none of them writes on behind the back of the next run.
pub struct Group {
    system: system::Group,
    /// What the environment of each program says; told apart by a number at its end.
    mark: String,
    started: AtomicU64,
}

/// The variable of the mark.
const MARK: &str = "XTASK_RUN";

/// For what is started outside of a run.
static OF_PROCESS: Mutex<Option<Arc<Group>>> = Mutex::new(None);

/// Whether all that has lost its parent is ours.
static IS_ALONE: AtomicBool = AtomicBool::new(false);

/// The group of what this process starts before it carries a plan out.
pub fn of_process() -> io::Result<Arc<Group>> {
    let mut group = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    if group.is_none() {
        *group = Some(Arc::new(Group::start_keeper(None)?));
    }
    Ok(group.clone().expect("it was just made"))
}

/// Ends what was started before, or instead of, carrying a plan out and is still there.
pub fn end_programs() {
    drop(OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// Has programs whose parent has ended become children of this process, which starts no others
/// than those of a plan: then they can be found. Where the system cannot do that, what leaves its
/// group and its environment stays behind.
pub fn adopt_orphans() {
    // Whoever started us may have it ignored; then nobody is told how programs end.
    #[cfg(unix)]
    // SAFETY: it takes numbers alone.
    unsafe {
        libc::signal(libc::SIGCHLD, libc::SIG_DFL)
    };
    #[cfg(target_os = "linux")]
    // SAFETY: it takes numbers alone.
    IS_ALONE.store(
        unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) } == 0,
        Ordering::Relaxed,
    );
}

impl Group {
    /// What goes on until the programs have ended may share the lock: then the next run does not
    /// begin before.
    pub fn new(lock: &File) -> anyhow::Result<Group> {
        Group::start_keeper(Some(lock)).context("cannot make a group of processes")
    }

    fn start_keeper(lock: Option<&File>) -> io::Result<Group> {
        static GROUPS: AtomicU64 = AtomicU64::new(0);
        let number = GROUPS.fetch_add(1, Ordering::Relaxed);
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let mark = format!("{}-{since}-{number}.", std::process::id());
        let system = retried(|| system::Group::new(lock, &format!("{MARK}={mark}")))?;
        Ok(Group { system, mark, started: AtomicU64::new(0) })
    }

    /// What tells a program that is about to be started, and all that it starts, from others.
    pub fn mark(&self) -> String {
        format!("{}{}.", self.mark, self.started.fetch_add(1, Ordering::Relaxed))
    }

    /// Starts a program in the group.
    pub fn start(
        &self,
        program: &Expression,
        mark: &str,
        file_bytes: Option<u64>,
    ) -> io::Result<Handle> {
        let mark = mark.to_owned();
        // A program may be given all of its environment: the last word is this one.
        let marked = program.before_spawn(move |command| {
            command.env(MARK, &mark);
            Ok(())
        });
        let handle = retried(|| self.system.start(&marked))?;
        if let Some(bytes) = file_bytes {
            handle.pids().into_iter().for_each(|id| limit_files(id, bytes));
        }
        Ok(handle)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let orphans =
            if IS_ALONE.load(Ordering::Relaxed) { &[std::process::id()][..] } else { &[] };
        processes::end_all(orphans, &self.mark, &self.system.own_ids());
    }
}

/// Tells a program and all that it started to end, or ends them; false where the system does not
/// say who started whom.
pub fn end_tree(ids: &[u32], mark: &str, at_once: bool) -> bool {
    processes::signal_tree(ids, mark, at_once)
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn a_program_bears_the_mark_whatever_its_environment_is() {
        let program = duct::cmd!("/bin/sh", "-c", "echo $XTASK_RUN").full_env([("A", "b")]);
        let said = String::from_utf8(crate::ask(program, None).unwrap().stdout).unwrap();
        assert!(said.starts_with(&format!("{}-", std::process::id())), "{said}");
    }
}

#[cfg(target_os = "linux")]
fn limit_files(id: u32, bytes: u64) {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: it reads the limit. That a program has ended is no matter.
    unsafe { libc::prlimit(id.cast_signed(), libc::RLIMIT_FSIZE, &limit, std::ptr::null_mut()) };
}

#[cfg(not(target_os = "linux"))]
fn limit_files(_id: u32, _bytes: u64) {}

/// Finding processes: on Linux, by the mark in their environment and by their parents.
#[cfg(target_os = "linux")]
mod processes {
    use std::{
        collections::{HashMap, HashSet},
        fs,
    };

    use super::MARK;

    /// So often is looked for what was started while we looked.
    const ROUNDS: usize = 20;

    /// Ends all that bears the mark, and all that descends from `roots`, which live on, as do those
    /// that are spared.
    pub fn end_all(roots: &[u32], mark: &str, spared: &[u32]) {
        for _ in 0..ROUNDS {
            let mut found = tree(roots, mark);
            found.retain(|id| !roots.contains(id) && !spared.contains(id));
            if found.is_empty() {
                return;
            }
            found.iter().for_each(|id| signal(*id, libc::SIGKILL));
        }
    }

    pub fn signal_tree(ids: &[u32], mark: &str, at_once: bool) -> bool {
        if !at_once {
            tree(ids, mark).into_iter().for_each(|id| signal(id, libc::SIGTERM));
            return true;
        }
        end_all(&[], mark, &[]);
        // Those without a mark, and the program itself, which is waited for elsewhere.
        tree(ids, mark).into_iter().for_each(|id| signal(id, libc::SIGKILL));
        true
    }

    fn signal(id: u32, signal: i32) {
        // SAFETY: it takes numbers alone.
        unsafe { libc::kill(id.cast_signed(), signal) };
    }

    /// The processes named, all below them, and all that bear the mark; without those that have
    /// ended and are only not yet asked for.
    fn tree(roots: &[u32], mark: &str) -> HashSet<u32> {
        let mark = format!("{MARK}={mark}");
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut open = roots.to_vec();
        let mut ended = HashSet::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let Some((state, parent)) = state_and_parent(id) else { continue };
            if state == "Z" {
                ended.insert(id);
                continue;
            }
            children.entry(parent).or_default().push(id);
            if bears(id, mark.as_bytes()) {
                open.push(id);
            }
        }
        let mut found = HashSet::new();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(children.remove(&id).into_iter().flatten());
            }
        }
        found.retain(|id| !ended.contains(id));
        found
    }

    fn state_and_parent(id: u32) -> Option<(String, u32)> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name before it may have any letters, also parentheses.
        let mut words = stat.rsplit_once(") ")?.1.split(' ');
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
    }

    fn bears(id: u32, mark: &[u8]) -> bool {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(mark))
    }
}

#[cfg(not(target_os = "linux"))]
mod processes {
    pub fn end_all(_roots: &[u32], _mark: &str, _spared: &[u32]) {}

    #[cfg(unix)]
    pub fn signal_tree(ids: &[u32], _mark: &str, at_once: bool) -> bool {
        let signal = if at_once { libc::SIGKILL } else { libc::SIGTERM };
        // SAFETY: it takes numbers alone.
        ids.iter().for_each(|id| drop(unsafe { libc::kill(id.cast_signed(), signal) }));
        true
    }

    #[cfg(windows)]
    pub fn signal_tree(_ids: &[u32], _mark: &str, _at_once: bool) -> bool {
        false
    }
}

#[cfg(unix)]
mod system {
    use std::{
        fs::File,
        io,
        os::unix::process::CommandExt,
        process::{Child, Command, Stdio},
    };

    use duct::{Expression, Handle};

    /// A process group and the program that ends it.
    pub struct Group {
        keeper: Child,
    }

    /// Waits for the end of its input, which comes when our side of the pipe closes for whatever
    /// reason. Then it ends what has left the group and bears the mark, where the system shows
    /// environments, and the group, itself included.
    const KEEPER: &str = r#"
        read -r line
        for round in 1 2 3; do
            for file in $(grep -lasF -e "$0" /proc/[0-9]*/environ 2> /dev/null); do
                id=${file%/environ}
                kill -s KILL "${id#/proc/}" 2> /dev/null
            done
        done
        kill -s KILL 0"#;

    impl Group {
        pub fn new(lock: Option<&File>, mark: &str) -> io::Result<Group> {
            let output =
                lock.map_or(Ok(Stdio::null()), |lock| lock.try_clone().map(Stdio::from))?;
            let keeper = Command::new("/bin/sh")
                .args(["-c", KEEPER, mark])
                .stdin(Stdio::piped())
                .stdout(output)
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()?;
            Ok(Group { keeper })
        }

        pub fn own_ids(&self) -> [u32; 1] {
            [self.keeper.id()]
        }

        pub fn start(&self, program: &Expression) -> io::Result<Handle> {
            let id = self.keeper.id().cast_signed();
            let join = move |program: &mut Command| {
                program.process_group(id);
                Ok(())
            };
            program.before_spawn(join).start()
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            // SAFETY: it takes numbers alone.
            unsafe { libc::kill(-self.keeper.id().cast_signed(), libc::SIGKILL) };
            let _ = self.keeper.wait();
        }
    }
}

#[cfg(windows)]
mod system {
    use std::{
        fs::File,
        io,
        os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle},
        ptr,
    };

    use duct::{Expression, Handle};
    use windows_sys::Win32::System::{
        JobObjects::{
            AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
            JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
            SetInformationJobObject,
        },
        Threading::{OpenProcess, PROCESS_SET_QUOTA, PROCESS_TERMINATE},
    };

    /// A job object. Windows ends all that is in it when its last handle is closed, and that is
    /// ours. The next run may begin in that very moment.
    pub struct Group {
        job: OwnedHandle,
    }

    impl Group {
        pub fn new(_lock: Option<&File>, _mark: &str) -> io::Result<Group> {
            // SAFETY: a job needs neither attributes nor a name; what is given is ours.
            let job = unsafe { owned(CreateJobObjectW(ptr::null(), ptr::null()))? };
            let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
            limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
            let (kind, length) = (JobObjectExtendedLimitInformation, size_of_val(&limits) as u32);
            // SAFETY: it reads as much of the limits as there is.
            let set = unsafe {
                let limits = ptr::from_ref(&limits).cast();
                SetInformationJobObject(job.as_raw_handle(), kind, limits, length)
            };
            if set == 0 { Err(io::Error::last_os_error()) } else { Ok(Group { job }) }
        }

        pub fn own_ids(&self) -> [u32; 0] {
            []
        }

        /// What the program starts is taken in with it; it has not come to that when we are told
        /// that there is a program.
        pub fn start(&self, program: &Expression) -> io::Result<Handle> {
            let started = program.start()?;
            for id in started.pids() {
                // SAFETY: the handles are open, and what is given is ours. A program that has
                // ended cannot be taken in, and need not be.
                unsafe {
                    if let Ok(program) =
                        owned(OpenProcess(PROCESS_SET_QUOTA | PROCESS_TERMINATE, 0, id))
                    {
                        let (job, program) = (self.job.as_raw_handle(), program.as_raw_handle());
                        AssignProcessToJobObject(job, program);
                    }
                }
            }
            Ok(started)
        }
    }

    /// # Safety
    /// The handle is null, or nobody else closes it.
    unsafe fn owned(handle: RawHandle) -> io::Result<OwnedHandle> {
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: as above.
        Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
    }
}
