//! The name of one wheel of the matrix: interpreter and target, `cp38-manylinux_x86_64`.

use std::fmt;

use super::{Abi, Interpreter, Target};

/// One wheel that could be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identifier {
    pub interpreter: Interpreter,
    pub target: &'static Target,
}

impl Identifier {
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
        match self.interpreter.abi {
            Abi::Stable => format!("{stem}.abi3.so"),
            Abi::Version(_) if self.interpreter.major == 2 => {
                format!("{stem}.so")
            }
            Abi::Version(suffix) => {
                let Interpreter { major, minor, .. } = self.interpreter;
                let triplet = self.target.multiarch;
                format!("{stem}.cpython-{major}{minor}{suffix}-{triplet}.so")
            }
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let interpreter = self.interpreter.to_string().replace('-', "_");
        f.pad(&format!("{interpreter}-{}", self.target.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(interpreter: &str) -> Identifier {
        let target = Target::named("manylinux_x86_64").unwrap();
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
    fn an_extension_is_named_as_its_interpreter_looks_for_it() {
        let name = |interpreter| identifier(interpreter).extension_name("esig.tosig");
        assert_eq!(name("cp27mu"), "tosig.so");
        assert_eq!(name("cp36m"), "tosig.cpython-36m-x86_64-linux-gnu.so");
        assert_eq!(name("cp310"), "tosig.cpython-310-x86_64-linux-gnu.so");
        assert_eq!(name("cp311-abi3"), "tosig.abi3.so");
        assert_eq!(name("cp313t"), "tosig.cpython-313t-x86_64-linux-gnu.so");
    }
}
