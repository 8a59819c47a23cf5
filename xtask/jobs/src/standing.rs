//! How much of a plan is done already: what a run would skip, and what it would replace.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::{
    Actor, Job, Journal, Plan, Vocabulary, Workplace,
    fingerprint::{self, files_below},
};

/// What is done of a plan.
#[derive(Debug, Default)]
pub struct Standing {
    /// Names of the jobs that would be skipped.
    pub done: BTreeSet<String>,
    /// What is in the outputs of the others: it is removed before they are made anew.
    pub replaced_bytes: u64,
}

/// Looks, and changes nothing.
pub fn standing<V: Vocabulary>(
    workplace: &Workplace,
    plan: &Plan<V>,
    actor: &dyn Actor<V>,
) -> Standing {
    let mut standing = Standing::default();
    for job in plan.jobs() {
        if is_done(workplace, job, actor) {
            standing.done.insert(job.name.clone());
        } else {
            let outputs =
                job.outputs.iter().map(|output| bytes(&workplace.root.join(output.path())));
            standing.replaced_bytes += outputs.sum::<u64>();
        }
    }
    standing
}

fn is_done<V: Vocabulary>(workplace: &Workplace, job: &Job<V>, actor: &dyn Actor<V>) -> bool {
    let is_true = || {
        let fingerprint = fingerprint::of_job(&workplace.root, job, actor).ok()?;
        Journal::of(workplace).still_true(job, &fingerprint)
    };
    !job.always && is_true().is_some()
}

fn bytes(path: &Utf8Path) -> u64 {
    let of_file = |file: &Utf8Path| file.metadata().map_or(0, |metadata| metadata.len());
    match files_below(path) {
        Ok(files) => files.iter().map(|file| of_file(file)).sum(),
        Err(_) => of_file(path),
    }
}
