//! The cache that checkouts share, where `XTASK_CACHE_DIR` names one: downloads by their hash, what
//! pip keeps, and wheels. Whoever takes something from it compares its hash: pip those of locked
//! requirements, we the others. So it is never believed.

use std::{env, ffi::OsString, fs, time::SystemTime};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{digest, files_below, hinted};

use super::files;
use crate::ground::paths::STATE;

const VARIABLE: &str = "XTASK_CACHE_DIR";

/// How large it may become, in MiB, unless this variable says otherwise.
const LIMIT_VARIABLE: &str = "XTASK_CACHE_MIB";
const LIMIT_MIB: u64 = 2048;

/// What is ours in it: nothing else is ever removed.
const OURS: [&str; 3] = ["downloads", "pip", "wheels"];

pub struct Cache {
    folder: Utf8PathBuf,
}

impl Cache {
    /// The one that the environment names, from the root of the checkout.
    pub fn named(root: &Utf8Path) -> Option<Cache> {
        let folder = env::var(VARIABLE).ok().filter(|folder| !folder.is_empty())?;
        Some(Cache { folder: root.join(folder) })
    }

    /// Has pip look here, too; what is said last counts.
    pub fn add_to(&self, environment: &mut jobs::Environment) {
        let passed = &mut environment.passed;
        let wheels = self.folder.join("wheels");
        if wheels.is_dir() {
            let mut places = OsString::from(wheels);
            if let Some((_, given)) = passed.iter().rfind(|(name, _)| name == "PIP_FIND_LINKS") {
                places.push(" ");
                places.push(given);
            }
            passed.push(("PIP_FIND_LINKS".into(), places));
        }
        passed.push(("PIP_CACHE_DIR".into(), self.folder.join("pip").into()));
    }

    /// Keeps the wheels that a run has fetched. Any of this may fail.
    pub fn collect(&self, root: &Utf8Path) {
        let fetched = files_below(&root.join(STATE).join("fetched")).unwrap_or_default();
        for file in fetched.iter().filter(|file| file.extension() == Some("whl")) {
            let place = self.folder.join("wheels").join(file.file_name().unwrap_or_default());
            if let (false, Ok(content)) = (place.exists(), fs::read(file)) {
                let _ = files::write_whole(root, &place, &content);
            }
        }
    }

    /// A file of which somebody has noted the hash.
    pub fn download(&self, sha256: &str) -> Option<Vec<u8>> {
        let content = jobs::read(&self.place(sha256)).ok()?;
        digest::sha256(&content).eq_ignore_ascii_case(sha256).then_some(content)
    }

    /// Keeps a file. The cache is of use without it, so this may fail.
    pub fn keep(&self, root: &Utf8Path, sha256: &str, content: &[u8]) {
        let _ = files::write_whole(root, &self.place(sha256), content);
    }

    fn place(&self, sha256: &str) -> Utf8PathBuf {
        self.folder.join("downloads").join(sha256.to_ascii_lowercase())
    }

    /// Removes what was not used for longest, until the rest is small enough. Files that another
    /// run removes meanwhile are gone, too.
    pub fn trim(&self) {
        let limit = env::var(LIMIT_VARIABLE).ok().and_then(|text| text.parse().ok());
        self.trim_to(limit.unwrap_or(LIMIT_MIB) << 20);
    }

    fn trim_to(&self, bytes_max: u64) {
        let below = |name: &str| files_below(&self.folder.join(name)).unwrap_or_default();
        let used = |path: Utf8PathBuf| {
            let metadata = path.metadata().ok()?;
            let times = [metadata.accessed(), metadata.modified()];
            let last = times.into_iter().flatten().max().unwrap_or(SystemTime::UNIX_EPOCH);
            Some((last, metadata.len(), path))
        };
        let mut all: Vec<_> = OURS.iter().flat_map(|name| below(name)).filter_map(used).collect();
        all.sort();
        let mut bytes: u64 = all.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in all {
            if bytes <= bytes_max {
                return;
            }
            if fs::remove_file(path).is_ok() {
                bytes -= length;
            }
        }
    }
}

/// Removes all of ours in the shared cache.
pub fn clean(root: &Utf8Path) -> anyhow::Result<()> {
    let Some(Cache { folder }) = Cache::named(root) else {
        let what = format!("there is no shared cache: {VARIABLE} names no folder");
        return Err(hinted(what, format!("set {VARIABLE} as it is set for builds")));
    };
    OURS.iter()
        .try_for_each(|name| files::remove(&folder.join(name)))
        .with_context(|| format!("in `{folder}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs::File, time::Duration};

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: Utf8PathBuf::try_from(folder.path().to_owned()).unwrap() };
        for (at, name) in ["pip/old", "downloads/new", "mine"].into_iter().enumerate() {
            let path = cache.folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, [0; 10]).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at as u64);
            let times = fs::FileTimes::new().set_accessed(time).set_modified(time);
            File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
        }
        cache.trim_to(20);
        assert_eq!(files_below(&cache.folder).unwrap().len(), 3);
        cache.trim_to(10);
        let left = files_below(&cache.folder).unwrap();
        assert_eq!(left, [cache.folder.join("downloads/new"), cache.folder.join("mine")]);
    }

    #[test]
    fn wheels_that_one_checkout_fetched_are_found_by_pip_in_another() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        let cache = Cache { folder: root.join("cache") };
        let fetched = root.join(STATE).join("fetched/cp39");
        fs::create_dir_all(&fetched).unwrap();
        fs::write(fetched.join("a.whl"), "wheel").unwrap();
        cache.collect(&root);
        assert_eq!(fs::read(cache.folder.join("wheels/a.whl")).unwrap(), b"wheel");
        let mut environment = jobs::Environment::default();
        environment.passed.push(("PIP_FIND_LINKS".into(), "given".into()));
        cache.add_to(&mut environment);
        let found = environment.passed.iter().rfind(|(name, _)| name == "PIP_FIND_LINKS").unwrap();
        assert_eq!(found.1, *format!("{} given", cache.folder.join("wheels")));
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        let cache = Cache { folder: root.join("cache") };
        let sha256 = digest::sha256(b"content");
        assert_eq!(cache.download(&sha256), None);
        cache.keep(&root, &sha256, b"content");
        assert_eq!(cache.download(&sha256).unwrap(), b"content");
        cache.keep(&root, &sha256, b"damaged");
        assert_eq!(cache.download(&sha256), None);
    }
}
