//! One report of those that several machines wrote.

use std::collections::{BTreeMap, btree_map::Entry};

use jobs::hinted;

use super::{
    Report, SCHEMA,
    wheels::{WheelRow, WheelStatus},
};
use crate::ground::plan::Counts;

/// Each report with the name of its machine; one alone stays as it is. The machines worked at the
/// same time: the longest time counts.
pub fn merged(reports: Vec<(String, Report)>) -> anyhow::Result<Report> {
    let mut whole = Report { schema: SCHEMA, ..Report::default() };
    let mut wheels: BTreeMap<String, WheelStatus> = BTreeMap::new();
    let mut order = Vec::new();
    let is_alone = reports.len() == 1;
    for (machine, report) in reports {
        let Report { schema, .. } = report;
        if schema != SCHEMA {
            let what = format!("the report of {machine} has schema {schema}, not {SCHEMA}");
            return Err(hinted(what, "write it anew with this version of `cargo xtask`"));
        }
        for WheelRow { identifier, status } in report.wheels {
            match wheels.entry(identifier.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(status);
                    order.push(identifier);
                }
                Entry::Occupied(mut entry) => {
                    let both = both(entry.get().clone(), status);
                    entry.insert(both);
                }
            }
        }
        whole.version = report.version;
        whole.promises.extend(report.promises);
        let failed = report.failed.into_iter();
        whole.failed.extend(failed.map(|failed| match is_alone {
            true => failed,
            false => format!("{machine}: {failed}"),
        }));
        whole.again = whole.again.or(report.again);
        let tests = whole.tests.into_iter().chain(report.tests);
        whole.tests = tests.reduce(|a, b| [a, b].into_iter().sum::<Counts>());
        whole.wall_s = f64::max(whole.wall_s, report.wall_s);
        whole.cpu_s = whole.cpu_s.into_iter().chain(report.cpu_s).reduce(|a, b| a + b);
        whole.workers += report.workers;
        whole.jobs.extend(report.jobs.into_iter().map(|mut job| {
            if !is_alone {
                job.machine.get_or_insert_with(|| machine.clone());
            }
            job
        }));
    }
    let row = |identifier: String| {
        let status = wheels.remove(&identifier).expect("each is there once");
        WheelRow { identifier, status }
    };
    whole.wheels = order.into_iter().map(row).collect();
    Ok(whole)
}

/// What is known of a wheel that two machines tell of: a failure counts more than all else, and
/// what one of them did more than what the other skipped.
fn both(one: WheelStatus, other: WheelStatus) -> WheelStatus {
    use WheelStatus::{AuditedNotRun, Failed, NotReached, Skipped, Tested};
    match (one, other) {
        (Tested { mut releases, counts }, Tested { releases: more, counts: others }) => {
            releases.extend(more);
            Tested { releases, counts: [counts, others].into_iter().sum() }
        }
        (failed @ Failed { .. }, _) | (_, failed @ Failed { .. }) => failed,
        (tested @ Tested { .. }, _) | (_, tested @ Tested { .. }) => tested,
        (AuditedNotRun, _) | (_, AuditedNotRun) => AuditedNotRun,
        (not_reached @ NotReached { .. }, _) | (_, not_reached @ NotReached { .. }) => not_reached,
        (skipped @ Skipped { .. }, Skipped { .. }) => skipped,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};

    fn report(wheels: Vec<(&str, WheelStatus)>) -> Report {
        let row = |(identifier, status): (&str, WheelStatus)| WheelRow {
            identifier: identifier.to_owned(),
            status,
        };
        let wheels = wheels.into_iter().map(row).collect();
        Report { wheels, ..report_of_a_suite() }
    }

    fn tested(release: &str) -> WheelStatus {
        let counts = Counts { passed: 3, ..Counts::default() };
        WheelStatus::Tested { releases: vec![release.to_owned()], counts }
    }

    #[test]
    fn a_wheel_of_two_machines_is_what_they_know_together() {
        let skipped = || WheelStatus::Skipped { reason: "no".to_owned() };
        let failed =
            || WheelStatus::Failed { job: "j".into(), reason: "r".into(), log: "l".into() };
        let one =
            vec![("a", tested("3.8")), ("b", skipped()), ("c", tested("3.8")), ("d", skipped())];
        let other = vec![("a", tested("3.9")), ("b", WheelStatus::AuditedNotRun), ("c", failed())];
        let whole = merged(vec![("x".into(), report(one)), ("y".into(), report(other))]).unwrap();
        let found: Vec<String> = whole.wheels.iter().map(|row| row.status.to_string()).collect();
        let counts = "6 passed, 0 failed, 0 skipped";
        let built = format!("built and tested in 3.8, 3.9 ({counts})");
        assert_eq!(found, [&built, "audited, not run", "failed: j: r, see l", "skipped: no"]);
        assert_eq!(whole.tests.unwrap().passed, 6);
        assert_eq!((whole.wall_s, whole.cpu_s, whole.workers), (20.0, Some(25.0), 4));
        let titles: Vec<String> = whole.jobs.iter().map(|job| job.title()).collect();
        assert_eq!(titles, ["test rust on x", "test rust on y"]);
    }

    #[test]
    fn a_report_of_another_form_is_refused() {
        let newer = Report { schema: SCHEMA + 1, ..report_of_a_suite() };
        let error = merged(vec![("x".into(), newer)]).unwrap_err();
        assert_eq!(error.to_string(), "the report of x has schema 2, not 1");
    }
}
