//! The file name of a wheel, as the packaging specification has it:
//! `{distribution}-{version}-{python}-{abi}-{platform}.whl`, each tag perhaps several with dots.

use std::{fmt, str::FromStr};

use anyhow::Context;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelName {
    pub distribution: String,
    pub version: String,
    pub python: String,
    pub abi: String,
    pub platform: String,
}

impl WheelName {
    /// Every single tag that the compressed tags stand for, in the order of the name.
    pub fn tags(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for python in self.python.split('.') {
            for abi in self.abi.split('.') {
                for platform in self.platform.split('.') {
                    tags.push(format!("{python}-{abi}-{platform}"));
                }
            }
        }
        tags
    }

    pub fn dist_info(&self) -> String {
        format!("{}-{}.dist-info", self.distribution, self.version)
    }
}

impl FromStr for WheelName {
    type Err = anyhow::Error;

    fn from_str(file_name: &str) -> anyhow::Result<WheelName> {
        let what = || {
            format!(
                "`{file_name}` is no name of a wheel\n\
                 hint: it is `{{name}}-{{version}}-{{python}}-{{abi}}-{{platform}}.whl`"
            )
        };
        let stem = file_name.strip_suffix(".whl").with_context(what)?;
        let parts: Vec<&str> = stem.split('-').collect();
        let [distribution, version, python, abi, platform] = parts[..] else {
            return Err(anyhow::anyhow!(what()));
        };
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned()).with_context(what);
        Ok(WheelName {
            distribution: part(distribution)?,
            version: part(version)?,
            python: part(python)?,
            abi: part(abi)?,
            platform: part(platform)?,
        })
    }
}

impl fmt::Display for WheelName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let WheelName { distribution, version, python, abi, platform } = self;
        write!(f, "{distribution}-{version}-{python}-{abi}-{platform}.whl")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_tags_stand_for_every_combination() {
        let name = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        let parsed: WheelName = name.parse().unwrap();
        assert_eq!(parsed.to_string(), name);
        assert_eq!(parsed.dist_info(), "esig-1.1.0.dist-info");
        assert_eq!(
            parsed.tags(),
            ["cp38-cp38-manylinux_2_17_x86_64", "cp38-cp38-manylinux2014_x86_64"]
        );
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["esig.whl", "esig-1.0-cp38-cp38-any.zip", "esig--cp38-cp38-any.whl", ""] {
            assert!(name.parse::<WheelName>().is_err(), "{name}");
        }
    }
}
