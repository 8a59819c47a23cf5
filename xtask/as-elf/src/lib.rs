//! Rewrites an extension module for another system as one that Linux with glibc loads.

mod elf;
mod image;
mod macho;

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use object::{FileKind, Object, ObjectSymbol};

pub use image::Machine;

/// The library that replaces functions which the other system has differently.
pub struct Replacements {
    /// What it is for.
    pub machine: Machine,
    /// The name of its file, which is put beside the module.
    pub file_name: String,
    /// The functions that it replaces.
    names: BTreeSet<String>,
}

/// What the name of a replaced function begins with.
const PREFIX: &str = "foreign_";

impl Replacements {
    /// Reads the library.
    pub fn new(file_name: &str, library: &[u8]) -> anyhow::Result<Replacements> {
        let file = object::File::parse(library)?;
        let machine = Machine::of(file.architecture())
            .with_context(|| format!("`{file_name}` is for {:?}", file.architecture()))?;
        let defined = file.dynamic_symbols().filter(|symbol| symbol.is_definition());
        let names =
            defined.filter_map(|symbol| Some(symbol.name().ok()?.strip_prefix(PREFIX)?.into()));
        Ok(Replacements { machine, file_name: file_name.to_owned(), names: names.collect() })
    }

    /// What a function is called where the module finds it.
    fn name_of(&self, function: &str) -> String {
        let prefix = if self.names.contains(function) { PREFIX } else { "" };
        format!("{prefix}{function}")
    }
}

/// What the names of musl's library begin with, and that of glibc.
const MUSL: &[u8] = b"\0libc.musl-";
const GLIBC: &[u8] = b"\0libc.so.6\0";

/// Has a module for Linux ask for glibc where it asks for musl. All else of it stays as it is.
pub fn with_glibc(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let kind = FileKind::parse(module)?;
    if !matches!(kind, FileKind::Elf32 | FileKind::Elf64) {
        bail!("it is {kind:?}, and no module for Linux");
    }
    let mut bytes = module.to_vec();
    if let Some(start) = bytes.windows(MUSL.len()).position(|window| window == MUSL) {
        bytes[start..start + GLIBC.len()].copy_from_slice(GLIBC);
    }
    Ok(bytes)
}

/// Rewrites a module, of several processors the part for that of the replacements.
pub fn rewritten(module: &[u8], replacements: &Replacements) -> anyhow::Result<Vec<u8>> {
    let mut image = match FileKind::parse(module)? {
        FileKind::MachO64 => macho::read(module)?,
        FileKind::MachOFat32 => macho::read(macho::part(module, replacements.machine)?)?,
        kind => bail!("it is {kind:?}, and no module for macOS with 64 bits"),
    };
    if image.machine != replacements.machine {
        bail!("it is for {:?}, not {:?}", image.machine, replacements.machine);
    }
    for import in &mut image.imports {
        let name = replacements.name_of(&import.name);
        let is_taken_otherwise = image.machine == Machine::Aarch64 && name == import.name;
        if is_taken_otherwise && is_variadic(&name) {
            bail!("it calls `{name}`, whose arguments macOS passes otherwise");
        }
        import.name = name;
    }
    elf::write(&image, &replacements.file_name)
}

/// Functions of C and of CPython that take any number of arguments.
const VARIADIC: &[&str] = &[
    "asprintf dprintf execl fcntl fprintf fscanf ioctl open openat printf scanf semctl snprintf",
    "sprintf sscanf swprintf syscall syslog wprintf __fprintf_chk __printf_chk __snprintf_chk",
    "__sprintf_chk Py_BuildValue PyArg_Parse PyArg_ParseTuple PyArg_ParseTupleAndKeywords",
    "PyArg_UnpackTuple PyBytes_FromFormat PyErr_Format PyErr_FormatUnraisable PyErr_WarnFormat",
    "PyErr_ResourceWarning PyObject_CallFunction PyObject_CallFunctionObjArgs PyObject_CallMethod",
    "PyObject_CallMethodObjArgs PyOS_snprintf PySys_FormatStderr PySys_FormatStdout",
    "PySys_WriteStderr PySys_WriteStdout PyTuple_Pack PyUnicode_FromFormat",
];

/// Whether a function is one of those, or as CPython calls it where sizes are Py_ssize_t.
fn is_variadic(name: &str) -> bool {
    let usual = name.strip_prefix('_').and_then(|name| name.strip_suffix("_SizeT"));
    VARIADIC.iter().flat_map(|line| line.split(' ')).any(|one| one == usual.unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::ObjectSection;

    const MODULE: &[u8] = include_bytes!("../../wheel-audit/tests/fixtures/macos_arm64.macho");

    fn replacements(machine: Machine, names: &[&str]) -> Replacements {
        let names = names.iter().map(|name| name.to_string()).collect();
        Replacements { machine, file_name: "libmacos.so".to_owned(), names }
    }

    #[test]
    fn a_module_keeps_its_code_and_what_it_imports_and_exports() {
        let bytes = rewritten(MODULE, &replacements(Machine::Aarch64, &["malloc"])).unwrap();
        for name in ["PyModule_Create2", "foreign_malloc", "PyInit_tosig", "libmacos.so"] {
            let name = format!("\0{name}\0");
            assert!(has(&bytes, name.as_bytes()), "{name:?}");
        }
        let module = object::File::parse(MODULE).unwrap();
        let code = module.section_by_name("__text").unwrap();
        let start = usize::try_from(0x1_0000 + code.address()).unwrap();
        let code = code.data().unwrap();
        assert_eq!(&bytes[start..start + code.len()], code);
    }

    fn has(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn a_module_for_musl_asks_for_glibc_and_is_the_same_otherwise() {
        let linux = include_bytes!("../../wheel-audit/tests/fixtures/linux_x86_64.elf");
        assert_eq!(with_glibc(linux).unwrap(), linux);
        let musl = [&linux[..], b"\0libc.musl-x86_64.so.1\0"].concat();
        let glibc = [&linux[..], b"\0libc.so.6\0x86_64.so.1\0"].concat();
        assert_eq!(with_glibc(&musl).unwrap(), glibc);
        assert!(with_glibc(MODULE).is_err());
    }

    #[test]
    fn what_takes_any_number_of_arguments_is_known_under_both_of_its_names() {
        for name in ["PyErr_Format", "_PyArg_ParseTuple_SizeT", "snprintf", "PyTuple_Pack"] {
            assert!(is_variadic(name), "{name}");
        }
        assert!(!is_variadic("PyErr_FormatV") && !is_variadic("_PyErr_Format"));
    }

    #[test]
    fn what_is_for_another_processor_or_cut_off_is_refused() {
        let refusal =
            |bytes, machine| rewritten(bytes, &replacements(machine, &[])).unwrap_err().to_string();
        assert_eq!(refusal(MODULE, Machine::X86_64), "it is for Aarch64, not X86_64");
        for length in (0..MODULE.len()).step_by(61) {
            refusal(&MODULE[..length], Machine::Aarch64);
        }
    }
}
