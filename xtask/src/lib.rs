//! The build helper of esig: what the program `xtask` does, as a library, so that planners are
//! tested in process.
//!
//! Five layers, each using only those before it: `ground` (vocabulary), `facts` (what is here),
//! `planning` (what is going to happen), `acting` (making it happen), `telling` (what came of it).
//! The features `gate`, `doctor`, `libalgebra` and `release` have files of several layers each.

#[expect(clippy::disallowed_methods, reason = "it starts programs and changes files")]
pub mod acting;
mod answer;
mod audit;
#[expect(clippy::disallowed_methods, reason = "it starts programs and measures them")]
mod bench;
pub mod doctor;
#[expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "it looks at this machine and this checkout"
)]
pub mod facts;
pub mod gate;
pub mod ground;
pub mod libalgebra;
pub mod planning;
pub mod release;
#[expect(clippy::disallowed_methods, reason = "it reads the command line, and where it was given")]
mod run;
pub mod telling;
mod wheel;

use std::process::ExitCode;

use clap::Parser;
use ground::cli::{Cli, Invocation};

/// The whole program: reads the command line, does what it says, and tells of a failure.
pub fn main() -> ExitCode {
    let Cli { command, global } = Cli::parse();
    if let Invocation::Task(_) = command {
        jobs::adopt_orphans();
    }
    let done = match &command {
        Invocation::Task(task) => run::task(task, &global),
        Invocation::Step(step) => run::step(step, &global),
        Invocation::Wrapper(wrapper) => run::wrapper(wrapper),
    };
    let code = done.unwrap_or_else(|error| {
        jobs::tell(&format!("error: {}", jobs::shown(&error)));
        ExitCode::FAILURE
    });
    jobs::end_programs();
    jobs::finish_telling();
    jobs::exit_code().map_or(code, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// What a planner must not do is refused by clippy: there is no other test of it here.
    #[test]
    fn clippy_is_told_what_only_some_modules_may_do() {
        let config: toml::Table = toml::from_str(include_str!("../clippy.toml")).unwrap();
        let methods = config["disallowed-methods"].as_array().unwrap().iter();
        let methods: BTreeSet<&str> = methods.filter_map(|m| path(m)).collect();
        for method in [
            "camino::Utf8Path::is_file",
            "camino::Utf8Path::join",
            "duct::cmd",
            "std::env::var_os",
            "std::fs::read_to_string",
            "std::fs::write",
            "std::process::Command::new",
            "std::time::SystemTime::now",
        ] {
            assert!(methods.contains(method), "{method}");
        }
        let macros = config["disallowed-macros"].as_array().unwrap();
        assert!(macros.iter().any(|m| path(m) == Some("std::cfg")));
    }

    fn path(disallowed: &toml::Value) -> Option<&str> {
        disallowed.get("path").unwrap_or(disallowed).as_str()
    }
}
