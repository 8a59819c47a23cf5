//! The end of programs with ours: however this process ends, nothing that it started runs on.

use std::{fs::File, io};

use anyhow::Context;
use duct::{Expression, ReaderHandle};

/// All programs of a run, and those that they start. They end when this value is dropped and when
/// this process is killed, so none of them writes on behind the back of the next run.
pub struct Group(system::Group);

impl Group {
    /// What goes on until the programs have ended may share the lock: then the next run does not
    /// begin before.
    pub fn new(lock: &File) -> anyhow::Result<Group> {
        system::Group::new(lock).map(Group).context("cannot make a group of processes")
    }

    /// Starts a program in the group.
    pub fn start(&self, program: &Expression) -> io::Result<ReaderHandle> {
        self.0.start(program)
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

    use duct::{Expression, ReaderHandle};

    /// A process group and the program that ends it.
    pub struct Group {
        keeper: Child,
    }

    /// Waits for the end of its input, which comes when our side of the pipe closes for whatever
    /// reason, and ends the group, itself included.
    const KEEPER: &str = "read -r line; kill -s KILL 0";

    impl Group {
        pub fn new(lock: &File) -> io::Result<Group> {
            let keeper = Command::new("/bin/sh")
                .args(["-c", KEEPER])
                .stdin(Stdio::piped())
                .stdout(lock.try_clone()?)
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()?;
            Ok(Group { keeper })
        }

        pub fn start(&self, program: &Expression) -> io::Result<ReaderHandle> {
            let id = self.keeper.id().cast_signed();
            let join = move |program: &mut Command| {
                program.process_group(id);
                Ok(())
            };
            program.before_spawn(join).reader()
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            drop(self.keeper.stdin.take());
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

    use duct::{Expression, ReaderHandle};
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
        pub fn new(_lock: &File) -> io::Result<Group> {
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

        /// What the program starts is taken in with it; it has not come to that when we are told
        /// that there is a program.
        pub fn start(&self, program: &Expression) -> io::Result<ReaderHandle> {
            let started = program.reader()?;
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
