//! What should not be published: folders of the machine that built a wheel, and secrets.

use memchr::memmem::find_iter;

use crate::{archive::Member, binary::format_of, finding::Findings};

const CHECK: &str = "private";

pub fn check(member: &Member, findings: &mut Findings) {
    let bytes = member.content.as_slice();
    let mut subject = findings.about_file(CHECK, &member.path);
    // Text may mention such folders for good reasons; compiled code names those it was made in.
    if format_of(bytes).is_some()
        && let Some(path) = builder_path(bytes)
    {
        subject.warning(format!("names a folder of the builder: `{path}`"));
    }
    if let Some(what) = secret(bytes) {
        let is_test = member.path.split('/').any(|part| matches!(part, "test" | "tests"));
        let what = format!("holds {what}");
        if is_test { subject.warning(what) } else { subject.error(what) }
    }
}

/// Folders of users, and those in which wheels are usually built. Some are written in two pieces:
/// then searches for such paths do not find this file.
const FOLDERS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    "/tmp/",
    "/io/",
    "/project/",
    "/private/var/folders/",
    "/github/workspace/",
    ":\\Users\\",
    ":\\a\\",
];

/// The length up to which a path is shown.
const SHOWN_MAX: usize = 80;

/// The first path into a folder of the builder, if there is one.
pub fn builder_path(bytes: &[u8]) -> Option<String> {
    for folder in FOLDERS {
        let needle = folder.as_bytes();
        for at in find_iter(bytes, needle) {
            // A path of Windows begins with a drive letter before the colon.
            let start = if folder.starts_with(':') { at.checked_sub(1) } else { Some(at) };
            let Some(start) = start else { continue };
            let is_start = start == 0 || !is_of_path(bytes[start - 1]);
            let rest = &bytes[at + needle.len()..];
            let length = rest.iter().take_while(|byte| is_of_path(**byte)).count();
            // A path of one part, such as `/tmp/x`, is a place that code writes to as it runs.
            let is_deep = rest[..length].iter().any(|byte| matches!(byte, b'/' | b'\\'));
            // Hidden folders in `/tmp` belong to the system, not to a build.
            let is_hidden = rest.first() == Some(&b'.') && *folder == "/tmp/";
            if is_start && is_deep && !is_hidden {
                let end = (at + needle.len() + length).min(start + SHOWN_MAX);
                return Some(String::from_utf8_lossy(&bytes[start..end]).into_owned());
            }
        }
    }
    None
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'\\' | b'.' | b'-' | b'_' | b'+' | b'@')
}

/// How a token begins, how many letters and digits follow at least, and what it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "a key of AWS"),
    ("ASIA", 16, "a key of AWS"),
    ("pypi-AgEIcHlwaS5vcmc", 40, "a token of PyPI"),
    ("pypi-AgENdGVzdC5weXBpLm9yZw", 40, "a token of TestPyPI"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 60, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("xoxb-", 40, "a token of Slack"),
    ("npm_", 36, "a token of npm"),
];

/// The end of the keys in the documentation of AWS.
const EXAMPLE: &[u8] = b"EXAMPLE";

pub fn secret(bytes: &[u8]) -> Option<&'static str> {
    if has_private_key(bytes) {
        return Some("a private key");
    }
    TOKENS.iter().find(|(start, length, _)| has_token(bytes, start, *length)).map(|token| token.2)
}

fn has_token(bytes: &[u8], start: &str, length: usize) -> bool {
    let is_of_key = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    find_iter(bytes, start.as_bytes()).any(|at| {
        let rest = &bytes[at + start.len()..];
        let is_aws = length == 16;
        let found = rest
            .iter()
            .take_while(|byte| if is_aws { is_of_key(byte) } else { is_of_token(byte) })
            .count();
        let is_whole = at == 0 || !is_of_token(&bytes[at - 1]);
        let ends = rest.get(found).is_none_or(|byte| !is_of_token(byte));
        let is_long = if is_aws { found == length && ends } else { found >= length };
        is_whole && is_long && !rest[..found].ends_with(EXAMPLE)
    })
}

/// Whether there is a private key. Programs that read keys hold the header too, so that a line of
/// the key itself must follow.
fn has_private_key(bytes: &[u8]) -> bool {
    const LINE_MIN: usize = 40;
    find_iter(bytes, b"PRIVATE KEY-----").any(|at| {
        let rest = &bytes[at + b"PRIVATE KEY-----".len()..];
        let gap = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        gap > 0 && rest[gap..].iter().take_while(|byte| of_base64(byte)).count() >= LINE_MIN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_builders_are_found() {
        let found = |text: &str| builder_path(text.as_bytes());
        assert_eq!(found("\0/home/dev/x.c\0").unwrap(), "/home/dev/x.c");
        assert_eq!(found("in C:\\Users\\dev\\x.pdb").unwrap(), "C:\\Users\\dev\\x.pdb");
        for folder in [".cargo", "build"] {
            let path = ["/root", folder, "x"].join("/");
            assert_eq!(found(&path).unwrap(), path);
        }
        for text in [
            "/tmp/",
            "/tmp/x",
            "/usr/home/dev/x",
            "https://x/home/dev/y",
            concat!("/ho", "me/"),
            "/tmp/.X11-unix/X",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_found_and_what_only_looks_like_one_is_not() {
        let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB";
        let header = "-----BEGIN RSA PRIVATE KEY-----";
        assert_eq!(secret(format!("{header}\n{key}\n").as_bytes()), Some("a private key"));
        assert_eq!(secret(format!("b\"{header}\" # {key}").as_bytes()), None);
        assert_eq!(secret(b"id = 'AKIAABCDEFGHIJKLMNOP'"), Some("a key of AWS"));
        assert_eq!(secret(b"id = 'AKIAIOSFODNN7EXAMPLE'"), None);
        assert_eq!(secret(b"AKIAABCDEFGHIJKLMNOPQ"), None);
        let token = format!("password = pypi-AgEIcHlwaS5vcmc{}", "aB3_".repeat(12));
        assert_eq!(secret(token.as_bytes()), Some("a token of PyPI"));
        assert_eq!(secret(b"pypi-AgEIcHlwaS5vcmc"), None);
    }
}
