//! How much room there is: on the disk of a folder, and in memory.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

#[cfg(windows)]
use windows_sys::Win32::{
    Storage::FileSystem::{GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDrives},
    System::{
        SystemInformation::{GlobalMemoryStatusEx, MEMORYSTATUSEX},
        WindowsProgramming::DRIVE_FIXED,
    },
};

#[cfg(windows)]
use crate::ground::paths::with_slashes;

/// The disk that a folder is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The folder that was asked for, or what there is of the way to it.
    pub folder: Utf8PathBuf,
    pub free_bytes: u64,
    /// The disk is in memory.
    pub is_memory: bool,
    /// The user may write there.
    pub is_writable: bool,
    /// Nobody may: the disk can only be read.
    #[serde(default)]
    pub is_read_only: bool,
    /// Programs there may be started.
    pub is_executable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    pub bytes: u64,
    /// What programs can still have without taking it from others.
    pub available_bytes: u64,
}

/// The disk of a folder that may be still to be made; none if the system does not tell.
pub fn disk(folder: &Utf8Path) -> Option<Disk> {
    let folder = folder.ancestors().find(|folder| folder.is_dir())?;
    disk_of(folder)
}

#[cfg(unix)]
fn disk_of(folder: &Utf8Path) -> Option<Disk> {
    let path = std::ffi::CString::new(folder.as_str()).ok()?;
    // SAFETY: all numbers may be zero in it, and both calls only read the path and fill it in.
    let (filled, is_writable, told) = unsafe {
        let mut told: libc::statvfs = std::mem::zeroed();
        let filled = libc::statvfs(path.as_ptr(), &mut told) == 0;
        (filled, libc::access(path.as_ptr(), libc::W_OK) == 0, told)
    };
    #[cfg(target_os = "linux")]
    let is_executable = told.f_flag & libc::ST_NOEXEC == 0;
    #[cfg(not(target_os = "linux"))]
    let is_executable = true;
    #[allow(clippy::unnecessary_cast, reason = "their types differ between systems")]
    filled.then(|| Disk {
        folder: folder.to_owned(),
        free_bytes: told.f_bavail as u64 * told.f_frsize as u64,
        is_memory: is_memory(&path),
        is_writable,
        is_read_only: told.f_flag & libc::ST_RDONLY != 0,
        is_executable,
    })
}

#[cfg(target_os = "linux")]
fn is_memory(path: &std::ffi::CStr) -> bool {
    // SAFETY: all numbers may be zero in it, and the call only reads the path and fills it in.
    unsafe {
        let mut told: libc::statfs = std::mem::zeroed();
        libc::statfs(path.as_ptr(), &mut told) == 0 && told.f_type == libc::TMPFS_MAGIC
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_memory(_: &std::ffi::CStr) -> bool {
    false
}

#[cfg(windows)]
fn disk_of(folder: &Utf8Path) -> Option<Disk> {
    let path = wide(folder);
    let mut free_bytes = 0;
    // SAFETY: the path ends in a zero, and two of the three answers may be left out.
    let told = unsafe {
        let none = std::ptr::null_mut();
        GetDiskFreeSpaceExW(path.as_ptr(), &mut free_bytes, none, none)
    };
    (told != 0).then(|| Disk {
        folder: with_slashes(folder.as_str()),
        free_bytes,
        is_memory: false,
        // Nothing there forbids it to all programs alike.
        is_writable: true,
        is_read_only: false,
        is_executable: true,
    })
}

/// What is free on each drive that is built in, `C`; elsewhere there are no drives.
#[cfg(windows)]
pub fn free_on_drives() -> BTreeMap<String, u64> {
    // SAFETY: it takes nothing.
    let drives = unsafe { GetLogicalDrives() };
    let letters = (b'A'..=b'Z').filter(|letter| drives & (1 << (letter - b'A')) != 0);
    let free = |letter: u8| {
        let letter = char::from(letter);
        let folder = Utf8PathBuf::from(format!(r"{letter}:\"));
        // SAFETY: the path ends in a zero.
        let kind = unsafe { GetDriveTypeW(wide(&folder).as_ptr()) };
        // A drive without a disk in it would ask for one.
        (kind == DRIVE_FIXED).then_some(())?;
        Some((letter.to_string(), disk_of(&folder)?.free_bytes))
    };
    letters.filter_map(free).collect()
}

#[cfg(not(windows))]
pub fn free_on_drives() -> BTreeMap<String, u64> {
    BTreeMap::new()
}

#[cfg(windows)]
fn wide(path: &Utf8Path) -> Vec<u16> {
    path.as_str().encode_utf16().chain([0]).collect()
}

#[cfg(windows)]
pub fn memory() -> Option<Memory> {
    let length = size_of::<MEMORYSTATUSEX>() as u32;
    let mut status = MEMORYSTATUSEX { dwLength: length, ..Default::default() };
    // SAFETY: its length says how much may be filled in.
    let told = unsafe { GlobalMemoryStatusEx(&mut status) };
    let MEMORYSTATUSEX { ullTotalPhys: bytes, ullAvailPhys: available_bytes, .. } = status;
    (told != 0).then_some(Memory { bytes, available_bytes })
}

#[cfg(target_os = "linux")]
pub fn memory() -> Option<Memory> {
    parse_meminfo(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// macOS tells in two places, and counts in pages.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn memory() -> Option<Memory> {
    use crate::facts::programs::answer;
    let bytes = answer("sysctl", &["-n", "hw.memsize"])?.trim().parse().ok()?;
    Some(Memory { bytes, available_bytes: parse_vm_stat(&answer("vm_stat", &[])?)? })
}

#[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code, reason = "it is Linux's"))]
fn parse_meminfo(text: &str) -> Option<Memory> {
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(1024 * line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?)
    };
    Some(Memory { bytes: bytes("MemTotal:")?, available_bytes: bytes("MemAvailable:")? })
}

/// Pages that are free, or that others only keep as long as nobody wants them.
#[cfg_attr(not(any(target_os = "macos", test)), expect(dead_code, reason = "it is macOS's"))]
fn parse_vm_stat(text: &str) -> Option<u64> {
    let size = text.split("page size of ").nth(1)?.split(' ').next()?.parse::<u64>().ok()?;
    let pages = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches('.').parse::<u64>().ok()
    };
    let names = ["Pages free:", "Pages inactive:", "Pages speculative:", "Pages purgeable:"];
    Some(size * names.iter().filter_map(|name| pages(name)).sum::<u64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_that_linux_can_give_is_read() {
        let text =
            "MemTotal:       24684084 kB\nMemFree:         1234 kB\nMemAvailable:   2048 kB\n";
        let memory = Memory { bytes: 24684084 * 1024, available_bytes: 2 << 20 };
        assert_eq!(parse_meminfo(text), Some(memory));
        assert_eq!(parse_meminfo(""), None);
    }

    #[test]
    fn the_memory_that_macos_can_give_is_counted_in_pages() {
        let text = "Mach Virtual Memory Statistics: (page size of 16384 bytes)\n\
                    Pages free:                               10.\n\
                    Pages active:                         400000.\n\
                    Pages inactive:                           20.\n\
                    Pages speculative:                         5.\n\
                    Pages purgeable:                           5.\n";
        assert_eq!(parse_vm_stat(text), Some(40 * 16384));
        assert_eq!(parse_vm_stat(""), None);
    }

    #[test]
    #[cfg(windows)]
    fn windows_is_on_one_of_the_drives() {
        let drive = std::env::var("SystemDrive").unwrap().replace(':', "");
        assert!(free_on_drives()[&drive] > 0);
    }

    #[test]
    fn a_folder_that_is_still_to_be_made_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let disk = disk(&folder.join("a/b")).unwrap();
        assert_eq!(disk.folder, folder);
        assert!(disk.is_writable && disk.free_bytes > 0);
    }
}
