//! The suites of tests.

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub struct Test {
    /// Which suites [default: all]
    #[arg(value_enum, value_name = "SUITE")]
    pub suites: Vec<Suite>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Unit tests of the build helper, and of its command line
    Rust,
    /// libalgebra's tests
    Cpp,
    /// libalgebra's tests, esig's and a fuzzer, stopped at every bad access, overflow and data race
    Sanitizers,
    /// The package, installed from a wheel
    Python,
    /// Packages that esig is used with, and what they test of it, with the package from a wheel
    Clients,
    /// The documentation: built without a warning, its examples run, its links followed
    Docs,
    /// Whole builds: reproducible, interrupted, failing
    EndToEnd,
    /// Builds of a small stand-in that are killed, starved, lied to and left alone; on Linux
    Faults,
    /// Damaged and hostile wheels and archives, for a minute
    Fuzz,
    /// Audits of the wheels of others, against what other auditors say of them
    Audits,
    /// Whole builds in containers, and engines that fail; on Debian, as root
    Docker,
}
