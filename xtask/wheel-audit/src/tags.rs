//! Platform tags: the systems and architectures that a wheel's name promises to work on.

use crate::architecture::Architecture;

/// A version as tags have it: `manylinux_2_17_x86_64` says `(2, 17)`.
pub type Version = (u32, u32);

/// Parses `2.17`.
pub(crate) fn version_of(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The systems that a platform tag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Every system: nothing in the wheel is compiled.
    Any,
    /// Linux with this glibc or a newer one.
    Glibc(Version),
    /// Linux with this musl or a newer one.
    Musl(Version),
    /// Linux like that of the builder, which no index takes.
    Linux,
    /// This macOS or a newer one.
    Macos(Version),
    /// Windows.
    Windows,
    /// Pyodide, a CPython in WebAssembly, and others with this ABI of its year.
    Pyodide(Version),
    /// A system that this crate does not know.
    Other,
}

/// One platform tag, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformTag {
    /// The tag itself, `win_amd64`.
    pub text: String,
    /// The systems on which the wheel is to work.
    pub system: System,
    /// The architectures that each binary must have code for.
    pub architectures: Vec<Architecture>,
}

/// The manylinux tags from before PEP 600, and the version of glibc that each stands for.
const ALIASES: &[(&str, Version)] =
    &[("manylinux1_", (2, 5)), ("manylinux2010_", (2, 12)), ("manylinux2014_", (2, 17))];

impl PlatformTag {
    /// Parses a tag; that of an unknown system has [`System::Other`] and no architecture.
    pub fn parse(text: &str) -> PlatformTag {
        let (system, architecture) = system_of(text).unwrap_or((System::Other, ""));
        let architectures = match (system, architecture) {
            (System::Any | System::Other, _) => Vec::new(),
            (System::Macos(_), "universal2") => vec![Architecture::X86_64, Architecture::Aarch64],
            (System::Macos(_), "intel") => vec![Architecture::I686, Architecture::X86_64],
            (_, name) => vec![Architecture::named(name)],
        };
        PlatformTag { text: text.to_owned(), system, architectures }
    }
}

/// The processors that interpreters for Linux say that they are for.
const OF_LINUX: &str =
    "aarch64 armv6l armv7l armv8l i686 loongarch64 ppc64 ppc64le riscv64 s390x x86_64";

/// And those for macOS; some of the names are for several.
const OF_MACOS: &str =
    "arm64 fat fat3 fat32 fat64 i386 intel ppc ppc64 universal universal2 x86_64";

const OF_WINDOWS: &[&str] = &["win32", "win_amd64", "win_arm32", "win_arm64"];

impl PlatformTag {
    /// Why no installer accepts a wheel of this tag, whatever it runs on; none if some do.
    pub fn refusal(&self) -> Option<String> {
        let architecture = system_of(&self.text).map_or("", |(_, architecture)| architecture);
        let is_of = |names: &str| names.split(' ').any(|name| name == architecture);
        let begins =
            |first: (Version, &str)| Some(format!("{} begins with {}", first.1, shown(first.0)));
        match self.system {
            System::Glibc(_) | System::Musl(_) | System::Linux if !is_of(OF_LINUX) => {
                Some(format!("no interpreter for Linux says that it is for `{architecture}`"))
            }
            System::Macos(_) if !is_of(OF_MACOS) => {
                Some(format!("no interpreter for macOS says that it is for `{architecture}`"))
            }
            System::Windows if !OF_WINDOWS.contains(&self.text.as_str()) => {
                Some(format!("interpreters say that they are for {}", OF_WINDOWS.join(", ")))
            }
            System::Glibc(version) => match architecture {
                "x86_64" | "i686" if version < (2, 5) => begins(((2, 5), "manylinux")),
                "x86_64" | "i686" => None,
                name if version < (2, 17) => begins(((2, 17), &format!("manylinux for {name}"))),
                _ => None,
            },
            System::Macos((major, minor @ 1..)) if major >= 11 => {
                let is = format!("from macOS 11 on they look for `macosx_{major}_0` alone");
                Some(format!("{is}, never for a minor version such as {minor}"))
            }
            System::Macos(version) if architecture == "arm64" && version < (11, 0) => {
                begins(((11, 0), "macOS for arm64"))
            }
            System::Macos(version) if architecture == "x86_64" && version < (10, 4) => {
                begins(((10, 4), "macOS for x86_64"))
            }
            System::Macos((10, 17..)) => Some("there is no such macOS".to_owned()),
            System::Other => {
                let families = ["linux", "macosx", "manylinux", "musllinux", "win"];
                let family = self.text.split('_').next().unwrap_or_default();
                let is_ours = families.iter().any(|ours| family.starts_with(ours));
                is_ours.then(|| "it is not written as they write it".to_owned())
            }
            _ => None,
        }
    }
}

fn shown((major, minor): Version) -> String {
    format!("{major}.{minor}")
}

fn system_of(text: &str) -> Option<(System, &str)> {
    if let Some((alias, version)) = ALIASES.iter().find(|(alias, _)| text.starts_with(alias)) {
        return Some((System::Glibc(*version), &text[alias.len()..]));
    }
    match text {
        "any" => return Some((System::Any, "")),
        "win32" => return Some((System::Windows, "i686")),
        _ => {}
    }
    let (family, rest) = text.split_once('_')?;
    match family {
        "win" => return Some((System::Windows, rest)),
        "linux" => return Some((System::Linux, rest)),
        _ => {}
    }
    let mut parts = rest.splitn(3, '_');
    let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let architecture = parts.next()?;
    let system = match family {
        "manylinux" => System::Glibc(version),
        "musllinux" => System::Musl(version),
        "macosx" => System::Macos(version),
        "pyemscripten" | "pyodide" => System::Pyodide(version),
        _ => return None,
    };
    Some((system, architecture))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_no_installer_accepts_are_told_from_others() {
        for text in [
            "macosx_11_3_arm64",
            "macosx_12_1_universal2",
            "macosx_10_9_arm64",
            "macosx_10_3_x86_64",
            "macosx_10_17_x86_64",
            "macosx_11_0_aarch64",
            "macosx_11_arm64",
            "manylinux_2_12_aarch64",
            "manylinux1_aarch64",
            "manylinux2010_s390x",
            "manylinux_2_4_x86_64",
            "manylinux_2_17_amd64",
            "manylinux_2_17_arm64",
            "manylinux_2_x86_64",
            "musllinux_1_2_arm64",
            "linux_amd64",
            "win_x86_64",
            "win64",
        ] {
            assert!(PlatformTag::parse(text).refusal().is_some(), "{text}");
        }
        for text in [
            "any",
            "linux_x86_64",
            "linux_armv7l",
            "macosx_10_6_intel",
            "macosx_10_9_universal2",
            "macosx_10_16_x86_64",
            "macosx_11_0_arm64",
            "macosx_15_0_universal2",
            "manylinux1_i686",
            "manylinux2014_ppc64le",
            "manylinux_2_17_riscv64",
            "manylinux_2_28_x86_64",
            "musllinux_1_2_armv7l",
            "win32",
            "win_amd64",
            "win_arm64",
            "ios_13_0_arm64_iphoneos",
            "emscripten_3_1_58_wasm32",
        ] {
            assert_eq!(PlatformTag::parse(text).refusal(), None, "{text}");
        }
    }

    #[test]
    fn tags_of_every_kind_are_understood() {
        let check = |text, system, architectures: &[Architecture]| {
            let tag = PlatformTag::parse(text);
            assert_eq!((tag.system, tag.architectures.as_slice()), (system, architectures));
        };
        let (x86_64, arm64) = (Architecture::X86_64, Architecture::Aarch64);
        check("any", System::Any, &[]);
        check("manylinux1_i686", System::Glibc((2, 5)), &[Architecture::I686]);
        check("manylinux2014_aarch64", System::Glibc((2, 17)), &[arm64]);
        check("manylinux_2_28_x86_64", System::Glibc((2, 28)), &[x86_64]);
        check("musllinux_1_2_armv7l", System::Musl((1, 2)), &[Architecture::Armv7l]);
        check("linux_x86_64", System::Linux, &[x86_64]);
        check("macosx_10_9_x86_64", System::Macos((10, 9)), &[x86_64]);
        check("macosx_11_0_universal2", System::Macos((11, 0)), &[x86_64, arm64]);
        check("win32", System::Windows, &[Architecture::I686]);
        check("win_arm64", System::Windows, &[arm64]);
        check("pyemscripten_2026_0_wasm32", System::Pyodide((2026, 0)), &[Architecture::Wasm32]);
        check("pyodide_2024_0_wasm32", System::Pyodide((2024, 0)), &[Architecture::Wasm32]);
        check("manylinux_2_x86_64", System::Other, &[]);
        check("emscripten_3_1_58_wasm32", System::Other, &[]);
    }
}
