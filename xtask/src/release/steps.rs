//! The commit and the tag of a release are both made, or neither.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{digest::sha256, hinted};
use serde::{Deserialize, Serialize};

use crate::{
    acting::{files, git::Git},
    facts::project::{VERSION_FILE, parse_version},
    gate,
    ground::{
        cli::{ReleaseArguments, ReleaseStep},
        paths::STATE,
    },
};

const CHANGELOG: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## [Unreleased]";

/// The file that notes a release from before its first change until it is tagged.
const BEGUN: &str = "release.json";

/// A release between its first change and its tag.
#[derive(Serialize, Deserialize)]
struct BegunRelease {
    tag: String,
    message: String,
    /// The commit that it is made from.
    before: String,
    /// By path, the SHA-256 of what it makes of each file that it changes.
    changes: BTreeMap<String, String>,
}

impl BegunRelease {
    /// Whether a name stands for a commit that was made for this.
    fn is_commit(&self, git: &Git, name: &str) -> bool {
        let parent = git.object(&format!("{name}^{{commit}}~1"));
        let subject = git.ask(&["log", "-1", "--format=%s", name]);
        parent.as_ref() == Some(&self.before) && subject.as_ref() == Some(&self.message)
    }
}

pub fn release_step(root: &Utf8Path, step: &ReleaseStep) -> anyhow::Result<()> {
    let git = Git::of_checkout(root)?;
    match step {
        ReleaseStep::Commit(arguments) => commit(root, &git, arguments),
        ReleaseStep::Tag => tag(root, &git),
        ReleaseStep::Undo => undo(root, &git),
    }
}

/// The working tree is clean: the gate saw to that before.
fn commit(root: &Utf8Path, git: &Git, arguments: &ReleaseArguments) -> anyhow::Result<()> {
    let version = arguments.version.as_str();
    let date = arguments.date.clone().unwrap_or_else(|| date_in(0));
    // Somewhere it is tomorrow already.
    let is_date = gate::steps::is_date(&date) && date <= date_in(1);
    let what = format!("`{date}` is no date of a release");
    ensure!(is_date, hinted(what, "write one that is not to come, like `2026-02-28`"));
    let text = |path: &str| files::read_text(&root.join(path));
    let (module, changelog) = (text(VERSION_FILE)?, text(CHANGELOG)?);
    let tags = [git.tags(None)?, tags_of_remotes(git)?].concat();
    check_version(version, &module, &tags)?;
    let changed = [
        (VERSION_FILE, with_version(&module, version)?),
        (CHANGELOG, with_date(&changelog, version, &date)?),
    ];
    let before = git.read(&["rev-parse", "HEAD"])?;
    let (tag, message) = (format!("v{version}"), format!("Release {version}"));
    let digest = |(path, text): &(&str, String)| ((*path).to_owned(), sha256(text.as_bytes()));
    let changes = changed.iter().map(digest).collect();
    let begun = BegunRelease { tag, message, before, changes };
    files::write_whole(root, &begun_path(root), &serde_json::to_vec_pretty(&begun)?)?;
    let BegunRelease { message, before, .. } = &begun;
    let done = (|| {
        for (path, text) in &changed {
            files::write_whole(root, &root.join(path), text.as_bytes())?;
        }
        git.read(&["commit", "--quiet", "--message", message, "--", VERSION_FILE, CHANGELOG])
    })();
    if let Err(error) = done {
        git.read(&["reset", "--quiet", "--hard", before]).map_err(|undoing| {
            let what = format!("{error:#}; and it was not undone: {undoing:#}");
            hinted(what, format!("once nothing is in the way: `git reset --hard {before}`"))
        })?;
        files::remove(&begun_path(root))?;
        return Err(told(&error, "nothing was changed; say the same again"));
    }
    Ok(())
}

fn tag(root: &Utf8Path, git: &Git) -> anyhow::Result<()> {
    let begun = read_begun(root)?.context("there is no commit of a release to tag")?;
    ensure!(begun.is_commit(git, "HEAD"), "HEAD is not the commit that was to be tagged");
    let BegunRelease { tag, message, .. } = &begun;
    let tagged = git.read(&["tag", "--annotate", "--message", message, tag, "HEAD"]);
    tagged.map_err(|error| told(&error, "the commit is taken back, too"))?;
    let branch = git.ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]);
    files::tell(&match branch {
        Some(branch) => {
            let remote = push_remote(git, &branch);
            let branch = pushed_as(git, &branch);
            format!("tagged {tag}; to publish it: `git push {remote} {branch} {tag}`")
        }
        None => {
            let remote = push_remote(git, "");
            format!(
                "tagged {tag}, a commit of no branch; to publish it: `git push {remote} {tag}`; \
                 a branch gets it by `git merge {tag}`"
            )
        }
    });
    Ok(())
}

/// Where a branch is pushed to, as git would choose.
fn push_remote(git: &Git, branch: &str) -> String {
    let of_branch = |key| git.ask(&["config", "--get", &format!("branch.{branch}.{key}")]);
    let chosen = of_branch("pushRemote")
        .or_else(|| git.ask(&["config", "--get", "remote.pushDefault"]))
        .or_else(|| of_branch("remote"));
    let remotes = remotes(git);
    let only = || remotes.first().filter(|_| remotes.len() == 1).cloned();
    chosen.filter(|name| remotes.contains(name)).or_else(only).unwrap_or("origin".to_owned())
}

/// `release:main` for a branch that is called `main` where it is pushed to.
fn pushed_as(git: &Git, branch: &str) -> String {
    let merge = git.ask(&["config", "--get", &format!("branch.{branch}.merge")]);
    let upstream = merge.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    match upstream {
        Some(upstream) if upstream != branch => format!("{branch}:{upstream}"),
        _ => branch.to_owned(),
    }
}

fn remotes(git: &Git) -> Vec<String> {
    let urls = ["config", "--name-only", "--get-regexp", r"^remote\..*\.url$"];
    let keys = git.ask(&urls).unwrap_or_default();
    let name = |key: &str| key.strip_prefix("remote.")?.strip_suffix(".url").map(str::to_owned);
    let mut names: Vec<String> = keys.lines().filter_map(name).collect();
    names.dedup();
    names
}

/// The tags of all remotes: a clone may have been made without them, or before the newest. Of a
/// shallow one, which certainly lacks some, each remote has to answer.
fn tags_of_remotes(git: &Git) -> anyhow::Result<Vec<String>> {
    let is_shallow = git.read(&["rev-parse", "--is-shallow-repository"])? == "true";
    let mut tags = Vec::new();
    for remote in remotes(git) {
        match git.remote_tags(&remote) {
            Ok(found) => tags.extend(found),
            Err(error) => {
                let what = format!("cannot ask `{remote}` which versions are tagged: {error:#}");
                let hint = "this clone is shallow, so it does not know itself; `git fetch --tags \
                            --unshallow`, once the remote answers";
                ensure!(!is_shallow, hinted(what, hint));
                files::tell(&format!("note: {what}"));
            }
        }
    }
    Ok(tags)
}

/// What git said, and what it means for the release. Git before 2.41 keeps the reason of gpg.
fn told(error: &anyhow::Error, meaning: &str) -> anyhow::Error {
    let what = format!("{error:#}");
    let is_unexplained = what.contains("failed to sign") && !what.contains("gpg: ");
    let ask = if is_unexplained { "; `echo test | gpg --clearsign` tells why" } else { "" };
    hinted(what, format!("{meaning}{ask}"))
}

/// If nothing was committed since, the branch and its files go back to where they were.
fn undo(root: &Utf8Path, git: &Git) -> anyhow::Result<()> {
    let Some(begun) = read_begun(root)? else { return Ok(()) };
    let BegunRelease { tag, before, changes, .. } = &begun;
    if git.read(&["rev-parse", "HEAD"])? == *before {
        for (path, digest) in changes {
            if sha256(&files::read(&root.join(path))?) == *digest {
                git.read(&["checkout", "--quiet", before, "--", path])?;
                files::tell(&format!("{tag} was not committed, `{path}` is as before"));
            }
        }
    } else if !begun.is_commit(git, &format!("refs/tags/{tag}")) {
        let what = format!("`{tag}` was committed, not tagged, and work went on after it");
        let hint = format!(
            "take the commit after {before} back by yourself, then `cargo xtask release` again"
        );
        ensure!(begun.is_commit(git, "HEAD"), hinted(what, hint));
        git.read(&["reset", "--quiet", "--keep", before])?;
        files::tell(&format!("{tag} was not tagged, its commit is taken back"));
    }
    files::remove(&begun_path(root))
}

fn begun_path(root: &Utf8Path) -> Utf8PathBuf {
    root.join(STATE).join(BEGUN)
}

fn read_begun(root: &Utf8Path) -> anyhow::Result<Option<BegunRelease>> {
    let path = begun_path(root);
    if !path.exists() {
        return Ok(None);
    }
    serde_json::from_slice(&files::read_small(&path)?).map(Some).map_err(|error| {
        let hint = "`git log` and `git status` say whether it was made; then remove that file";
        hinted(format!("in `{path}`, of a release that was begun: {error}"), hint)
    })
}

/// A new version is newer than all tags, and not older than that of the checkout.
fn check_version(version: &str, module: &str, tags: &[String]) -> anyhow::Result<()> {
    let parsed = parse(version).ok_or_else(|| {
        hinted(format!("`{version}` is no version"), "write it like `1.2.0` or `1.2.0rc1`")
    })?;
    let tag = format!("v{version}");
    let exists = tags.contains(&tag);
    ensure!(!exists, hinted(format!("the tag `{tag}` is there already"), "choose a newer version"));
    let current = parse_version(module)?;
    let newest = tags.iter().filter_map(|tag| parse(tag.strip_prefix('v')?)).max();
    let grows = parse(&current).is_none_or(|current| parsed >= current)
        && newest.is_none_or(|newest| parsed > newest);
    ensure!(
        grows,
        hinted(format!("{version} is not newer than what there is"), "choose a newer version")
    );
    Ok(())
}

/// Gives what versions are compared by: `1.2.0.dev0` is older than `1.2.0rc1`, that than `1.2.0`.
fn parse(version: &str) -> Option<(Vec<u64>, u8, u64)> {
    let marks = [(".dev", 0), ("rc", 1)];
    let mut cut = marks.iter().filter_map(|(mark, rank)| Some((version.split_once(mark)?, rank)));
    let ((numbers, count), rank) = cut.next().unwrap_or(((version, "0"), &2));
    let number = |text: &str| text.parse().ok().filter(|_| !text.starts_with('+'));
    let parts: Vec<u64> = numbers.split('.').map(number).collect::<Option<_>>()?;
    (parts.len() == 3).then_some(())?;
    Some((parts, *rank, number(count)?))
}

fn with_version(module: &str, version: &str) -> anyhow::Result<String> {
    let line = module.lines().find(|line| line.starts_with("__version__ = "));
    let line =
        line.with_context(|| format!("`{VERSION_FILE}` has no line `__version__ = \"…\"`"))?;
    Ok(module.replacen(line, &format!("__version__ = \"{version}\""), 1))
}

/// Gives the newest section, which must be unreleased, the version and the date.
fn with_date(changelog: &str, version: &str, date: &str) -> anyhow::Result<String> {
    let heading = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    ensure!(
        heading == UNRELEASED,
        hinted(
            format!("{CHANGELOG} begins with `{heading}`: it has nothing that is unreleased"),
            format!("write what is new below a heading `{UNRELEASED}`")
        )
    );
    Ok(changelog.replacen(heading, &format!("## [{version}] - {date}"), 1))
}

/// The date of today, or of some days later.
pub fn date_in(days: i64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date_of((since.as_secs() / 86_400) as i64 + days)
}

/// Gives the date of a day since 1970, in the Gregorian calendar; years are counted from March.
fn date_of(days: i64) -> String {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(11_016), "2000-02-29");
        assert_eq!(date_of(20_779), "2026-11-22");
    }

    #[test]
    fn a_version_grows() {
        let module = "__version__ = \"1.1.0\"\n";
        let check = |version, tags: &str| {
            let tags: Vec<String> = tags.lines().map(str::to_owned).collect();
            check_version(version, module, &tags).is_ok()
        };
        assert!(check("1.1.0", "v1.0.0\nnightly"));
        assert!(check("1.2.0rc1", "v1.1.0"));
        assert!(check("1.10.0", "v1.9.0"));
        for (version, tags) in [
            ("1.1.0", "v1.1.0"),
            ("1.0.9", ""),
            ("1.1.0rc1", ""),
            ("1.2.0", "v1.3.0"),
            ("1.2", ""),
            ("one", ""),
            ("1.2.0-1", ""),
        ] {
            assert!(!check(version, tags), "{version} {tags}");
        }
        let module = "__version__ = \"1.2.0.dev0\"\n";
        let check = |version| check_version(version, module, &["v1.1.0".to_owned()]).is_ok();
        assert!(check("1.2.0") && check("1.2.0rc1") && check("1.2.0.dev0"));
        assert!(!check("1.1.9") && !check("1.2.0.dev") && !check("0.0.1"));
    }

    #[test]
    fn the_version_and_the_date_are_set_in_their_places() {
        let module = "\"\"\"The version.\"\"\"\n__version__ = \"1.1.0\"\n";
        assert!(with_version(module, "1.2.0").unwrap().ends_with("\n__version__ = \"1.2.0\"\n"));
        assert!(with_version("", "1.2.0").is_err());
        let changelog = "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2020-01-01\n";
        let changed = with_date(changelog, "1.2.0", "2026-11-22").unwrap();
        assert!(changed.contains("## [1.2.0] - 2026-11-22\n\n## [1.0.0] - 2020-01-01"));
        assert!(with_date(&changed, "1.3.0", "2026-11-23").is_err());
    }
}
