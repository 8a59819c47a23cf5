//! Wheels as a table: a row for each target, a column for each interpreter.

use std::collections::{BTreeMap, BTreeSet};

use super::{Row, wheels::Status};
use crate::ground::matrix::{Interpreter, Target};

pub struct Matrix<'r> {
    /// Oldest first.
    pub interpreters: Vec<&'r str>,
    pub lines: Vec<Line<'r>>,
    /// What is no wheel: suites of tests that cannot run here.
    pub others: Vec<&'r Row>,
}

pub struct Line<'r> {
    pub target: &'r str,
    /// One for each interpreter; none where no wheel was asked for.
    pub cells: Vec<Option<&'r Status>>,
}

/// Of an interpreter: its version, so that they sort by age, and its name.
type Column<'r> = (u32, u32, &'r str);

pub fn of_rows<'r>(rows: &'r [Row]) -> Matrix<'r> {
    let mut columns: BTreeSet<Column> = BTreeSet::new();
    let mut by_target: BTreeMap<&'r str, BTreeMap<Column, &'r Status>> = BTreeMap::new();
    let mut others = Vec::new();
    for row in rows {
        let Some((column, target)) = parts(&row.identifier) else {
            others.push(row);
            continue;
        };
        columns.insert(column);
        by_target.entry(target).or_default().insert(column, &row.status);
    }
    let cells = |of_target: &BTreeMap<Column, &'r Status>| {
        columns.iter().map(|column| of_target.get(column).copied()).collect()
    };
    let lines = by_target.iter().map(|(target, found)| Line { target, cells: cells(found) });
    Matrix {
        lines: lines.collect(),
        interpreters: columns.iter().map(|(_, _, name)| *name).collect(),
        others,
    }
}

fn parts(identifier: &str) -> Option<(Column<'_>, &str)> {
    let (name, target) = identifier.split_once('-')?;
    Target::named(target)?;
    let Interpreter { major, minor, .. } = name.replace('_', "-").parse().ok()?;
    Some(((major, minor, name), target))
}

impl Matrix<'_> {
    /// `wheels: 2 tested · 1 audited, not run`; nothing if there are none.
    pub fn summary(&self) -> Option<String> {
        let mut counts: Vec<(&str, usize)> = Status::KINDS.iter().map(|kind| (*kind, 0)).collect();
        for status in self.lines.iter().flat_map(|line| line.cells.iter().flatten()) {
            let (_, count) = counts.iter_mut().find(|(kind, _)| *kind == status.kind())?;
            *count += 1;
        }
        let counts = counts.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(kind, count)| format!("{count} {kind}")).collect();
        (!counts.is_empty()).then(|| format!("wheels: {}", counts.join(" · ")))
    }
}
