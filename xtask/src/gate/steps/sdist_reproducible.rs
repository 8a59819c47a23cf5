//! The source archive is the same wherever it is built.

use anyhow::Context;
use camino::Utf8Path;

use super::{ReleaseFiles, content};
use crate::{acting::files::read, wheel};

pub fn findings(release: &ReleaseFiles, rebuilt: Option<&Utf8Path>) -> anyhow::Result<Vec<String>> {
    let rebuilt = rebuilt.context("`--rebuilt FILE` is missing")?;
    let ours = release.bytes(&release.sdist_name())?;
    differences(&ours, &read(&release.root.join(rebuilt))?)
}

fn differences(ours: &[u8], theirs: &[u8]) -> anyhow::Result<Vec<String>> {
    if ours == theirs {
        return Ok(Vec::new());
    }
    let (ours, theirs) = (wheel::unpack(ours)?, wheel::unpack(theirs)?);
    let mut findings = Vec::new();
    for entry in &ours {
        match content(&theirs, &entry.path) {
            None => findings.push(format!("`{}` is not in it when built elsewhere", entry.path)),
            Some(other) if other != entry.content => {
                findings.push(difference(&entry.path, &entry.content, other));
            }
            Some(_) => {}
        }
    }
    let added = theirs.iter().filter(|entry| content(&ours, &entry.path).is_none());
    findings.extend(added.map(|e| format!("`{}` is in it only when built elsewhere", e.path)));
    if findings.is_empty() {
        let what = "it holds the same files, and in another order, or with other times or modes";
        findings.push(what.to_owned());
    }
    Ok(findings)
}

/// Shows the first line that differs.
fn difference(path: &str, ours: &[u8], theirs: &[u8]) -> String {
    let (ours, theirs) = (String::from_utf8_lossy(ours), String::from_utf8_lossy(theirs));
    let line = |text: &str, at| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    let same = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
    let (here, there) = (line(&ours, same), line(&theirs, same));
    format!("`{path}`, line {}, is `{here}`, built elsewhere `{there}`", same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::steps::tests::entry;
    use crate::wheel::write_sdist;

    #[test]
    fn the_same_bytes_are_reproducible() {
        let archive = write_sdist(&[entry("esig-1/a", "1")]).unwrap();
        assert!(differences(&archive, &archive).unwrap().is_empty());
    }

    #[test]
    fn what_differs_is_shown() {
        let a = |text| entry("esig-1/a", text);
        let ours = write_sdist(&[a("same\nhere\n"), entry("esig-1/b", "")]).unwrap();
        let theirs = write_sdist(&[a("same\nthere\n"), entry("esig-1/c", "")]).unwrap();
        let expected = [
            "`a`, line 2, is `here`, built elsewhere `there`",
            "`b` is not in it when built elsewhere",
            "`c` is in it only when built elsewhere",
        ];
        assert_eq!(differences(&ours, &theirs).unwrap(), expected);
    }

    #[test]
    fn the_same_files_in_other_bytes_are_told_as_such() {
        let archive = write_sdist(&[entry("esig-1/a", "1")]).unwrap();
        // Bytes 4 to 7 are the time in gzip's header.
        let mut later = archive.clone();
        later[4] = 1;
        assert!(differences(&archive, &later).unwrap()[0].contains("other times"));
    }
}
