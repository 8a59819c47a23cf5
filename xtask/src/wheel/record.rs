//! RECORD: the path, digest and size of every file of a wheel.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Entry;

/// The text of RECORD for these entries, itself (`path`) included, without a digest.
pub fn record_of(entries: &[Entry], path: &str) -> String {
    let mut lines: String = entries.iter().map(|entry| line(entry) + "\n").collect();
    lines.push_str(&format!("{path},,\n"));
    lines
}

/// What RECORD says wrongly about the entries, one finding each.
pub fn check_record(entries: &[Entry], record_path: &str) -> Vec<String> {
    let Some(record) = entries.iter().find(|entry| entry.path == record_path) else {
        return vec![format!("`{record_path}` is missing")];
    };
    let text = String::from_utf8_lossy(&record.content);
    let mut findings = Vec::new();
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        let path = line.split(',').next().unwrap_or_default().trim_matches('"');
        if said.insert(path, line).is_some() {
            findings.push(format!("`{path}` is twice in RECORD"));
        }
    }
    for entry in entries.iter().filter(|entry| entry.path != record_path) {
        match said.remove(entry.path.as_str()) {
            None => findings.push(format!("`{}` is not in RECORD", entry.path)),
            Some(said) if said != line(entry) => {
                findings.push(format!("`{}` is not as RECORD has it", entry.path));
            }
            Some(_) => {}
        }
    }
    said.remove(record_path);
    findings.extend(said.keys().map(|path| format!("`{path}` is in RECORD and not in the wheel")));
    findings
}

fn line(entry: &Entry) -> String {
    let digest = Sha256::digest(&entry.content);
    let path = &entry.path;
    let path = if path.contains([',', '"']) { &format!("\"{path}\"") } else { path };
    format!("{path},sha256={},{}", url_safe_base64(&digest), entry.content.len())
}

/// Base64 with `-` and `_` and without padding, as PEP 376 and the wheel specification ask for.
fn url_safe_base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(group >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.to_owned(), content: content.as_bytes().to_vec() }
    }

    fn wheel() -> Vec<Entry> {
        let files = vec![entry("esig/__init__.py", "x = 1\n"), entry("esig/tosig.so", "ELF")];
        let record = record_of(&files, "esig-1.dist-info/RECORD");
        [files, vec![entry("esig-1.dist-info/RECORD", &record)]].concat()
    }

    #[track_caller]
    fn check(entries: &[Entry], findings: &[&str]) {
        assert_eq!(check_record(entries, "esig-1.dist-info/RECORD"), findings);
    }

    #[test]
    fn digests_are_those_of_the_specification() {
        assert_eq!(url_safe_base64(b""), "");
        assert_eq!(url_safe_base64(b"f"), "Zg");
        assert_eq!(url_safe_base64(b"fo"), "Zm8");
        assert_eq!(url_safe_base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(url_safe_base64(&[0xfb, 0xff]), "-_8");
        assert_eq!(line(&entry("e", "")), "e,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0");
    }

    #[test]
    fn a_true_record_has_no_findings() {
        check(&wheel(), &[]);
    }

    #[test]
    fn every_lie_is_found() {
        let mut changed = wheel();
        changed[0].content.push(b' ');
        check(&changed, &["`esig/__init__.py` is not as RECORD has it"]);

        let mut added = wheel();
        added.push(entry("esig/extra.py", ""));
        check(&added, &["`esig/extra.py` is not in RECORD"]);

        check(&wheel()[1..], &["`esig/__init__.py` is in RECORD and not in the wheel"]);
        check(&wheel()[..2], &["`esig-1.dist-info/RECORD` is missing"]);
    }
}
