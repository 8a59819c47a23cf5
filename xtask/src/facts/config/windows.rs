//! `[windows]`: what containers of Windows are made of.

use std::collections::BTreeMap;

use jobs::hinted;
use serde::Deserialize;

use super::PinnedImage;

#[derive(Clone, Debug, Default)]
pub struct WindowsImages {
    /// The space that must be free on the disk where an engine keeps its images.
    pub disk_gib: u64,
    /// References of the base images, by the build of Windows that is in them.
    pub bases: BTreeMap<u32, String>,
    /// The interpreters to install, `cp38-win32`; their installers are among the downloads.
    pub pythons: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsTable {
    #[serde(default = "usual_disk")]
    disk_gib: u64,
    #[serde(default)]
    bases: BTreeMap<String, PinnedImage>,
    #[serde(default)]
    pythons: Vec<String>,
}

/// Images with the Build Tools were seen to take from 8 to 51 GB.
fn usual_disk() -> u64 {
    60
}

impl WindowsTable {
    pub fn checked(self) -> anyhow::Result<WindowsImages> {
        let base = |(build, image): (String, PinnedImage)| {
            let number = build.parse().map_err(|_| {
                let what = format!("`windows.bases.{build}` is for no build of Windows");
                hinted(what, "write it like `20348`, the third number that `ver` says")
            });
            number.map(|number| (number, image.whole()))
        };
        let bases = self.bases.into_iter().map(base).collect::<anyhow::Result<_>>()?;
        Ok(WindowsImages { disk_gib: self.disk_gib, bases, pythons: self.pythons })
    }
}
