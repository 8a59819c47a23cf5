//! File names of wheels: `{distribution}-{version}(-{build})?-{python}-{abi}-{platform}.whl`, where
//! each of the last three may be several tags with dots between them.

use std::{fmt, str::FromStr};

use crate::{error::Error, tags::PlatformTag};

/// The parts of a wheel's file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelName {
    /// The project, as file names write it.
    pub distribution: String,
    /// The version of the project.
    pub version: String,
    /// The build tag, which tells several builds of one version apart.
    pub build: Option<String>,
    /// The Python tag, `cp311`; perhaps several, `py2.py3`.
    pub python: String,
    /// The ABI tag, `abi3`; perhaps several.
    pub abi: String,
    /// The platform tag, `manylinux_2_17_x86_64`; perhaps several.
    pub platform: String,
}

impl WheelName {
    /// Every single tag that the compressed tags stand for, in the order of the name.
    pub fn tags(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for python in self.python_tags() {
            for abi in self.abi_tags() {
                for platform in self.platform.split('.') {
                    tags.push(format!("{python}-{abi}-{platform}"));
                }
            }
        }
        tags
    }

    /// The single Python tags.
    pub fn python_tags(&self) -> impl Iterator<Item = &str> {
        self.python.split('.')
    }

    /// The single ABI tags.
    pub fn abi_tags(&self) -> impl Iterator<Item = &str> {
        self.abi.split('.')
    }

    /// The single platform tags, parsed.
    pub fn platform_tags(&self) -> Vec<PlatformTag> {
        self.platform.split('.').map(PlatformTag::parse).collect()
    }

    /// The folder of the wheel's metadata, as the specification names it.
    pub fn dist_info(&self) -> String {
        format!("{}-{}.dist-info", self.distribution, self.version)
    }
}

impl FromStr for WheelName {
    type Err = Error;

    fn from_str(file_name: &str) -> Result<WheelName, Error> {
        let error = || Error::FileName(file_name.to_owned());
        let stem = file_name.strip_suffix(".whl").ok_or_else(error)?;
        let parts: Vec<&str> = stem.split('-').collect();
        let (distribution, version, build, python, abi, platform) = match parts[..] {
            [name, version, python, abi, platform] => (name, version, None, python, abi, platform),
            [name, version, build, python, abi, platform]
                if build.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (name, version, Some(build), python, abi, platform)
            }
            _ => return Err(error()),
        };
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned()).ok_or_else(error);
        Ok(WheelName {
            distribution: part(distribution)?,
            version: part(version)?,
            build: build.map(str::to_owned),
            python: part(python)?,
            abi: part(abi)?,
            platform: part(platform)?,
        })
    }
}

impl fmt::Display for WheelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WheelName { distribution, version, build, python, abi, platform } = self;
        let build = build.as_ref().map(|build| format!("{build}-")).unwrap_or_default();
        write!(f, "{distribution}-{version}-{build}{python}-{abi}-{platform}.whl")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_tags_stand_for_every_combination() {
        let name = "p-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        let parsed: WheelName = name.parse().unwrap();
        assert_eq!(parsed.to_string(), name);
        assert_eq!(parsed.dist_info(), "p-1.1.0.dist-info");
        assert_eq!(
            parsed.tags(),
            ["cp38-cp38-manylinux_2_17_x86_64", "cp38-cp38-manylinux2014_x86_64"]
        );
    }

    #[test]
    fn a_build_tag_begins_with_a_digit() {
        let name = "p-1.0-2b-py3-none-any.whl";
        let parsed: WheelName = name.parse().unwrap();
        assert_eq!((parsed.build.as_deref(), parsed.to_string()), (Some("2b"), name.to_owned()));
        assert!("p-1.0-b2-py3-none-any.whl".parse::<WheelName>().is_err());
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["p.whl", "p-1.0-cp38-cp38-any.zip", "p--cp38-cp38-any.whl", ""] {
            assert!(name.parse::<WheelName>().is_err(), "{name}");
        }
    }
}
