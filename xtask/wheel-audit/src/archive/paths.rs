//! Paths in archives that are not safe to unpack, or cannot be unpacked on Windows.

/// The reason why a path might lead out of the folder into which it is unpacked; none if it cannot.
pub fn why_unsafe(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    let has_drive = bytes.get(1) == Some(&b':') && bytes[0].is_ascii_alphabetic();
    if path.chars().any(char::is_control) {
        Some("it has control characters")
    } else if path.contains('\\') {
        Some("it has a backslash")
    } else if path.starts_with('/') || has_drive {
        Some("it is absolute")
    } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        Some("it has a part that is no name")
    } else {
        None
    }
}

/// The reason why Windows can have no such path; none if it can.
pub fn why_not_on_windows(path: &str) -> Option<&'static str> {
    path.split('/').filter(|part| !matches!(*part, "." | "..")).find_map(|part| {
        let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let numbered = |device: &str| {
            stem.strip_prefix(device).is_some_and(|n| matches!(n.as_bytes(), [b'1'..=b'9']))
        };
        if part.contains(['<', '>', ':', '"', '|', '?', '*']) {
            Some("it has one of <>:\"|?*")
        } else if part.ends_with(['.', ' ']) {
            Some("a part of it ends with a dot or a space")
        } else if matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
            || numbered("com")
            || numbered("lpt")
        {
            Some("a part of it names a device")
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_of_a_folder_are_told() {
        for path in ["../a", "a/../../b", "/a", "C:/a", "c:a", "a\\b", "a//b", "./a", "a\nb", ""] {
            assert!(why_unsafe(path).is_some(), "{path:?}");
        }
        for path in ["a", "a/b.py", "a/..b", "a/...", "a b/c:d", "é/ü"] {
            assert_eq!(why_unsafe(path), None, "{path:?}");
        }
    }

    #[test]
    fn names_that_windows_lacks_are_told() {
        for path in ["a/con", "NUL.txt", "a/com1.py", "a:b", "a./b", "a /b", "what?"] {
            assert!(why_not_on_windows(path).is_some(), "{path:?}");
        }
        for path in ["a/console.py", "com10", "comma", "a.b/c"] {
            assert_eq!(why_not_on_windows(path), None, "{path:?}");
        }
    }
}
