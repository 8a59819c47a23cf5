//! The build helper of esig: the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::main()
}
