//! Audits wheels and fails if one has an error: `cargo run --example audit -- dist/*.whl`.

#![expect(clippy::disallowed_methods, reason = "the library takes bytes, a program reads files")]

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};

use wheel_audit::{Report, audit};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut report = Report::default();
    for path in env::args_os().skip(1).map(PathBuf::from) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        report.add(path.display().to_string(), audit(&name, &bytes));
    }
    println!("{report}");
    let is_good = report.failures(false).is_empty();
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
