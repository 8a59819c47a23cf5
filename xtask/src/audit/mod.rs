//! The audit of wheels: what holds for every wheel, and for those of esig what it promises besides.

mod esig;
#[cfg(test)]
mod tests;

use wheel_audit::{Finding, audit_with};

/// What is wrong with a wheel, errors first; in one of esig each finding is an error.
pub fn audit(file_name: &str, bytes: &[u8]) -> Vec<Finding> {
    audit_with(file_name, bytes, |wheel, findings| {
        if wheel.name.distribution == "esig" {
            esig::check(wheel, findings);
            findings.make_errors();
        }
    })
}
