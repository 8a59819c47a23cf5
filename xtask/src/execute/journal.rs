//! What is already done: a record per job, true only while its inputs and outputs are unchanged.
//! Losing or corrupting it costs time, never correctness.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{
    STATE,
    files::{remove, write_whole},
    fingerprint::{self, Fingerprint},
};
use crate::{
    plan::{Job, slug},
    report::Counts,
};

pub struct Journal {
    folder: Utf8PathBuf,
}

#[derive(Serialize, Deserialize)]
pub struct Record {
    fingerprint: Fingerprint,
    outputs: Vec<Fingerprint>,
    pub counts: Option<Counts>,
}

impl Journal {
    pub fn open(root: &Utf8Path) -> anyhow::Result<Journal> {
        let journal = Journal::at(root);
        fs::create_dir_all(&journal.folder)?;
        Ok(journal)
    }

    /// To be read only: it may not be there yet.
    pub fn at(root: &Utf8Path) -> Journal {
        Journal { folder: root.join(STATE).join("journal") }
    }

    /// The record of `job`, if doing it again would give what is there already.
    pub fn still_true(
        &self,
        root: &Utf8Path,
        job: &Job,
        fingerprint: &Fingerprint,
    ) -> Option<Record> {
        let text = fs::read_to_string(self.path(job)).ok()?;
        let record: Record = serde_json::from_str(&text).ok()?;
        let unchanged = record.fingerprint == *fingerprint
            && outputs(root, job).is_ok_and(|outputs| outputs == record.outputs);
        unchanged.then_some(record)
    }

    pub fn note(
        &self,
        root: &Utf8Path,
        job: &Job,
        fingerprint: Fingerprint,
        counts: Option<Counts>,
    ) -> anyhow::Result<()> {
        let record = Record { fingerprint, outputs: outputs(root, job)?, counts };
        write_whole(root, &self.path(job), serde_json::to_string(&record)?.as_bytes())
    }

    pub fn forget(&self, job: &Job) -> anyhow::Result<()> {
        remove(&self.path(job))
    }

    fn path(&self, job: &Job) -> Utf8PathBuf {
        self.folder.join(format!("{}.json", slug(&job.name)))
    }
}

fn outputs(root: &Utf8Path, job: &Job) -> anyhow::Result<Vec<Fingerprint>> {
    job.outputs.iter().map(|output| fingerprint::of_material(root, output)).collect()
}
