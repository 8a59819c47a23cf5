//! Reading and writing source archives and wheels.

use anyhow::{Context, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use jobs::{digest::sha256_of_file, files_below, hinted};
use wheel_audit::{Entry, Report, Wheel, audit_growth, read_zip};

use crate::acting::files::read;
use crate::{
    acting::files,
    audit,
    ground::{
        cli::{Assemble, Audit},
        matrix::wildcard_matches,
        paths::CHECKSUMS,
    },
    wheel::{self, Extension},
};

pub fn normalise(root: &Utf8Path, archive: &Utf8Path, output: &Utf8Path) -> anyhow::Result<()> {
    let bytes = read(&root.join(archive))?;
    let bytes = wheel::normalise(&bytes).with_context(|| format!("in `{archive}`"))?;
    files::write_whole(root, &root.join(output), &bytes)
}

pub fn unpack(archive: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let bytes = read(archive)?;
    let entries = match archive.extension() {
        Some("whl") => read_zip(&bytes).map_err(Into::into),
        _ => wheel::unpack(&bytes),
    };
    let entries = entries.with_context(|| format!("in `{archive}`"))?;
    files::remove(folder)?;
    for Entry { path, content } in entries {
        let path = folder.join(path);
        files::write(&path, content)?;
    }
    Ok(())
}

pub fn assemble(root: &Utf8Path, arguments: &Assemble) -> anyhow::Result<()> {
    let Assemble { source, extension, wheel, compiler, linked } = arguments;
    let file_name = |path: &Utf8Path| path.file_name().unwrap_or_default().to_owned();
    let name = wheel::name_of(wheel)?;
    let file = Entry { path: file_name(extension), content: read(&root.join(extension))? };
    let module = Extension { file, compiler: compiler.clone(), linked: linked.clone() };
    let source = read_folder(&root.join(source))?;
    files::write_whole(root, &root.join(wheel), &wheel::assemble(&name, &source, module)?)
}

fn read_folder(folder: &Utf8Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in files_below(folder).with_context(|| format!("cannot read `{folder}`"))? {
        let path = file.strip_prefix(folder)?.as_str().replace('\\', "/");
        entries.push(Entry { path, content: read(&file)? });
    }
    Ok(entries)
}

/// Of whatever version: whoever is handed the folder sees that all of it arrived.
pub fn checksums(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for entry in folder.read_dir_utf8().into_iter().flatten() {
        let path = entry?.into_path();
        let name = path.file_name().unwrap_or_default();
        if name.ends_with(".whl") || name.ends_with(".tar.gz") {
            let what = format!("the name {name:?} cannot stand in a line of {CHECKSUMS}");
            ensure!(!name.contains(char::is_control), hinted(what, "rename or remove that file"));
            let digest = sha256_of_file(&path).with_context(|| format!("cannot read `{path}`"))?;
            lines.push(format!("{digest}  {name}\n"));
        }
    }
    // By name.
    lines.sort_by(|a, b| a[64..].cmp(&b[64..]));
    let sums = folder.join(CHECKSUMS);
    if lines.is_empty() {
        return files::remove(&sums);
    }
    files::write_whole(root, &sums, lines.concat().as_bytes())
}

/// Audits all wheels, whatever is found in the first.
pub fn audit(root: &Utf8Path, arguments: &Audit) -> anyhow::Result<Report> {
    let previous = arguments.previous.as_ref().map(|path| previous(root, path)).transpose()?;
    let mut report = Report::default();
    let wheels = arguments.wheels.iter().map(|path| wheels_at(root, path));
    for path in &wheels.collect::<anyhow::Result<Vec<_>>>()?.concat() {
        let bytes = read(&root.join(path))?;
        let name = path.file_name().unwrap_or_default();
        let mut findings = audit::audit(name, &bytes);
        findings.extend(previous.iter().flat_map(|previous| audit_growth(&bytes, previous)));
        report.add(path.as_str(), findings);
    }
    Ok(report)
}

/// An earlier wheel, to compare with.
fn previous(root: &Utf8Path, path: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    let bytes = read(&root.join(path))?;
    Wheel::open(path.file_name().unwrap_or_default(), &bytes).map_err(|error| {
        let hint = "`--previous` takes a wheel of the release before";
        hinted(format!("`{path}` is no wheel: {error}"), hint)
    })?;
    Ok(bytes)
}

/// A wheel by its name; those of a folder; or those that fit a pattern, which cmd.exe hands over as
/// it was typed.
fn wheels_at(root: &Utf8Path, path: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let pattern = path.file_name().unwrap_or_default();
    let (folder, pattern) = if root.join(path).is_dir() {
        (path, "*.whl")
    } else if pattern.contains(['*', '?']) && !root.join(path).exists() {
        (path.parent().unwrap_or(Utf8Path::new("")), pattern)
    } else {
        return Ok(vec![path.to_owned()]);
    };
    let entries = root.join(folder).read_dir_utf8();
    let entries = entries.with_context(|| format!("cannot read `{folder}`"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_owned());
    let fits = |name: &String| wildcard_matches(pattern.as_bytes(), name.as_bytes());
    let mut found: Vec<Utf8PathBuf> = names.filter(fits).map(|name| folder.join(name)).collect();
    found.sort();
    let what = || format!("`{}` matches no file", folder.join(pattern));
    ensure!(!found.is_empty(), hinted(what(), "name wheels: `cargo xtask audit wheelhouse/*.whl`"));
    Ok(found)
}

/// Fails with all that is not good enough, a line each.
pub fn audit_all(root: &Utf8Path, arguments: &Audit) -> anyhow::Result<()> {
    let failures = audit(root, arguments)?.failures(arguments.strict);
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}
