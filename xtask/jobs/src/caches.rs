//! What programs keep for later runs: used only if it is as the last run left it.

use camino::Utf8PathBuf;

use crate::{Workplace, files::read_small, fingerprint::of_whole, remove, slug};

/// Removes what somebody else, a killed run or a broken disk may have written to.
pub fn sweep(workplace: &Workplace, caches: &[&str]) -> anyhow::Result<()> {
    for cache in caches {
        let folder = workplace.root.join(cache);
        let noted = read_small(&note_path(workplace, cache)).unwrap_or_default();
        if !folder.is_symlink() && !of_whole(&folder).is_ok_and(|digest| digest.as_bytes() == noted)
        {
            remove(&folder)?;
        }
    }
    Ok(())
}

/// Notes what a run leaves. That it cannot be noted costs the next run time.
pub fn note(workplace: &Workplace, caches: &[&str]) {
    for cache in caches {
        if let Ok(digest) = of_whole(&workplace.root.join(cache)) {
            let _ = workplace.write_whole(&note_path(workplace, cache), digest.as_bytes());
        }
    }
}

fn note_path(workplace: &Workplace, cache: &str) -> Utf8PathBuf {
    workplace.state().join(format!("{}.sha256", slug(cache)))
}
