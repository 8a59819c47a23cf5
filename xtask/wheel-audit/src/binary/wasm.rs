//! Reads the facts of a dynamic library of WebAssembly: what `dylink.0` says, imports, exports.

use anyhow::{Context, ensure};

use super::slice::{Budget, Slice, UNSTRIPPED};
use crate::architecture::Architecture;

/// Names by which module and loader arrange memory; they are no symbols.
const OF_LOADER: &[&str] = &[
    "memory",
    "__indirect_function_table",
    "__memory_base",
    "__table_base",
    "__stack_pointer",
    "__wasm_apply_data_relocs",
    "__wasm_call_ctors",
];

/// Where Emscripten's loader finds what a module imports. `GOT` is for addresses.
const PROVIDERS: &[&str] = &["env", "GOT.func", "GOT.mem", "wasi_snapshot_preview1"];

pub fn read(bytes: &[u8]) -> anyhow::Result<Slice> {
    // What names cost counts for the whole file.
    let mut reader = Reader { bytes, budget: &mut Budget::new() };
    reader.take(8)?;
    // Without the section that libraries begin with, it is a program.
    let mut slice =
        Slice { architecture: Architecture::Wasm32, is_program: true, ..Slice::default() };
    let mut is_first = true;
    while !reader.bytes.is_empty() {
        let kind = reader.take(1)?[0];
        let mut section = reader.part()?;
        match kind {
            0 => {
                let name = section.text()?;
                if name == "dylink.0" && is_first {
                    slice.is_program = false;
                    section.add_needs(&mut slice)?;
                } else if name == "name" {
                    slice.weaknesses.push(UNSTRIPPED);
                } else if name == ".debug_info" {
                    slice.weaknesses.push("holds debug information");
                }
            }
            2 => section.add_imports(&mut slice)?,
            7 => section.add_exports(&mut slice)?,
            _ => {}
        }
        is_first = false;
    }
    Ok(slice)
}

/// The rest of a module, of a section or of a part of one.
struct Reader<'data, 'file> {
    bytes: &'data [u8],
    budget: &'file mut Budget,
}

impl<'data> Reader<'data, '_> {
    fn take(&mut self, count: usize) -> anyhow::Result<&'data [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count).context("it is cut off")?;
        self.bytes = rest;
        Ok(taken)
    }

    /// A number of up to 64 bits in groups of seven, the lowest first.
    fn number(&mut self) -> anyhow::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        anyhow::bail!("a number in it has no end")
    }

    /// What its length stands before.
    fn part(&mut self) -> anyhow::Result<Reader<'data, '_>> {
        let length = usize::try_from(self.number()?)?;
        Ok(Reader { bytes: self.take(length)?, budget: self.budget })
    }

    fn text(&mut self) -> anyhow::Result<String> {
        let text = self.part()?;
        text.budget.text(text.bytes)
    }

    fn texts(&mut self) -> anyhow::Result<Vec<String>> {
        (0..self.number()?).map(|_| self.text()).collect()
    }

    fn add_needs(&mut self, slice: &mut Slice) -> anyhow::Result<()> {
        while !self.bytes.is_empty() {
            let kind = self.take(1)?[0];
            let mut part = self.part()?;
            match kind {
                2 => slice.needed = part.texts()?,
                5 => slice.run_paths = part.texts()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_imports(&mut self, slice: &mut Slice) -> anyhow::Result<()> {
        for _ in 0..self.number()? {
            let (provider, name) = (self.text()?, self.text()?);
            match self.take(1)?[0] {
                0 => drop(self.number()?),
                1 => {
                    self.take(1)?;
                    self.limits()?;
                }
                2 if self.limits()? & 2 != 0 => {
                    slice.faults.push("is made for threads, which share memory".to_owned());
                }
                2 => {}
                3 => drop(self.take(2)?),
                4 => {
                    self.take(1)?;
                    self.number()?;
                }
                kind => anyhow::bail!("it imports something of an unknown kind, {kind}"),
            }
            if !PROVIDERS.contains(&provider.as_str()) {
                slice.faults.push(format!("imports `{name}` of `{provider}`, which nothing is"));
            } else if !OF_LOADER.contains(&name.as_str()) {
                slice.imports.push(name);
            }
        }
        Ok(())
    }

    /// The flags of the limits of a table or memory.
    fn limits(&mut self) -> anyhow::Result<u64> {
        let flags = self.number()?;
        ensure!(flags < 16, "its limits have unknown flags");
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Ok(flags)
    }

    fn add_exports(&mut self, slice: &mut Slice) -> anyhow::Result<()> {
        for _ in 0..self.number()? {
            let name = self.text()?;
            self.take(1)?;
            self.number()?;
            if !OF_LOADER.contains(&name.as_str()) {
                slice.exports.push(name);
            }
        }
        Ok(())
    }
}
