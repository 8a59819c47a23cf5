//! The name of one wheel of the matrix: interpreter and target, `cp38-manylinux_x86_64`.

use std::{fmt, str::FromStr};

use jobs::hinted;

use super::{Abi, Interpreter, Libc, Platform, TARGETS, Target};

/// One wheel that could be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identifier {
    pub interpreter: Interpreter,
    pub target: &'static Target,
}

impl Identifier {
    /// Reads the tags of a wheel. Of several platforms, the first counts.
    pub fn of_tags(python: &str, abi: &str, platform: &str) -> anyhow::Result<Identifier> {
        let interpreter = match abi {
            "abi3" => format!("{python}-abi3"),
            "abi3.abi3t" => format!("{python}-abi3t"),
            _ if python.starts_with("pp") => python.to_owned(),
            abi => abi.to_owned(),
        };
        let tag = platform.split('.').next().unwrap_or_default();
        let target = TARGETS.iter().find(|target| target.has_tag(tag)).ok_or_else(|| {
            hinted(
                format!("`{platform}` is of no target known here"),
                "`cargo xtask list` has them",
            )
        })?;
        Ok(Identifier { interpreter: interpreter.parse()?, target })
    }

    /// The first of its two parts, `cp311_abi3`.
    pub fn interpreter_name(&self) -> String {
        self.interpreter.to_string().replace('-', "_")
    }

    /// `esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`
    pub fn wheel_name(&self, distribution: &str, version: &str, policy: &str) -> String {
        format!("{distribution}-{version}-{}.whl", self.tag(policy))
    }

    /// The compressed tag set of the wheel: `cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64`.
    pub fn tag(&self, policy: &str) -> String {
        let platform_tags = self.target.platform_tags(policy).join(".");
        format!("{}-{}-{platform_tags}", self.interpreter.python_tag(), self.interpreter.abi_tag())
    }

    /// The file name of the extension module: `tosig.cpython-38-x86_64-linux-gnu.so`.
    pub fn extension_name(&self, module: &str) -> String {
        let stem = module.rsplit('.').next().unwrap_or(module);
        let Interpreter { major, minor, .. } = self.interpreter;
        let Target { platform, libc, multiarch, .. } = *self.target;
        match (platform, self.interpreter.abi) {
            (Platform::Windows, Abi::Stable | Abi::StableThreads) => format!("{stem}.pyd"),
            (Platform::Windows, Abi::Version(suffix)) => {
                let suffix = suffix.trim_start_matches('m');
                format!("{stem}.cp{major}{minor}{suffix}-{multiarch}.pyd")
            }
            (_, Abi::Stable) => format!("{stem}.abi3.so"),
            (_, Abi::StableThreads) => format!("{stem}.abi3t.so"),
            // CPythons differ in what they call musl; all of them find a file without that.
            // PyPy has the tag of its ABI in the name, and no other on any Linux.
            (_, Abi::PyPy) => {
                let abi = self.interpreter.abi_tag().replace('_', "-");
                format!("{stem}.{abi}-{multiarch}.so")
            }
            (_, Abi::Version(_)) if major == 2 || libc == Libc::Musl => format!("{stem}.so"),
            (_, Abi::Version(suffix)) => {
                format!("{stem}.cpython-{major}{minor}{suffix}-{multiarch}.so")
            }
        }
    }
}

/// Reads the name of a wheel of the matrix, or of an exact build of CPython for a target.
impl FromStr for Identifier {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Identifier> {
        let (interpreter, target) = name.split_once('-').unwrap_or((name, ""));
        Ok(Identifier { interpreter: interpreter.parse()?, target: Target::known(target)? })
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(&format!("{}-{}", self.interpreter_name(), self.target.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(interpreter: &str) -> Identifier {
        on("manylinux_x86_64", interpreter)
    }

    fn on(target: &str, interpreter: &str) -> Identifier {
        let target = Target::named(target).unwrap();
        Identifier { interpreter: interpreter.parse().unwrap(), target }
    }

    #[test]
    fn the_stable_abi_is_written_with_an_underscore_so_that_the_target_stays_the_last_part() {
        assert_eq!(identifier("cp311-abi3").to_string(), "cp311_abi3-manylinux_x86_64");
        assert_eq!(identifier("cp27mu").to_string(), "cp27mu-manylinux_x86_64");
    }

    #[test]
    fn a_wheel_is_named_with_the_policy_and_its_older_alias() {
        assert_eq!(
            identifier("cp36m").wheel_name("esig", "1.1.0", "manylinux_2_17"),
            "esig-1.1.0-cp36-cp36m-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        );
        assert_eq!(
            identifier("cp311-abi3").wheel_name("esig", "1.1.0", "manylinux_2_36"),
            "esig-1.1.0-cp311-abi3-manylinux_2_36_x86_64.whl"
        );
    }

    #[test]
    fn a_wheel_is_recognised_by_its_tags() {
        let check = |interpreter, target| {
            let expected = on(target, interpreter);
            let policy = if target == "macosx_arm64" { "macosx_11_0" } else { "manylinux_2_17" };
            let tag = expected.tag(policy);
            let tags: Vec<&str> = tag.split('-').collect();
            assert_eq!(Identifier::of_tags(tags[0], tags[1], tags[2]).unwrap(), expected);
        };
        check("cp311-abi3", "manylinux_x86_64");
        check("cp27mu", "manylinux_i686");
        check("cp38", "macosx_arm64");
        check("cp39", "win32");
        check("cp313t", "win_amd64");
        check("pp311", "manylinux_aarch64");
        check("cp315-abi3t", "win_arm64");
        let error = Identifier::of_tags("py3", "none", "any").unwrap_err().to_string();
        assert!(error.starts_with("`any` is of no target known here"), "{error}");
    }

    #[test]
    fn an_extension_is_named_as_its_interpreter_looks_for_it() {
        let name = |interpreter| identifier(interpreter).extension_name("esig.tosig");
        assert_eq!(name("cp27mu"), "tosig.so");
        assert_eq!(name("cp36m"), "tosig.cpython-36m-x86_64-linux-gnu.so");
        assert_eq!(name("cp310"), "tosig.cpython-310-x86_64-linux-gnu.so");
        assert_eq!(name("cp311-abi3"), "tosig.abi3.so");
        assert_eq!(name("cp313t"), "tosig.cpython-313t-x86_64-linux-gnu.so");
        assert_eq!(name("pp311"), "tosig.pypy311-pp73-x86_64-linux-gnu.so");
        let name = |target, interpreter| on(target, interpreter).extension_name("esig.tosig");
        assert_eq!(name("win_amd64", "cp36m"), "tosig.cp36-win_amd64.pyd");
        assert_eq!(name("win32", "cp311-abi3"), "tosig.pyd");
        assert_eq!(name("macosx_arm64", "cp39"), "tosig.cpython-39-darwin.so");
        assert_eq!(name("musllinux_i686", "cp310"), "tosig.so");
    }
}
