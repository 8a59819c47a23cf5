//! What a module is in memory, whatever the system that it was made for.

/// The kinds of processors whose code is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    X86_64,
    Aarch64,
}

/// A module. Addresses count from where it begins.
#[derive(Debug)]
pub struct Image {
    pub machine: Machine,
    pub segments: Vec<Segment>,
    /// Pointers into the module itself.
    pub pointers: Vec<Pointer>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Functions that are called once it is loaded, in this order.
    pub initialisers: Vec<u64>,
}

#[derive(Debug)]
pub struct Segment {
    pub address: u64,
    /// How much memory it takes; what is beyond its data is zero.
    pub size: u64,
    pub data: Vec<u8>,
    pub is_writable: bool,
    pub is_executable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    pub address: u64,
    pub target: u64,
}

/// A pointer to something that another library has.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub address: u64,
    pub name: String,
    pub addend: i64,
    /// Whether the module is loaded without it too.
    pub is_weak: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Export {
    pub name: String,
    pub address: u64,
}

impl Machine {
    pub fn of(architecture: object::Architecture) -> Option<Machine> {
        match architecture {
            object::Architecture::X86_64 => Some(Machine::X86_64),
            object::Architecture::Aarch64 => Some(Machine::Aarch64),
            _ => None,
        }
    }
}
