//! What is already done: a record per job, true only while its inputs and outputs are unchanged.
//! Losing or corrupting it costs time, never correctness.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::{
    Counts, Job, Material, Vocabulary, Workplace,
    files::remove,
    fingerprint::{self, Fingerprint},
    plan::slug,
};

/// The records of a workplace.
pub struct Journal<'a> {
    workplace: &'a Workplace,
}

/// What is known of a job that was done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Record<V: Vocabulary> {
    /// What the job meant.
    pub role: V::Role,
    /// Of everything that decides the result.
    fingerprint: Fingerprint,
    /// The inputs and their digests, a file's being its SHA-256.
    pub inputs: Vec<(Utf8PathBuf, Fingerprint)>,
    outputs: Vec<(Utf8PathBuf, Fingerprint)>,
    /// How many of its tests passed, if it has tests.
    pub counts: Option<Counts>,
}

impl<'a> Journal<'a> {
    /// To be read only: it may not be there yet.
    pub fn of(workplace: &'a Workplace) -> Journal<'a> {
        Journal { workplace }
    }

    /// The record of `job`, if doing it again would give what is there already.
    pub(crate) fn still_true<V: Vocabulary>(
        &self,
        job: &Job<V>,
        fingerprint: &Fingerprint,
    ) -> Option<Record<V>> {
        let text = fs::read_to_string(self.path(job)).ok()?;
        let record: Record<V> = serde_json::from_str(&text).ok()?;
        let unchanged = record.fingerprint == *fingerprint
            && self.digests(&job.outputs).is_ok_and(|outputs| outputs == record.outputs);
        unchanged.then_some(record)
    }

    pub(crate) fn note<V: Vocabulary>(
        &self,
        job: &Job<V>,
        fingerprint: Fingerprint,
        counts: Option<Counts>,
    ) -> anyhow::Result<()> {
        let record = Record::<V> {
            role: job.role.clone(),
            fingerprint,
            inputs: self.digests(&job.inputs)?,
            outputs: self.digests(&job.outputs)?,
            counts,
        };
        let text = serde_json::to_string(&record)?;
        self.workplace.write_whole(&self.path(job), text.as_bytes())
    }

    /// All that was done since the journal was last cleared; a record that cannot be read tells of
    /// nothing.
    pub fn records<V: Vocabulary>(&self) -> Vec<Record<V>> {
        let Ok(entries) = self.folder().read_dir_utf8() else { return Vec::new() };
        let read = |path: &Utf8Path| serde_json::from_str(&fs::read_to_string(path).ok()?).ok();
        entries.flatten().filter_map(|entry| read(entry.path())).collect()
    }

    /// Has a job done again.
    pub fn forget<V: Vocabulary>(&self, job: &Job<V>) -> anyhow::Result<()> {
        remove(&self.path(job))
    }

    fn path<V: Vocabulary>(&self, job: &Job<V>) -> Utf8PathBuf {
        self.folder().join(format!("{}.json", slug(&job.name)))
    }

    fn folder(&self) -> Utf8PathBuf {
        self.workplace.state().join("journal")
    }

    fn digests(&self, materials: &[Material]) -> anyhow::Result<Vec<(Utf8PathBuf, Fingerprint)>> {
        let digest = |material: &Material| {
            let digest = fingerprint::of_material(&self.workplace.root, material)?;
            Ok((material.path().clone(), digest))
        };
        materials.iter().map(digest).collect()
    }
}
