//! Whether promises are kept: a file for each says what it finds in the files of a release.

mod audit;
mod checkout;
mod contents;
mod licences;
mod metadata;
mod note;
mod private;
mod readme;
mod sdist_complete;
mod sdist_reproducible;
mod tested;
#[cfg(test)]
mod tests;
mod tests_passed;
mod versions;
mod wheels_complete;

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use wheel_audit::{Entry, WheelName, read_zip};

use crate::{
    acting::files::{self, read},
    facts::{
        config::{self, Config},
        project::{VERSION_FILE, parse_version, sdist_name},
    },
    gate::promises::Promise,
    ground::{cli::Verify, matrix::Interpreter, paths::CHECKSUMS},
    wheel,
};
pub use note::{begin as begin_note, compare, copy_checked, note};
pub use tested::{attest, gather};
pub use versions::is_date;

/// The files of a release, and the checkout that they are of.
struct ReleaseFiles<'a> {
    root: &'a Utf8Path,
    folder: Utf8PathBuf,
    /// Names, sorted.
    files: Vec<String>,
    /// Names of what is no plain file: a link leads to what may be another thing tomorrow.
    irregular: Vec<String>,
    /// The version of the checkout.
    version: String,
}

/// A wheel of the release that could be read.
struct ReleasedWheel {
    file: String,
    name: WheelName,
    entries: Vec<Entry>,
}

/// An error with all findings, a line each, if the promise is not kept.
pub fn verify(root: &Utf8Path, arguments: &Verify) -> anyhow::Result<()> {
    let Verify { promise, wheelhouse, rebuilt, without, runs } = arguments;
    let release = ReleaseFiles::open(root, wheelhouse)?;
    let findings = match promise {
        Promise::Versions => versions::findings(&release)?,
        Promise::CleanTree => checkout::clean_tree(root)?,
        Promise::Submodule => checkout::submodule(root)?,
        Promise::ImagesPinned => checkout::images_pinned(&release.config()?),
        Promise::SdistComplete => sdist_complete::findings(&release)?,
        Promise::SdistReproducible => sdist_reproducible::findings(&release, rebuilt.as_deref())?,
        Promise::SdistInstalls => not_installed(without)?,
        Promise::WheelsComplete => wheels_complete::findings(&release, without)?,
        Promise::Audit | Promise::Hardened => audit::findings(&release, *promise)?,
        Promise::Metadata => metadata::findings(&release)?,
        Promise::Contents => release.of_each_wheel(contents::of_wheel)?,
        Promise::Private => private::findings(&release)?,
        Promise::Licences => licences::findings(&release)?,
        Promise::Readme => readme::findings(root)?,
        Promise::TestsPassed => tests_passed::findings(&release, runs)?,
    };
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    Ok(())
}

/// Names the interpreters that the source archive was not installed in, for want of them.
fn not_installed(without: &[String]) -> anyhow::Result<Vec<String>> {
    let finding = |name: &String| {
        let interpreter: Interpreter = name.parse()?;
        Ok(format!("there is no CPython {} here to install it in", interpreter.version()))
    };
    without.iter().map(finding).collect()
}

impl<'a> ReleaseFiles<'a> {
    fn open(root: &'a Utf8Path, wheelhouse: &Utf8Path) -> anyhow::Result<ReleaseFiles<'a>> {
        let folder = root.join(wheelhouse);
        let (mut files, mut irregular) = (Vec::new(), Vec::new());
        // Without a folder there are no files; a promise is about what is missing.
        if folder.is_dir() {
            let entries = folder.read_dir_utf8();
            for entry in entries.with_context(|| format!("cannot read `{folder}`"))? {
                let entry = entry?;
                let is_plain = entry.file_type()?.is_file();
                let names = if is_plain { &mut files } else { &mut irregular };
                names.push(entry.file_name().to_owned());
            }
        }
        files.retain(|file| file != CHECKSUMS);
        files.sort();
        irregular.sort();
        let version = parse_version(&text(root, VERSION_FILE)?)?;
        Ok(ReleaseFiles { root, folder, files, irregular, version })
    }

    fn bytes(&self, file: &str) -> anyhow::Result<Vec<u8>> {
        read(&self.folder.join(file))
    }

    fn config(&self) -> anyhow::Result<Config> {
        Config::parse(&text(self.root, config::FILE)?)
    }

    fn sdist_name(&self) -> String {
        sdist_name(&self.version)
    }

    /// The files of the source archive, of whatever version.
    fn source(&self) -> anyhow::Result<Vec<Entry>> {
        let is_sdist = |file: &&String| file.ends_with(".tar.gz");
        let file = self.files.iter().find(is_sdist).context("there is no source archive")?;
        wheel::unpack(&self.bytes(file)?).with_context(|| format!("in `{file}`"))
    }

    fn wheel_files(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|file| file.ends_with(".whl"))
    }

    /// A file without the name of a wheel, or that is no archive, is a finding of `wheels-complete`
    /// and `audit`.
    fn wheels(&self) -> anyhow::Result<Vec<ReleasedWheel>> {
        let mut wheels = Vec::new();
        for file in self.wheel_files() {
            let bytes = self.bytes(file)?;
            if let (Ok(name), Ok(entries)) = (file.parse(), read_zip(&bytes)) {
                wheels.push(ReleasedWheel { file: file.clone(), name, entries });
            }
        }
        Ok(wheels)
    }

    /// What is found in each wheel, knowing the source archive.
    fn of_each_wheel(
        &self,
        findings: impl Fn(&[Entry], &ReleasedWheel) -> Vec<String>,
    ) -> anyhow::Result<Vec<String>> {
        let source = self.source()?;
        Ok(self.wheels()?.iter().flat_map(|wheel| findings(&source, wheel)).collect())
    }
}

impl ReleasedWheel {
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

/// A text file of the checkout.
fn text(root: &Utf8Path, path: &str) -> anyhow::Result<String> {
    files::read_text(&root.join(path))
}
