//! What is already done: a record per job, true only while its inputs and outputs are unchanged.
//! Losing or corrupting it costs time, never correctness.

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Counts, Job, Material, Vocabulary, Workplace,
    digest::sha256,
    files::{self, remove},
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
    /// Of the content of outputs that are looked at only before they are used.
    kept: Vec<Fingerprint>,
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
        let record: Record<V> = read(&self.path(job))?;
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
            kept: self.kept(job)?,
            counts,
        };
        let text = serde_json::to_string(&record)?;
        let text = format!("{text}\n{}\n", sha256(text.as_bytes()));
        self.workplace.write_whole(&self.path(job), text.as_bytes())
    }

    /// Whether what a job has made, and others are about to use, is what it was then.
    pub(crate) fn is_unharmed<V: Vocabulary>(&self, job: &Job<V>) -> bool {
        let noted = || read::<Record<V>>(&self.path(job)).map(|record| record.kept);
        self.kept(job).is_ok_and(|kept| kept.is_empty() || Some(kept) == noted())
    }

    fn kept<V: Vocabulary>(&self, job: &Job<V>) -> anyhow::Result<Vec<Fingerprint>> {
        let kept = job.outputs.iter().filter(|output| matches!(output, Material::Kept(_)));
        let digest = |output: &Material| {
            let path = self.workplace.root.join(output.path());
            fingerprint::of_whole(&path).with_context(|| format!("cannot read `{path}`"))
        };
        kept.map(digest).collect()
    }

    /// All that was done since the journal was last cleared; a record that cannot be read tells of
    /// nothing.
    pub fn records<V: Vocabulary>(&self) -> Vec<Record<V>> {
        let Ok(entries) = self.folder().read_dir_utf8() else { return Vec::new() };
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

/// A record with its own digest after it: no bit of it is another than was written.
fn read<R: DeserializeOwned>(path: &Utf8Path) -> Option<R> {
    let text = String::from_utf8(files::read(path).ok()?).ok()?;
    let (record, digest) = text.split_once('\n')?;
    serde_json::from_str(record).ok().filter(|_| sha256(record.as_bytes()) == digest.trim_end())
}
