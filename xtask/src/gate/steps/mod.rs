//! `cargo xtask check`, one promise at a time: a file per check, which gives its findings.

mod audit;
mod clean_tree;
mod contents;
mod hardened;
mod images_pinned;
mod licences;
mod metadata;
mod note;
mod private;
mod readme;
mod sdist_complete;
mod sdist_installs;
mod sdist_reproducible;
mod submodule;
#[cfg(test)]
mod tests;
mod tests_passed;
mod versions;
mod wheels_complete;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use wheel_audit::{Entry, WheelName, read_zip};

use crate::{
    acting::steps::read,
    facts::config::{self, Config},
    gate::promises::Promise,
    ground::cli::Verify,
    wheel,
};
pub use note::{begin as begin_note, compare, note};
pub use versions::of_module as version_of_module;

/// What is checked: the files of a release and the checkout that they are of.
struct Release<'a> {
    root: &'a Utf8Path,
    folder: Utf8PathBuf,
    files: Vec<String>,
}

/// A wheel that could be read.
struct Wheel {
    file: String,
    name: WheelName,
    entries: Vec<Entry>,
}

/// All findings at once.
pub fn verify(root: &Utf8Path, arguments: &Verify) -> anyhow::Result<()> {
    let release = Release::open(root, &arguments.wheelhouse)?;
    let findings = match arguments.check {
        Promise::Versions => versions::verify(&release)?,
        Promise::CleanTree => clean_tree::verify(root)?,
        Promise::Submodule => submodule::verify(root)?,
        Promise::ImagesPinned => images_pinned::findings(&release.config()?),
        Promise::SdistComplete => sdist_complete::verify(&release)?,
        Promise::SdistReproducible => {
            sdist_reproducible::verify(&release, arguments.rebuilt.as_deref())?
        }
        Promise::SdistInstalls => sdist_installs::findings(&arguments.without)?,
        Promise::WheelsComplete => wheels_complete::verify(&release, &arguments.without)?,
        Promise::Audit => audit::verify(&release)?,
        Promise::Hardened => hardened::verify(&release)?,
        Promise::Metadata => metadata::verify(&release)?,
        Promise::Contents => contents::verify(&release)?,
        Promise::Private => private::verify(&release)?,
        Promise::Licences => licences::verify(&release)?,
        Promise::Readme => readme::verify(root)?,
        Promise::TestsPassed => tests_passed::verify(&release, &arguments.runs)?,
    };
    if findings.is_empty() { Ok(()) } else { bail!("{}", findings.join("\n")) }
}

impl<'a> Release<'a> {
    fn open(root: &'a Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<Release<'a>> {
        let folder = root.join(wheelhouse);
        let mut files = Vec::new();
        // Without a folder there are no files: which are missing, a check says.
        if folder.is_dir() {
            for entry in folder.read_dir_utf8()? {
                files.push(entry?.file_name().to_owned());
            }
        }
        files.sort();
        Ok(Release { root, folder, files })
    }

    fn bytes(&self, file: &str) -> anyhow::Result<Vec<u8>> {
        read(&self.folder.join(file))
    }

    fn text(&self, path: &str) -> anyhow::Result<String> {
        Ok(String::from_utf8(read(&self.root.join(path))?)?)
    }

    fn config(&self) -> anyhow::Result<Config> {
        Config::parse(&self.text(config::FILE)?)
    }

    /// As its one place in the checkout has it.
    fn version(&self) -> anyhow::Result<String> {
        versions::of_module(&self.text("esig/_version.py")?)
    }

    fn sdist_name(&self) -> anyhow::Result<String> {
        Ok(format!("esig-{}.tar.gz", self.version()?))
    }

    /// The files of the source archive; whether its version is right is another check's matter.
    fn source(&self) -> anyhow::Result<Vec<Entry>> {
        let is_sdist = |file: &&String| file.ends_with(".tar.gz");
        let file = self.files.iter().find(is_sdist).context("there is no source archive")?;
        wheel::unpack(&self.bytes(file)?).with_context(|| format!("in `{file}`"))
    }

    fn wheel_files(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|file| file.ends_with(".whl"))
    }

    /// What has no name of a wheel or is no archive is left to `wheels-complete` and `audit`.
    fn wheels(&self) -> anyhow::Result<Vec<Wheel>> {
        let mut wheels = Vec::new();
        for file in self.wheel_files() {
            let bytes = self.bytes(file)?;
            if let (Ok(name), Ok(entries)) = (file.parse(), read_zip(&bytes)) {
                wheels.push(Wheel { file: file.clone(), name, entries });
            }
        }
        Ok(wheels)
    }
}

impl Wheel {
    fn content(&self, path: &str) -> Option<&[u8]> {
        content(&self.entries, path)
    }

    /// A file of its `.dist-info`.
    fn of_dist_info(&self, file: &str) -> Option<&[u8]> {
        self.content(&format!("{}/{file}", self.name.dist_info()))
    }
}

fn content<'e>(entries: &'e [Entry], path: &str) -> Option<&'e [u8]> {
    entries.iter().find(|entry| entry.path == path).map(|entry| entry.content.as_slice())
}
