//! Reads a module for macOS: its segments and what its loader would do to them.

use std::collections::HashMap;

use anyhow::{Context, bail, ensure};
use object::{
    LittleEndian as Little, Object,
    macho::{self, DyldInfoCommand, LinkeditDataCommand, MachHeader64, Section64},
    read::macho::{
        ExportData, FatArch, Fixup, LoadCommandVariant, MachHeader, MachOFatFile32, Section,
        Segment as _,
    },
};

use crate::image::{Export, Image, Import, Machine, Pointer, Segment};

/// The part of a universal file for one kind of processor.
pub fn part(bytes: &[u8], machine: Machine) -> anyhow::Result<&[u8]> {
    let file = MachOFatFile32::parse(bytes)?;
    let is_meant = |part: &&macho::FatArch32| Machine::of(part.architecture()) == Some(machine);
    let part = file.arches().iter().find(is_meant);
    Ok(part.with_context(|| format!("it has no part for {machine:?}"))?.data(bytes)?)
}

/// A segment as the file describes it; others count them by their places.
struct Raw<'data> {
    address: u64,
    data: &'data [u8],
}

/// What the load commands say.
#[derive(Default)]
struct Commands<'data> {
    raw: Vec<Raw<'data>>,
    sections: Vec<&'data Section64<Little>>,
    info: Option<&'data DyldInfoCommand<Little>>,
    fixups: Option<&'data LinkeditDataCommand<Little>>,
    trie: Option<&'data LinkeditDataCommand<Little>>,
}

struct Reader<'data> {
    bytes: &'data [u8],
    commands: Commands<'data>,
    /// Where the module would like to begin.
    base: u64,
    image: Image,
}

pub fn read(bytes: &[u8]) -> anyhow::Result<Image> {
    let file = object::File::parse(bytes)?;
    let machine = Machine::of(file.architecture());
    let machine = machine.with_context(|| format!("it is for {:?}", file.architecture()))?;
    let mut image = Image {
        machine,
        segments: Vec::new(),
        pointers: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        initialisers: Vec::new(),
    };
    let commands = read_commands(bytes, &mut image)?;
    let base = image.segments.iter().map(|segment| segment.address).min();
    let base = base.context("it has no segments")?;
    image.segments.iter_mut().for_each(|segment| segment.address -= base);
    let mut reader = Reader { bytes, commands, base, image };
    reader.read_info()?;
    reader.read_fixups()?;
    reader.read_exports()?;
    reader.read_initialisers()?;
    Ok(reader.image)
}

fn read_commands<'data>(bytes: &'data [u8], image: &mut Image) -> anyhow::Result<Commands<'data>> {
    let header = MachHeader64::<Little>::parse(bytes, 0)?;
    ensure!(header.is_supported(), "it is big-endian");
    let mut found = Commands::default();
    let mut commands = header.load_commands(Little, bytes, 0)?;
    while let Some(command) = commands.next()? {
        match command.variant()? {
            LoadCommandVariant::Segment64(segment, sections) => {
                let data = segment.data(Little, bytes).ok().context("a segment is cut off")?;
                let address = segment.vmaddr(Little);
                found.raw.push(Raw { address, data });
                found.sections.extend(segment.sections(Little, sections)?);
                // What only the loader and debuggers read is not loaded.
                if segment.name() != b"__LINKEDIT" {
                    let protection = segment.initprot.get(Little);
                    image.segments.push(Segment {
                        address,
                        size: segment.vmsize(Little),
                        data: data.to_owned(),
                        is_writable: (protection & macho::VM_PROT_WRITE).0 != 0,
                        is_executable: (protection & macho::VM_PROT_EXECUTE).0 != 0,
                    });
                }
            }
            LoadCommandVariant::DyldInfo(info) => found.info = Some(info),
            LoadCommandVariant::LinkeditData(data) => match command.cmd() {
                macho::LC_DYLD_CHAINED_FIXUPS => found.fixups = Some(data),
                macho::LC_DYLD_EXPORTS_TRIE => found.trie = Some(data),
                _ => {}
            },
            _ => {}
        }
    }
    Ok(found)
}

impl<'data> Reader<'data> {
    /// The address of a place in a segment.
    fn address(&self, segment: usize, offset: u64) -> anyhow::Result<u64> {
        let raw = self.commands.raw.get(segment).context("it names a segment that is not there")?;
        Ok(raw.address - self.base + offset)
    }

    /// What linkers wrote until 2021, and for old systems still write: little programs.
    fn read_info(&mut self) -> anyhow::Result<()> {
        let Some(info) = self.commands.info else { return Ok(()) };
        let mut rebases = info.rebases(Little, self.bytes, 8)?;
        while let Some(rebase) = rebases.next()? {
            ensure!(rebase.kind == macho::REBASE_TYPE_POINTER, "it has code that moves");
            let address = self.address(rebase.segment_index.into(), rebase.segment_offset)?;
            let target = self.number(address)? - self.base;
            self.image.pointers.push(Pointer { address, target });
        }
        let lists = [info.binds(Little, self.bytes, 8)?, info.lazy_binds(Little, self.bytes, 8)?];
        for mut binds in lists {
            while let Some(bind) = binds.next()? {
                ensure!(bind.kind == macho::BIND_TYPE_POINTER, "it binds code");
                let address = self.address(bind.segment_index.into(), bind.segment_offset)?;
                let is_weak = bind.flags.0 & macho::BIND_SYMBOL_FLAGS_WEAK_IMPORT.0 != 0;
                self.import(address, bind.symbol, bind.addend, is_weak)?;
            }
        }
        Ok(())
    }

    /// What they write since: chains through the pointers themselves.
    fn read_fixups(&mut self) -> anyhow::Result<()> {
        let Some(command) = self.commands.fixups else { return Ok(()) };
        let fixups = command.chained_fixups(Little, self.bytes)?;
        let imports = fixups.imports(Little)?.collect::<object::Result<Vec<_>>>()?;
        let mut segments = fixups.segments(Little)?;
        while let Some(segment) = segments.next()? {
            let index = segment.index() as usize;
            let raw = self.commands.raw.get(index).context("a chain is in no segment")?;
            let mut chain = segment.fixups(Little, self.base, raw.data);
            while let Some((offset, fixup)) = chain.next()? {
                let address = self.address(index, offset)?;
                match fixup {
                    Fixup::Rebase(rebase) if rebase.auth.is_none() => {
                        let target = rebase.target_offset;
                        self.image.pointers.push(Pointer { address, target });
                    }
                    Fixup::Bind(bind) if bind.auth.is_none() => {
                        let import = imports.get(bind.ordinal as usize);
                        let import = import.context("a chain names an import that is not there")?;
                        let addend = import.addend + i64::from(bind.addend);
                        self.import(address, import.name, addend, import.weak_import)?;
                    }
                    _ => bail!("its pointers are of a kind that is not read: {fixup:?}"),
                }
            }
        }
        Ok(())
    }

    fn import(
        &mut self,
        address: u64,
        symbol: &[u8],
        addend: i64,
        is_weak: bool,
    ) -> anyhow::Result<()> {
        let name = name_of(symbol)?;
        // It would look names up when they are first used; here all of them are at once.
        if name != "dyld_stub_binder" {
            self.image.imports.push(Import { address, name, addend, is_weak });
        }
        Ok(())
    }

    fn read_exports(&mut self) -> anyhow::Result<()> {
        let mut trie = match (self.commands.info, self.commands.trie) {
            (_, Some(trie)) => trie.exports_trie(Little, self.bytes)?,
            (Some(info), None) => info.exports_trie(Little, self.bytes)?,
            (None, None) => bail!("it exports nothing"),
        };
        while let Some(symbol) = trie.next()? {
            if let ExportData::Regular { address } = *symbol.data() {
                self.image.exports.push(Export { name: name_of(symbol.name())?, address });
            }
        }
        Ok(())
    }

    fn read_initialisers(&mut self) -> anyhow::Result<()> {
        let pointers = self.image.pointers.iter().map(|p| (p.address, p.target));
        let targets: HashMap<u64, u64> = pointers.collect();
        for section in std::mem::take(&mut self.commands.sections) {
            let start = section.addr(Little) - self.base;
            let places = |size: usize| (start..start + section.size(Little)).step_by(size);
            match section.flags(Little).typ() {
                macho::S_MOD_INIT_FUNC_POINTERS => {
                    let found = places(8).map(|place| targets.get(&place).copied());
                    let found: Option<Vec<u64>> = found.collect();
                    self.image.initialisers.extend(found.context("an initialiser is no pointer")?);
                }
                macho::S_INIT_FUNC_OFFSETS => {
                    for place in places(4) {
                        let offset = self.number(place)? & u64::from(u32::MAX);
                        self.image.initialisers.push(offset);
                    }
                }
                macho::S_THREAD_LOCAL_VARIABLES => {
                    bail!("it has thread-local variables");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The number in eight bytes, or fewer at the end of a segment.
    fn number(&self, address: u64) -> anyhow::Result<u64> {
        let found = self.image.segments.iter().find_map(|segment| {
            let start = usize::try_from(address.checked_sub(segment.address)?).ok()?;
            let rest = segment.data.get(start..)?;
            let mut number = [0; 8];
            let length = rest.len().min(8);
            number[..length].copy_from_slice(&rest[..length]);
            (length > 0).then(|| u64::from_le_bytes(number))
        });
        found.with_context(|| format!("nothing is at {address:#x}"))
    }
}

/// A name of C: the tools of macOS put an underscore before it.
fn name_of(symbol: &[u8]) -> anyhow::Result<String> {
    let name = std::str::from_utf8(symbol).context("a name is not UTF-8")?;
    Ok(name.strip_prefix('_').unwrap_or(name).to_owned())
}
