//! Telling whether something changed: digests of jobs, files and folders.

use std::{fs, io, thread};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::{
    Actor, Job, Material, OwnStep, Step, Vocabulary,
    digest::{hexadecimal, sha256_of_file},
};

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
        Material::Content(_) => of_tree(&path, sha256_of_file),
        Material::Listing(_) => of_tree(&path, of_metadata),
        Material::Kept(_) => path.symlink_metadata().map(|_| Fingerprint::new()),
    };
    digest.with_context(|| format!("cannot read `{path}`"))
}

fn of_metadata(file: &Utf8Path) -> io::Result<Fingerprint> {
    let metadata = fs::metadata(file)?;
    let modified = metadata.modified()?.duration_since(std::time::UNIX_EPOCH);
    Ok(format!("{} {}", metadata.len(), modified.unwrap_or_default().as_nanos()))
}

/// Of all that is below a folder: links, compiled Python files and whether files may be executed
/// too, whatever their sizes and times.
pub fn of_whole(path: &Utf8Path) -> io::Result<Fingerprint> {
    let mut all = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        if path.symlink_metadata()?.is_dir() {
            for entry in path.read_dir_utf8()? {
                open.push(entry?.into_path());
            }
        } else {
            all.push(path);
        }
    }
    all.sort();
    let workers = thread::available_parallelism().map_or(1, |count| count.get());
    let part = all.len().div_ceil(workers).max(1);
    let digests = thread::scope(|scope| {
        let read = |part| move || -> io::Result<Vec<Fingerprint>> { each(part) };
        let parts: Vec<_> = all.chunks(part).map(|part| scope.spawn(read(part))).collect();
        let read = parts.into_iter().map(|part| part.join().expect("reading does not panic"));
        read.collect::<io::Result<Vec<_>>>()
    })?;
    let mut digest = Sha256::new();
    for (file, of_file) in all.iter().zip(digests.concat()) {
        let name = file.strip_prefix(path).expect("it was found below");
        digest.update((name.as_str().len() as u64).to_le_bytes());
        digest.update(name.as_str());
        digest.update(of_file);
    }
    Ok(hexadecimal(&digest.finalize()))
}

fn each(files: &[Utf8PathBuf]) -> io::Result<Vec<Fingerprint>> {
    let of_file = |file: &Utf8PathBuf| {
        let about = file.symlink_metadata()?;
        if about.is_symlink() {
            return Ok(hexadecimal(&Sha256::digest(file.read_link_utf8()?.as_str())));
        }
        if !about.is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let executed = if is_executable(&about) { "x" } else { "-" };
        Ok(sha256_of_file(file)? + executed)
    };
    files.iter().map(of_file).collect()
}

#[cfg(unix)]
fn is_executable(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_about: &fs::Metadata) -> bool {
    false
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
    let entries = entries_below(folder)?;
    Ok(entries.into_iter().filter(|(_, kind)| kind.is_file()).map(|(path, _)| path).collect())
}

/// Whatever is below a folder and no folder, sorted. A link is taken as what it is, never followed
/// out of the folder.
pub fn entries_below(folder: &Utf8Path) -> io::Result<Vec<(Utf8PathBuf, fs::FileType)>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if !kind.is_dir() {
                found.push((entry.into_path(), kind));
            } else if entry.file_name() != "__pycache__" {
                folders.push(entry.into_path());
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// Steps of our own do what this program says: a change of it may be a change of theirs.
fn of_this_program() -> anyhow::Result<Fingerprint> {
    let program = Utf8PathBuf::try_from(std::env::current_exe()?)?;
    of_material(Utf8Path::new("/"), &Material::Listing(program))
}
