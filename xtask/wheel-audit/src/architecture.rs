//! Processor architectures, as platform tags name them.

use serde::{Deserialize, Serialize};

/// What the machine code of a binary is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// x86_64 and aarch64 in one file, on macOS.
    Universal2,
    /// WebAssembly with addresses of 32 bits.
    Wasm32,
    /// One that this crate does not know.
    #[default]
    Unknown,
}

/// Each as platform tags for Linux name it, and as `uname`, Go, docker and Windows do besides.
const NAMES: &[(Architecture, &[&str])] = &[
    (Architecture::X86_64, &["x86_64", "amd64"]),
    (Architecture::I686, &["i686", "i386", "386"]),
    (Architecture::Aarch64, &["aarch64", "arm64"]),
    (Architecture::Armv7l, &["armv7l", "arm", "arm/v7"]),
    (Architecture::Ppc64le, &["ppc64le"]),
    (Architecture::Riscv64, &["riscv64"]),
    (Architecture::S390x, &["s390x"]),
    (Architecture::Universal2, &["universal2"]),
    (Architecture::Wasm32, &["wasm32"]),
];

impl Architecture {
    /// The architecture that has a name, whoever uses that: `amd64` and `x86_64` are the same.
    pub fn named(name: &str) -> Architecture {
        let found = NAMES.iter().find(|(_, names)| names.contains(&name));
        found.map_or(Architecture::Unknown, |(architecture, _)| *architecture)
    }

    /// The name in platform tags for Linux.
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(architecture, _)| *architecture == self);
        found.map_or("unknown", |(_, names)| names[0])
    }

    /// Whether processors of this architecture run programs for the other one.
    pub fn runs(self, other: Architecture) -> bool {
        self == other || (self, other) == (Architecture::X86_64, Architecture::I686)
    }
}
