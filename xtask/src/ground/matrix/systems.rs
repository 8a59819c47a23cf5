//! Which systems wheels are asked for: `all`, `linux`, `windows/arm64`.

use std::str::FromStr;

use jobs::hinted;

use super::{Architecture, Platform, Target};
use crate::ground::meant::did_you_mean;

/// One platform or all of them, of one architecture or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Systems {
    platform: Option<Platform>,
    architecture: Option<Architecture>,
}

impl Systems {
    pub fn contain(&self, target: &Target) -> bool {
        self.platform.is_none_or(|platform| platform == target.platform)
            && self.architecture.is_none_or(|architecture| architecture == target.architecture)
    }
}

impl FromStr for Systems {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Systems> {
        let (system, architecture) = match text.split_once('/') {
            Some((system, architecture)) => (system, Some(architecture)),
            None => (text, None),
        };
        let platform = match system {
            "all" => None,
            "linux" => Some(Platform::Linux),
            "macos" => Some(Platform::Macos),
            "pyodide" => Some(Platform::Pyodide),
            "windows" => Some(Platform::Windows),
            _ => {
                return Err(hinted(
                    format!("`{text}` is no system"),
                    format!(
                        "{}say `all`, `linux`, `macos`, `pyodide` or `windows`, or with an \
                         architecture, like `linux/arm64`",
                        did_you_mean(system, ["all", "linux", "macos", "pyodide", "windows"])
                    ),
                ));
            }
        };
        let architecture = architecture.map(|name| match Architecture::named(name) {
            Architecture::Unknown => Err(hinted(
                format!("`{name}` is no architecture known here"),
                "say it like `linux/amd64`, `linux/386`, `linux/arm64`",
            )),
            known => Ok(known),
        });
        Ok(Systems { platform, architecture: architecture.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::matrix::TARGETS;

    fn names(text: &str) -> Vec<&'static str> {
        let systems: Systems = text.parse().unwrap();
        TARGETS.iter().filter(|target| systems.contain(target)).map(|target| target.name).collect()
    }

    #[test]
    fn a_system_is_all_its_targets() {
        assert_eq!(names("all").len(), TARGETS.len());
        assert_eq!(names("windows"), ["win32", "win_amd64", "win_arm64"]);
    }

    #[test]
    fn an_architecture_may_be_named_as_docker_does() {
        assert_eq!(names("linux/arm64"), ["manylinux_aarch64", "musllinux_aarch64"]);
        assert_eq!(names("linux/386"), names("linux/i686"));
        assert_eq!(names("linux/arm/v7"), ["manylinux_armv7l", "musllinux_armv7l"]);
        assert_eq!(names("macos/universal2"), ["macosx_universal2"]);
    }

    #[test]
    fn what_names_no_system_says_what_does() {
        let error = |text: &str| jobs::shown(&text.parse::<Systems>().unwrap_err());
        assert!(error("win").contains("`windows`"));
        assert!(error("linux/z80").starts_with("`z80` is no architecture known here"));
    }
}
