//! Paths as plans and facts write them: with `/`, of whatever machine and on whatever machine.

use camino::{Utf8Path, Utf8PathBuf};

/// Everything that is built, and what is known of earlier builds, is below this folder.
pub const STATE: &str = "target/xtask";

/// The file beside finished files that has the hash of each.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// A path within a folder. `Utf8Path::join` would take the separator of the machine we run on.
pub fn below(folder: impl AsRef<Utf8Path>, path: impl AsRef<Utf8Path>) -> Utf8PathBuf {
    let (folder, path) = (folder.as_ref().as_str(), path.as_ref());
    match folder.strip_suffix('/').unwrap_or(folder) {
        "" if !folder.starts_with('/') => path.to_owned(),
        folder => format!("{folder}/{path}").into(),
    }
}

/// A path of Windows as plans write it. Windows itself calls a file of a network
/// `\\?\UNC\server\…` when it is asked for the real path.
pub fn with_slashes(path: &str) -> Utf8PathBuf {
    let plain = match (path.strip_prefix(r"\\?\UNC\"), path.strip_prefix(r"\\?\")) {
        (Some(of_network), _) => format!(r"\\{of_network}"),
        (None, plain) => plain.unwrap_or(path).to_owned(),
    };
    plain.replace('\\', "/").into()
}

/// A path as programs of Windows write it; elsewhere it stays what it is.
pub fn with_backslashes(path: &Utf8Path) -> String {
    if has_drive(path.as_str()) { path.as_str().replace('/', "\\") } else { path.to_string() }
}

/// The last part of a path, of whatever system.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether a path is absolute, on Windows or elsewhere.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

fn has_drive(path: &str) -> bool {
    path.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_a_folder_has_one_slash_between_on_every_machine() {
        assert_eq!(below("C:/Python311", "libs/python311.lib"), "C:/Python311/libs/python311.lib");
        assert_eq!(below("C:/", "Python311"), "C:/Python311");
        assert_eq!(below("/", "usr"), "/usr");
        assert_eq!(below("", "esig/ext"), "esig/ext");
    }

    #[test]
    fn paths_have_slashes_and_no_prefix_of_long_ones() {
        assert_eq!(with_slashes(r"\\?\C:\Python311\python.exe"), "C:/Python311/python.exe");
        assert_eq!(with_slashes(r"\\?\UNC\server\share\esig"), "//server/share/esig");
    }

    #[test]
    fn a_path_of_windows_has_backslashes_there() {
        assert_eq!(with_backslashes(Utf8Path::new("C:/a/b.bat")), r"C:\a\b.bat");
        assert_eq!(with_backslashes(Utf8Path::new("/tmp/a/b.bat")), "/tmp/a/b.bat");
    }
}
