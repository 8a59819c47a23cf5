//! Audits Python wheels: holds what a wheel's name and metadata promise against its bytes.

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
pub use archive::{Entry, Member, paths, read_members, read_zip, write_zip};
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

/// What is wrong with a wheel, also by the rules of its own project, which come last.
///
/// They may add findings, and make errors of all warnings.
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

/// What there is to say of a wheel's size, against that of an earlier one.
pub fn audit_growth(bytes: &[u8], previous: &[u8]) -> Vec<Finding> {
    let mut findings = Findings::default();
    checks::check_growth(bytes, previous, &mut findings);
    findings.into_vec()
}
