//! Telling whether something changed: digests of jobs, files and folders.

use std::{fs, io};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::{Actor, Job, Material, OwnStep, Step, Vocabulary, digest::hexadecimal};

/// A SHA-256 as hexadecimal text.
pub type Fingerprint = String;

/// Of all that a job's result depends on.
pub fn of_job<V: Vocabulary>(
    root: &Utf8Path,
    job: &Job<V>,
    actor: &dyn Actor<V>,
) -> anyhow::Result<Fingerprint> {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    };
    for texts in [&job.lines(), &job.facts] {
        part(&texts.len().to_string());
        texts.iter().for_each(|text| part(text));
    }
    for step in &job.steps {
        let Step::Run(command) = step else { continue };
        for (name, value) in actor.environment(root, job, command).decisive {
            part(&name);
            // The same checkout elsewhere gives the same results.
            part(&value.replace(root.as_str(), "."));
        }
    }
    for input in &job.inputs {
        part(input.path().as_str());
        part(&of_material(root, input)?);
    }
    let decides = |step: &Step<V>| matches!(step, Step::Own(step) if step.depends_on_program());
    if job.steps.iter().any(decides) {
        part(&of_this_program()?);
    }
    Ok(hexadecimal(&digest.finalize()))
}

pub fn of_material(root: &Utf8Path, material: &Material) -> anyhow::Result<Fingerprint> {
    let path = root.join(material.path());
    let digest = match material {
        Material::Content(_) => of_tree(&path, of_content),
        Material::Listing(_) => of_tree(&path, of_metadata),
    };
    digest.with_context(|| format!("cannot read `{path}`"))
}

fn of_content(file: &Utf8Path) -> io::Result<Fingerprint> {
    let mut digest = Sha256::new();
    io::copy(&mut fs::File::open(file)?, &mut HashWriter(&mut digest))?;
    Ok(hexadecimal(&digest.finalize()))
}

fn of_metadata(file: &Utf8Path) -> io::Result<Fingerprint> {
    let metadata = fs::metadata(file)?;
    let modified = metadata.modified()?.duration_since(std::time::UNIX_EPOCH);
    Ok(format!("{} {}", metadata.len(), modified.unwrap_or_default().as_nanos()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Names in order and whatever `of_file` says of each file.
fn of_tree(
    path: &Utf8Path,
    of_file: impl Fn(&Utf8Path) -> io::Result<Fingerprint>,
) -> io::Result<Fingerprint> {
    if !path.is_dir() {
        return of_file(path);
    }
    let mut digest = Sha256::new();
    for file in files_below(path)? {
        let name = file.strip_prefix(path).expect("it was found below");
        for part in [name.as_str(), &of_file(&file)?] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    Ok(hexadecimal(&digest.finalize()))
}

/// Every file below a folder, sorted; compiled Python files come and go and do not count.
pub fn files_below(folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            // A link is taken as what it is, never followed out of the folder.
            let kind = entry.file_type()?;
            if kind.is_dir() && entry.file_name() != "__pycache__" {
                folders.push(entry.path().to_owned());
            } else if kind.is_file() {
                files.push(entry.path().to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Steps of our own do what this program says: a change of it may be a change of theirs.
fn of_this_program() -> anyhow::Result<Fingerprint> {
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    of_material(Utf8Path::new("/"), &Material::Listing(program))
}
