//! Audits Python wheels: holds what a wheel's name and metadata promise against its bytes.
//!
//! [`audit`] gives the findings of one wheel, errors first:
//!
//! ```
//! use wheel_audit::{Entry, Severity, audit, write_zip};
//!
//! let module = Entry { path: "tests/__init__.py".into(), content: b"x = 1\n".to_vec() };
//! let wheel = write_zip(&[module])?;
//! let findings = audit("p-1.0-py3-none-any.whl", &wheel);
//! for finding in &findings {
//!     println!("{}: {finding}", finding.severity);
//! }
//! assert_eq!(findings[0].severity, Severity::Error);
//! assert_eq!(findings[0].to_string(), "`p-1.0.dist-info/METADATA` is missing");
//! # Ok::<(), wheel_audit::Error>(())
//! ```
//!
//! What it stands on can be used alone: [`WheelName`] and [`PlatformTag`] for file names,
//! [`read_members`] and [`write_zip`] for archives, [`check_record`] and [`Metadata`] for their
//! metadata, and [`Binary`] for compiled files of all systems.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod architecture;
mod archive;
mod binary;
mod checks;
mod error;
mod finding;
mod metadata;
mod name;
mod record;
mod report;
mod tags;
mod wheel;

pub use architecture::Architecture;
pub use archive::{Entry, Member, Method, paths, read_members, read_zip, write_zip};
pub use binary::{Binary, Format, Slice};
pub use checks::{HARDENING, builder_path};
pub use error::Error;
pub use finding::{Finding, Findings, Severity, Subject};
pub use metadata::Metadata;
pub use name::WheelName;
pub use record::{check_record, record_of};
pub use report::Report;
pub use tags::{PlatformTag, System, Version};
pub use wheel::{BinaryFile, Wheel};

/// What is wrong with a wheel, errors first; nothing for a good one.
pub fn audit(file_name: &str, bytes: &[u8]) -> Vec<Finding> {
    audit_with(file_name, bytes, |_, _| {})
}

/// What is wrong with a wheel, also by rules of its own project, which are asked last.
///
/// They are asked only about a wheel that can be read.
///
/// ```
/// # let wheel = wheel_audit::write_zip(&[])?;
/// let findings = wheel_audit::audit_with("p-1.0-py3-none-any.whl", &wheel, |wheel, findings| {
///     if wheel.content("p/py.typed").is_none() {
///         findings.about_wheel("ours").error("it has no `p/py.typed`");
///     }
///     findings.make_errors();
/// });
/// assert!(findings.iter().any(|finding| finding.check == "ours"));
/// # Ok::<(), wheel_audit::Error>(())
/// ```
pub fn audit_with(
    file_name: &str,
    bytes: &[u8],
    own_rules: impl FnOnce(&Wheel, &mut Findings),
) -> Vec<Finding> {
    let mut findings = Findings::default();
    match Wheel::open(file_name, bytes) {
        Ok(wheel) => {
            checks::check(&wheel, &mut findings);
            own_rules(&wheel, &mut findings);
        }
        Err(error) => findings.about_wheel("archive").error(format!("{error:#}")),
    }
    findings.into_vec()
}

/// A warning if a wheel is larger than an earlier one by more than a quarter and 64 KiB.
pub fn audit_growth(bytes: &[u8], previous: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    checks::check_growth(bytes, previous, &mut findings);
    findings.into_vec()
}

/// The README's examples are compiled too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
