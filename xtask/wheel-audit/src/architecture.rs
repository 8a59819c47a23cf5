//! Processor architectures, as platform tags name them.

/// What the machine code of a binary is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit x86.
    X86_64,
    /// 32-bit x86.
    I686,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit Arm with hardware floating point.
    Armv7l,
    /// 64-bit little-endian POWER.
    Ppc64le,
    /// 64-bit RISC-V.
    Riscv64,
    /// IBM Z.
    S390x,
    /// WebAssembly with addresses of 32 bits.
    Wasm32,
    /// One that this crate does not know.
    #[default]
    Unknown,
}

/// The names of each in platform tags; the first is that of Linux.
const NAMES: &[(Architecture, &[&str])] = &[
    (Architecture::X86_64, &["x86_64", "amd64"]),
    (Architecture::I686, &["i686", "i386"]),
    (Architecture::Aarch64, &["aarch64", "arm64"]),
    (Architecture::Armv7l, &["armv7l"]),
    (Architecture::Ppc64le, &["ppc64le"]),
    (Architecture::Riscv64, &["riscv64"]),
    (Architecture::S390x, &["s390x"]),
    (Architecture::Wasm32, &["wasm32"]),
    (Architecture::Unknown, &["unknown"]),
];

impl Architecture {
    /// The architecture that a platform tag ends with: `amd64` and `x86_64` are the same.
    pub fn named(name: &str) -> Architecture {
        let found = NAMES.iter().find(|(_, names)| names.contains(&name));
        found.map_or(Architecture::Unknown, |(architecture, _)| *architecture)
    }

    /// The name in platform tags for Linux.
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(architecture, _)| *architecture == self);
        found.map_or("unknown", |(_, names)| names[0])
    }
}
