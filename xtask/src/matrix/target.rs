//! The machine side of a wheel: platform, architecture and libc. What is particular to one is data.

/// What a compiled core serves: one row of [`TARGETS`].
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Last part of an identifier, `manylinux_x86_64`.
    pub name: &'static str,
    pub platform: Platform,
    pub architecture: Architecture,
    pub libc: Libc,
    /// Architecture and libc as zig writes them; for glibc the version of the policy is appended.
    pub zig: &'static str,
    /// The part of an extension's file name that CPython derives from the target.
    pub multiarch: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Linux,
    Macos,
    Windows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    Glibc,
}

/// Architectures as the platform tags name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    X86_64,
    I686,
    Aarch64,
    Armv7l,
    Ppc64le,
    Riscv64,
    S390x,
    Unknown,
}

/// Every target, sorted by name.
pub const TARGETS: &[Target] = &[
    Target {
        name: "manylinux_aarch64",
        platform: Platform::Linux,
        architecture: Architecture::Aarch64,
        libc: Libc::Glibc,
        zig: "aarch64-linux-gnu",
        multiarch: "aarch64-linux-gnu",
    },
    Target {
        name: "manylinux_i686",
        platform: Platform::Linux,
        architecture: Architecture::I686,
        libc: Libc::Glibc,
        zig: "x86-linux-gnu",
        multiarch: "i386-linux-gnu",
    },
    Target {
        name: "manylinux_x86_64",
        platform: Platform::Linux,
        architecture: Architecture::X86_64,
        libc: Libc::Glibc,
        zig: "x86_64-linux-gnu",
        multiarch: "x86_64-linux-gnu",
    },
];

impl Target {
    pub fn named(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// The target that this machine itself runs.
    pub fn of_host(platform: Platform, architecture: Architecture) -> Option<&'static Target> {
        TARGETS.iter().find(|t| t.platform == platform && t.architecture == architecture)
    }

    /// Platform tags of a wheel under a policy: `manylinux_2_17_x86_64` and its alias of PEP 599,
    /// which pip before 20.3 knows alone.
    pub fn platform_tags(&self, policy: &str) -> Vec<String> {
        let alias = match policy {
            "manylinux_2_5" => Some("manylinux1"),
            "manylinux_2_12" => Some("manylinux2010"),
            "manylinux_2_17" => Some("manylinux2014"),
            _ => None,
        };
        let architecture = self.architecture.tag();
        [Some(policy), alias].iter().flatten().map(|tag| format!("{tag}_{architecture}")).collect()
    }

    /// What pip is told to accept when it fetches other projects' wheels for this target.
    pub fn pip_platforms(&self) -> Vec<String> {
        let architecture = self.architecture.tag();
        ["manylinux_2_28", "manylinux_2_27", "manylinux2014"]
            .iter()
            .map(|policy| format!("{policy}_{architecture}"))
            .collect()
    }
}

impl Architecture {
    pub fn tag(self) -> &'static str {
        match self {
            Architecture::X86_64 => "x86_64",
            Architecture::I686 => "i686",
            Architecture::Aarch64 => "aarch64",
            Architecture::Armv7l => "armv7l",
            Architecture::Ppc64le => "ppc64le",
            Architecture::Riscv64 => "riscv64",
            Architecture::S390x => "s390x",
            Architecture::Unknown => "unknown",
        }
    }
}

/// The glibc version that a policy promises: `manylinux_2_17` is `2.17`.
pub fn glibc_of_policy(policy: &str) -> Option<(u32, u32)> {
    let (major, minor) = policy.strip_prefix("manylinux_")?.split_once('_')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_sorted_and_named_after_their_platform_and_architecture() {
        assert!(TARGETS.is_sorted_by_key(|target| target.name));
        for target in TARGETS {
            assert!(target.name.ends_with(target.architecture.tag()), "{}", target.name);
        }
    }

    #[test]
    fn a_policy_promises_a_glibc() {
        assert_eq!(glibc_of_policy("manylinux_2_17"), Some((2, 17)));
        assert_eq!(glibc_of_policy("manylinux2014"), None);
    }

    #[test]
    fn old_pips_find_the_alias_of_a_policy() {
        let target = Target::named("manylinux_i686").unwrap();
        assert_eq!(
            target.platform_tags("manylinux_2_17"),
            ["manylinux_2_17_i686", "manylinux2014_i686"]
        );
        assert_eq!(target.platform_tags("manylinux_2_36"), ["manylinux_2_36_i686"]);
    }
}
