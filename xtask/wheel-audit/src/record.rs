//! RECORD, the list of the path, digest and size of each file of a wheel.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::archive::Entry;

/// Writes the text of RECORD for these entries and for itself, at `path`.
pub fn record_of(entries: &[Entry], path: &str) -> String {
    let mut lines: String = entries.iter().map(|entry| line(entry) + "\n").collect();
    lines.push_str(&format!("{path},,\n"));
    lines
}

/// Compares the RECORD at `record_path` with the files (paths and contents): a sentence for each
/// difference.
pub fn check_record(files: &[(&str, &[u8])], record_path: &str) -> Vec<String> {
    let Some((_, record)) = files.iter().find(|(path, _)| *path == record_path) else {
        return vec![format!("`{record_path}` is missing")];
    };
    let text = String::from_utf8_lossy(record);
    let mut findings = Vec::new();
    let mut said: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match fields(line) {
            Some([path, digest, size]) => {
                if said.insert(path.clone(), [digest, size]).is_some() {
                    findings.push(format!("`{path}` is twice in RECORD"));
                }
            }
            None => findings.push(format!("RECORD has a line that is no record: `{line}`")),
        }
    }
    for (path, content) in files {
        let told = said.remove(*path);
        if is_never_digested(path, record_path) {
            continue;
        }
        match told {
            None => findings.push(format!("`{path}` is not in RECORD")),
            Some([digest, size]) => findings.extend(check_line(path, content, &digest, &size)),
        }
    }
    findings.extend(said.keys().map(|path| format!("`{path}` is in RECORD and not in the wheel")));
    findings
}

/// Whether a file has no digest in RECORD: RECORD itself, and its signatures.
fn is_never_digested(path: &str, record_path: &str) -> bool {
    matches!(path.strip_prefix(record_path), Some("" | ".jws" | ".p7s"))
}

fn check_line(path: &str, content: &[u8], digest: &str, size: &str) -> Option<String> {
    let (algorithm, said) = digest.split_once('=').unwrap_or((digest, ""));
    let computed = match algorithm {
        "sha256" => URL_SAFE_NO_PAD.encode(Sha256::digest(content)),
        "sha384" => URL_SAFE_NO_PAD.encode(Sha384::digest(content)),
        "sha512" => URL_SAFE_NO_PAD.encode(Sha512::digest(content)),
        "" => return Some(format!("`{path}` has no digest in RECORD")),
        weak => return Some(format!("`{path}` has a digest by `{weak}`, which is not allowed")),
    };
    let is_size_right = size.is_empty() || size == content.len().to_string();
    let is_right = said.trim_end_matches('=') == computed && is_size_right;
    (!is_right).then(|| format!("`{path}` is not as RECORD has it"))
}

/// Splits a line of comma-separated values, which may be quoted, into its three fields.
fn fields(line: &str) -> Option<[String; 3]> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => {
                fields.last_mut()?.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            c => fields.last_mut()?.push(c),
        }
    }
    fields.try_into().ok().filter(|_| !is_quoted)
}

fn line(entry: &Entry) -> String {
    let digest = Sha256::digest(&entry.content);
    let path = &entry.path;
    let path = if path.contains([',', '"']) {
        &format!("\"{}\"", path.replace('"', "\"\""))
    } else {
        path
    };
    format!("{path},sha256={},{}", URL_SAFE_NO_PAD.encode(digest), entry.content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn wheel() -> Vec<Entry> {
        let files = vec![entry("p/__init__.py", "x = 1\n"), entry("p/a.so", "ELF")];
        let record = record_of(&files, "p-1.dist-info/RECORD");
        [files, vec![entry("p-1.dist-info/RECORD", &record)]].concat()
    }

    #[test]
    fn digests_are_those_of_the_specification() {
        assert_eq!(line(&entry("e", "")), "e,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0");
    }

    #[track_caller]
    fn check(entries: &[Entry], findings: &[&str]) {
        let files: Vec<(&str, &[u8])> =
            entries.iter().map(|e| (e.path.as_str(), e.content.as_slice())).collect();
        assert_eq!(check_record(&files, "p-1.dist-info/RECORD"), findings);
    }

    #[test]
    fn a_true_record_has_no_findings() {
        check(&wheel(), &[]);
    }

    #[test]
    fn every_lie_is_found() {
        let mut changed = wheel();
        changed[0].content.push(b' ');
        check(&changed, &["`p/__init__.py` is not as RECORD has it"]);

        let mut added = wheel();
        added.push(entry("p/extra.py", ""));
        check(&added, &["`p/extra.py` is not in RECORD"]);

        check(&wheel()[1..], &["`p/__init__.py` is in RECORD and not in the wheel"]);
        check(&wheel()[..2], &["`p-1.dist-info/RECORD` is missing"]);
    }

    #[test]
    fn names_with_commas_and_quotes_are_written_and_read() {
        let files = vec![entry("p/a,\"b\".txt", "x")];
        let record = record_of(&files, "p-1.dist-info/RECORD");
        check(&[files, vec![entry("p-1.dist-info/RECORD", &record)]].concat(), &[]);
        assert_eq!(fields("\"a,\"\"b\",c,"), Some(["a,\"b", "c", ""].map(str::to_owned)));
        assert_eq!(fields("a,b"), None);
        assert_eq!(fields("\"a,b,c"), None);
    }

    #[test]
    fn digests_of_others_count_if_they_are_strong() {
        let wheel = |digest: &str| {
            let record = format!("a,{digest},\np-1.dist-info/RECORD,,\n");
            [entry("a", ""), entry("p-1.dist-info/RECORD", &record)]
        };
        let sha384 = "OLBgp1GsljhM2TJ-sbHjaiH9txEUvgdDTAzHv2P24donTt6_529l-9Ua0vFImLlb";
        check(&wheel(&format!("sha384={sha384}")), &[]);
        check(&wheel(&format!("sha384={sha384}=")), &[]);
        check(&wheel("sha256=nothing"), &["`a` is not as RECORD has it"]);
        check(
            &wheel("md5=1B2M2Y8AsgTpgAmY7PhCfg"),
            &["`a` has a digest by `md5`, which is not allowed"],
        );
        check(&wheel(""), &["`a` has no digest in RECORD"]);
    }
}
