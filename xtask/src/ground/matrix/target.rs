//! The targets of wheels: platform, architecture and C library, with what is particular to each.

use jobs::hinted;
use wheel_audit::Architecture;

use super::{Abi, Interpreter};

/// A platform that wheels are built for: one row of [`TARGETS`].
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// The last part of an identifier, `manylinux_x86_64`.
    pub name: &'static str,
    pub platform: Platform,
    pub libc: Libc,
    pub architecture: Architecture,
    /// Architecture and system as zig writes them; a version may follow.
    pub zig: &'static str,
    /// The part of an extension's file name that CPython derives from the target.
    pub multiarch: &'static str,
    /// The oldest CPython that was released for it.
    pub python_min: (u32, u32),
    /// Targets whose extension modules are glued together for this one; nothing else is compiled.
    pub parts: &'static [&'static str],
    /// Flags that only this target needs.
    pub compile_flags: &'static [&'static str],
    /// Whether its code calls functions of the compiler's own runtime, which is then linked in.
    pub needs_compiler_runtime: bool,
    /// The platform tags of its wheels, where they follow from no policy.
    pub tags: &'static [&'static str],
}

/// The C library, which decides what runs where on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    Glibc {
        /// The version of its oldest functions on the architecture; the extension uses no others.
        symbols: &'static str,
        /// The oldest version of the headers that zig has.
        headers_min: (u32, u32),
        /// The oldest version that there is a policy for.
        policy_min: (u32, u32),
    },
    Musl,
    /// The C library of macOS or of Windows.
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Linux,
    Macos,
    /// CPython in WebAssembly, in browsers and in node.
    Pyodide,
    Windows,
}

/// Floats as Debian and its like have them, without the NEON that zig takes for granted; unwind
/// tables would ask for a runtime. It has no instruction to divide.
const ARMV7L: &[&str] = &["-mcpu=generic+v7a-neon-d32", "-fno-unwind-tables"];

/// The oldest that distributions of the policy's time run on; zig takes a newer one.
const S390X: &[&str] = &["-mcpu=z196"];

/// Every target, sorted by name.
pub const TARGETS: &[Target] = &[
    Target { python_min: (3, 8), ..macos("macosx_arm64", Architecture::Aarch64, "aarch64-macos") },
    Target {
        python_min: (3, 8),
        parts: &["macosx_x86_64", "macosx_arm64"],
        ..macos("macosx_universal2", Architecture::Universal2, "")
    },
    macos("macosx_x86_64", Architecture::X86_64, "x86_64-macos"),
    glibc("manylinux_aarch64", Architecture::Aarch64, "aarch64-linux-gnu", "GLIBC_2.17"),
    Target {
        compile_flags: ARMV7L,
        needs_compiler_runtime: true,
        ..glibc("manylinux_armv7l", Architecture::Armv7l, "arm-linux-gnueabihf", "GLIBC_2.4")
    },
    Target {
        multiarch: "i386-linux-gnu",
        ..glibc("manylinux_i686", Architecture::I686, "x86-linux-gnu", "GLIBC_2.0")
    },
    Target {
        libc: Libc::Glibc { symbols: "GLIBC_2.17", headers_min: (2, 19), policy_min: (2, 17) },
        ..glibc("manylinux_ppc64le", Architecture::Ppc64le, "powerpc64le-linux-gnu", "")
    },
    Target {
        libc: Libc::Glibc { symbols: "GLIBC_2.27", headers_min: (2, 27), policy_min: (2, 31) },
        ..glibc("manylinux_riscv64", Architecture::Riscv64, "riscv64-linux-gnu", "")
    },
    Target {
        compile_flags: S390X,
        ..glibc("manylinux_s390x", Architecture::S390x, "s390x-linux-gnu", "GLIBC_2.2")
    },
    glibc("manylinux_x86_64", Architecture::X86_64, "x86_64-linux-gnu", "GLIBC_2.2.5"),
    musl("musllinux_aarch64", Architecture::Aarch64, "aarch64-linux-musl"),
    Target {
        compile_flags: ARMV7L,
        needs_compiler_runtime: true,
        ..musl("musllinux_armv7l", Architecture::Armv7l, "arm-linux-musleabihf")
    },
    musl("musllinux_i686", Architecture::I686, "x86-linux-musl"),
    musl("musllinux_ppc64le", Architecture::Ppc64le, "powerpc64le-linux-musl"),
    musl("musllinux_riscv64", Architecture::Riscv64, "riscv64-linux-musl"),
    Target {
        compile_flags: S390X,
        ..musl("musllinux_s390x", Architecture::S390x, "s390x-linux-musl")
    },
    musl("musllinux_x86_64", Architecture::X86_64, "x86_64-linux-musl"),
    pyodide("pyodide_old_wasm32", &["pyodide_2024_0_wasm32", "pyodide_2025_0_wasm32"]),
    pyodide("pyodide_wasm32", &["pyemscripten_2025_0_wasm32", "pyemscripten_2026_0_wasm32"]),
    windows("win32", Architecture::I686, "x86-windows-gnu"),
    windows("win_amd64", Architecture::X86_64, "x86_64-windows-gnu"),
    Target {
        python_min: (3, 9),
        ..windows("win_arm64", Architecture::Aarch64, "aarch64-windows-gnu")
    },
];

const fn glibc(
    name: &'static str,
    architecture: Architecture,
    zig: &'static str,
    symbols: &'static str,
) -> Target {
    Target {
        name,
        platform: Platform::Linux,
        libc: Libc::Glibc { symbols, headers_min: (2, 17), policy_min: (2, 17) },
        architecture,
        zig,
        multiarch: zig,
        python_min: (2, 7),
        parts: &[],
        compile_flags: &[],
        needs_compiler_runtime: false,
        tags: &[],
    }
}

const fn musl(name: &'static str, architecture: Architecture, zig: &'static str) -> Target {
    Target { libc: Libc::Musl, ..glibc(name, architecture, zig, "") }
}

const fn macos(name: &'static str, architecture: Architecture, zig: &'static str) -> Target {
    Target {
        platform: Platform::Macos,
        libc: Libc::System,
        multiarch: "darwin",
        ..glibc(name, architecture, zig, "")
    }
}

/// Each year has an ABI of its own, but one module of so few imports serves all of them. Indexes
/// take the tags of PEP 783, `pyemscripten`, alone.
const fn pyodide(name: &'static str, tags: &'static [&'static str]) -> Target {
    Target {
        platform: Platform::Pyodide,
        libc: Libc::System,
        python_min: (3, 11),
        // Without what WebAssembly got later, which older engines refuse.
        compile_flags: &["-mcpu=generic"],
        tags,
        ..glibc(name, Architecture::Wasm32, "wasm32-wasi", "")
    }
}

/// CPython 2.7 for Windows needs the C runtime of Visual C++ 2008, which no compiler of today has.
const fn windows(name: &'static str, architecture: Architecture, zig: &'static str) -> Target {
    Target {
        platform: Platform::Windows,
        libc: Libc::System,
        multiarch: name,
        python_min: (3, 5),
        ..glibc(name, architecture, zig, "")
    }
}

impl Target {
    pub fn named(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// The target that somebody has named, who may be wrong.
    pub fn known(name: &str) -> anyhow::Result<&'static Target> {
        Target::named(name).ok_or_else(|| {
            let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            hinted(format!("`{name}` is no target"), format!("known are {}", known.join(", ")))
        })
    }

    /// The target that this machine itself runs.
    pub fn of_host(platform: Platform, architecture: Architecture) -> Option<&'static Target> {
        TARGETS.iter().find(|t| {
            t.platform == platform && t.architecture == architecture && t.libc != Libc::Musl
        })
    }

    /// Why there can be no wheel of a kind for this target, if so.
    pub fn refuses(&self, interpreter: Interpreter) -> Option<String> {
        let version = (interpreter.major, interpreter.minor);
        if version < self.python_min {
            return Some(format!("there is no CPython {} for it", interpreter.version()));
        }
        match (self.platform, interpreter.abi) {
            _ if interpreter.abi == Abi::PyPy && !matches!(self.libc, Libc::Glibc { .. }) => {
                Some("PyPy is for Linux with glibc here".to_owned())
            }
            // Only on Linux was it usual to build 2.7 with wide characters.
            (Platform::Macos, Abi::Version("mu")) => Some("its CPython 2.7 is cp27m".to_owned()),
            _ => None,
        }
    }

    /// Platform tags of a wheel under a policy: `manylinux_2_17_x86_64` and its alias of PEP 599,
    /// which pip before 20.3 knows alone.
    pub fn platform_tags(&self, policy: &str) -> Vec<String> {
        if self.platform == Platform::Windows {
            return vec![self.name.to_owned()];
        }
        if !self.tags.is_empty() {
            return self.tags.iter().map(|tag| (*tag).to_owned()).collect();
        }
        let alias = match policy {
            "manylinux_2_5" => Some("manylinux1"),
            "manylinux_2_12" => Some("manylinux2010"),
            "manylinux_2_17" => Some("manylinux2014"),
            _ => None,
        };
        let architecture = self.architecture_tag();
        [Some(policy), alias].iter().flatten().map(|tag| format!("{tag}_{architecture}")).collect()
    }

    /// Whether a platform tag, of whatever policy, is of this target.
    pub fn has_tag(&self, tag: &str) -> bool {
        let library = match (self.platform, self.libc) {
            (Platform::Windows, _) => return tag == self.name,
            (Platform::Pyodide, _) => return self.tags.contains(&tag),
            (Platform::Macos, _) => "macosx_",
            (_, Libc::Musl) => "musllinux_",
            _ => "manylinux",
        };
        tag.starts_with(library) && tag.ends_with(&format!("_{}", self.architecture_tag()))
    }

    /// The architecture as a platform tag of the target ends with it.
    pub fn architecture_tag(&self) -> &'static str {
        match (self.platform, self.architecture) {
            (Platform::Macos, Architecture::Aarch64) => "arm64",
            (Platform::Windows, Architecture::X86_64) => "amd64",
            (_, architecture) => architecture.name(),
        }
    }

    /// The architecture as musl names its library after it.
    pub fn musl_architecture(&self) -> &'static str {
        match self.architecture {
            Architecture::I686 => "x86",
            Architecture::Armv7l => "armv7",
            architecture => architecture.name(),
        }
    }

    /// What pip is told to accept when it installs for this target.
    pub fn pip_platforms(&self) -> Vec<String> {
        let policies: &[&str] = match (self.platform, self.libc) {
            (Platform::Windows | Platform::Pyodide, _) => return self.platform_tags(""),
            (Platform::Macos, _) => &["macosx_14_0", "macosx_11_0", "macosx_10_13", "macosx_10_9"],
            (_, Libc::Musl) => &["musllinux_1_2", "musllinux_1_1"],
            _ => &["manylinux_2_31", "manylinux_2_28", "manylinux_2_27", "manylinux2014"],
        };
        let architecture = self.architecture_tag();
        policies.iter().map(|policy| format!("{policy}_{architecture}")).collect()
    }
}

/// The version that a policy promises: `manylinux_2_17` is `(2, 17)`, `macosx_10_13` is `(10, 13)`.
pub fn version_of_policy(policy: &str) -> Option<(u32, u32)> {
    let (_, version) = policy.split_once('_')?;
    let (major, minor) = version.split_once('_')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str) -> &'static Target {
        Target::named(name).unwrap()
    }

    #[test]
    fn targets_are_sorted_and_named_after_their_platform_and_architecture() {
        assert!(TARGETS.is_sorted_by_key(|target| target.name));
        for target in TARGETS.iter().filter(|target| target.platform != Platform::Windows) {
            assert!(target.name.ends_with(target.architecture_tag()), "{}", target.name);
        }
    }

    #[test]
    fn a_policy_promises_a_version() {
        assert_eq!(version_of_policy("manylinux_2_17"), Some((2, 17)));
        assert_eq!(version_of_policy("macosx_10_13"), Some((10, 13)));
        assert_eq!(version_of_policy("manylinux2014"), None);
    }

    #[test]
    fn old_pips_find_the_alias_of_a_policy() {
        let tags = |name, policy| target(name).platform_tags(policy);
        assert_eq!(
            tags("manylinux_i686", "manylinux_2_17"),
            ["manylinux_2_17_i686", "manylinux2014_i686"]
        );
        assert_eq!(tags("manylinux_i686", "manylinux_2_36"), ["manylinux_2_36_i686"]);
        assert_eq!(tags("musllinux_x86_64", "musllinux_1_2"), ["musllinux_1_2_x86_64"]);
        assert_eq!(tags("macosx_arm64", "macosx_11_0"), ["macosx_11_0_arm64"]);
        assert_eq!(tags("win32", "win"), ["win32"]);
    }

    #[test]
    fn what_never_existed_is_refused_with_the_reason() {
        let refuses = |name, interpreter: &str| target(name).refuses(interpreter.parse().unwrap());
        assert_eq!(refuses("win32", "cp27m").unwrap(), "there is no CPython 2.7 for it");
        assert_eq!(refuses("macosx_arm64", "cp37m").unwrap(), "there is no CPython 3.7 for it");
        assert_eq!(refuses("macosx_x86_64", "cp27mu").unwrap(), "its CPython 2.7 is cp27m");
        assert_eq!(refuses("manylinux_s390x", "cp27mu"), None);
        assert_eq!(refuses("win_arm64", "cp311-abi3"), None);
    }
}
