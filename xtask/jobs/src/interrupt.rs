//! Ctrl-C and its like: once, everything ends in order; twice, at once.

use std::sync::atomic::{AtomicI32, Ordering};

/// The signal that asked for the end; 0 before.
static ASKED: AtomicI32 = AtomicI32::new(0);

/// Why what is under way then fails.
pub const INTERRUPTED: &str = "interrupted";

/// Whether that is why something failed.
pub fn is_why(error: &anyhow::Error) -> bool {
    is_asked() && format!("{error:#}").ends_with(INTERRUPTED)
}

/// Whether the user wants the end.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed) != 0
}

/// The exit code of a program that was asked to end: as a shell has it, 130 after Ctrl-C.
pub fn exit_code() -> Option<u8> {
    let signal = ASKED.load(Ordering::Relaxed);
    (signal != 0).then(|| u8::try_from(128 + signal).unwrap_or(130))
}

/// From now on signals ask; what is ignored, as `nohup` has it, stays so.
#[cfg(unix)]
pub fn heed() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: an all-zero sigaction is valid; the handler does only what a handler may.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let is_ignored = libc::sigaction(signal, std::ptr::null(), &mut action) == 0
                && action.sa_sigaction == libc::SIG_IGN;
            if !is_ignored {
                action.sa_sigaction = note as extern "C" fn(i32) as usize;
                action.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &action, std::ptr::null_mut());
            }
        }
    }
}

#[cfg(unix)]
extern "C" fn note(signal: i32) {
    if ASKED.swap(signal, Ordering::Relaxed) != 0 {
        // SAFETY: a handler may call it. Our programs end when our side of the keeper's pipe does.
        unsafe { libc::_exit(128 + signal) };
    }
}

/// From now on Ctrl-C asks.
#[cfg(windows)]
pub fn heed() {
    use windows_sys::{Win32::System::Console::SetConsoleCtrlHandler, core::BOOL};

    unsafe extern "system" fn note(_event: u32) -> BOOL {
        // The second time, the system's own handler ends us.
        i32::from(ASKED.swap(2, Ordering::Relaxed) == 0)
    }
    // SAFETY: the handler is a function that stays.
    unsafe { SetConsoleCtrlHandler(Some(note), 1) };
}
