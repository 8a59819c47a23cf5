//! Files that linkers read or that are made of linked ones: stubs, universal files, ELF of Mach-O.

use std::fs;

use anyhow::{Context, ensure};
use as_elf::Replacements;
use camino::{Utf8Path, Utf8PathBuf};
use object::{Object, ObjectSymbol};

use crate::{
    acting::files::{self, read},
    ground::matrix::Target,
    planning::stubs,
};

pub fn stubs(target: &str, folder: &Utf8Path) -> anyhow::Result<()> {
    for (name, text) in stubs::files(Target::known(target)?) {
        files::write(&folder.join(&name), text)?;
    }
    Ok(())
}

/// The names that objects want from Python and do not have themselves.
pub fn import_list(
    root: &Utf8Path,
    dll: &str,
    output: &Utf8Path,
    objects: &[Utf8PathBuf],
) -> anyhow::Result<()> {
    let mut undefined = Vec::new();
    let mut is_32_bit = false;
    for path in objects {
        let bytes = read(&root.join(path))?;
        let file = object::File::parse(&*bytes).with_context(|| format!("in `{path}`"))?;
        is_32_bit = file.architecture() == object::Architecture::I386;
        let missing = file.symbols().filter(|symbol| symbol.is_undefined());
        undefined.extend(missing.filter_map(|symbol| symbol.name().ok().map(str::to_owned)));
    }
    let names = stubs::python_names(&undefined, is_32_bit);
    ensure!(!names.is_empty(), "the objects import nothing from Python");
    files::write_whole(root, output, stubs::definition(dll, names.into_iter()).as_bytes())
}

/// A universal file: a header in network byte order that says where each part begins, and the
/// parts, each at the page size that both processors agree on (mach-o/fat.h).
pub fn universal(root: &Utf8Path, output: &Utf8Path, parts: &[Utf8PathBuf]) -> anyhow::Result<()> {
    const MAGIC: u32 = 0xcafe_babe;
    const ALIGNMENT: u32 = 14;
    let page = 1 << ALIGNMENT;
    let mut header = Vec::new();
    let mut body = Vec::new();
    for number in [MAGIC, u32::try_from(parts.len())?] {
        header.extend(number.to_be_bytes());
    }
    for path in parts {
        let bytes = read(&root.join(path))?;
        ensure!(
            bytes.starts_with(&[0xcf, 0xfa, 0xed, 0xfe]) && bytes.len() > 12,
            "`{path}` is no 64-bit library for macOS"
        );
        let field = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
        let offset = page + u32::try_from(body.len())?;
        for number in [field(4), field(8), offset, u32::try_from(bytes.len())?, ALIGNMENT] {
            header.extend(number.to_be_bytes());
        }
        body.extend(&bytes);
        body.resize(body.len().next_multiple_of(page as usize), 0);
    }
    header.resize(page as usize, 0);
    // The last part needs nothing after it.
    header.extend(body);
    files::write_whole(root, output, &header)
}

/// Rewrites the modules in a folder as ones that every CPython for Linux loads: those for another
/// system as ELF libraries, beside each the one that replaces functions.
pub fn as_elf(
    root: &Utf8Path,
    folder: &Utf8Path,
    library: Option<&Utf8Path>,
) -> anyhow::Result<()> {
    let library = library.map(|library| {
        let name = library.file_name().with_context(|| format!("`{library}` names no file"))?;
        let content = read(&root.join(library))?;
        anyhow::Ok((Replacements::new(name, &content)?, content))
    });
    let library = library.transpose()?;
    let files = files::walk(&root.join(folder))?;
    let is_module = |file: &&Utf8PathBuf| matches!(file.extension(), Some("so" | "pyd"));
    let mut count = 0;
    for module in files.iter().filter(is_module) {
        let path = root.join(folder).join(module);
        let bytes = read(&path)?;
        let rewritten = match &library {
            Some((replacements, _)) => as_elf::rewritten(&bytes, replacements),
            None => as_elf::with_glibc(&bytes),
        };
        let rewritten = rewritten.with_context(|| format!("cannot rewrite `{module}`"))?;
        // Every CPython for Linux finds a module by this name.
        let stem = path.file_name().unwrap_or_default().split('.').next().unwrap_or_default();
        fs::remove_file(&path).with_context(|| format!("cannot remove `{path}`"))?;
        files::write(&path.with_file_name(format!("{stem}.so")), rewritten)?;
        if let Some((replacements, content)) = &library {
            files::write(&path.with_file_name(&replacements.file_name), content)?;
        }
        count += 1;
    }
    ensure!(count > 0, "`{folder}` holds no module");
    Ok(())
}
