//! Looking for interpreters in folders.

use camino::{Utf8Path, Utf8PathBuf};

/// What is in a folder; nothing if it cannot be read.
pub fn entries(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    entries.filter_map(Result::ok).map(|entry| entry.path().to_owned()).collect()
}

/// The interpreters in a folder, sorted.
pub fn pythons_in(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files = entries(folder);
    files.retain(|file| file.file_name().is_some_and(is_python));
    files.sort();
    files
}

/// `python`, `python3`, `python3.8`, `python3.13t`, on Windows with `.exe`; not `python3-config`.
pub fn is_python(file_name: &str) -> bool {
    let name = file_name.strip_suffix(".exe").unwrap_or(file_name);
    name.strip_prefix("python").is_some_and(|version| {
        let digits = version.strip_suffix('t').unwrap_or(version);
        digits.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_interpreters_are_taken_from_path() {
        for name in ["python", "python3", "python2.7", "python3.13t", "python3.12.exe"] {
            assert!(is_python(name), "{name}");
        }
        for name in ["python3-config", "python3.11-gdb.py", "pythonw", "ipython3", "pydoc"] {
            assert!(!is_python(name), "{name}");
        }
    }
}
