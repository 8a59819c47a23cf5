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
    plan::{Job, Material, Role, slug},
    report::Counts,
};

pub struct Journal {
    folder: Utf8PathBuf,
}

#[derive(Serialize, Deserialize)]
pub struct Record {
    /// Of what the job tested, and with what, if that is what it did.
    #[serde(default)]
    tested: Option<Tested>,
    fingerprint: Fingerprint,
    outputs: Vec<Fingerprint>,
    pub counts: Option<Counts>,
}

/// A wheel that was tested.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tested {
    pub identifier: String,
    /// As the report names the interpreter.
    pub release: String,
    /// The SHA-256 of the wheel.
    pub wheel: Fingerprint,
    pub counts: Counts,
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
        let tested = tested(root, job, counts)?;
        let record = Record { tested, fingerprint, outputs: outputs(root, job)?, counts };
        write_whole(root, &self.path(job), serde_json::to_string(&record)?.as_bytes())
    }

    /// All that was tested since the journal was last cleared; a record that cannot be read tells
    /// of nothing.
    pub fn tested(&self) -> Vec<Tested> {
        let Ok(entries) = self.folder.read_dir_utf8() else { return Vec::new() };
        let read = |path: &Utf8Path| {
            let text = fs::read_to_string(path).ok()?;
            serde_json::from_str::<Record>(&text).ok()?.tested
        };
        entries.flatten().filter_map(|entry| read(entry.path())).collect()
    }

    pub fn forget(&self, job: &Job) -> anyhow::Result<()> {
        remove(&self.path(job))
    }

    fn path(&self, job: &Job) -> Utf8PathBuf {
        self.folder.join(format!("{}.json", slug(&job.name)))
    }
}

fn tested(root: &Utf8Path, job: &Job, counts: Option<Counts>) -> anyhow::Result<Option<Tested>> {
    let Role::Testing { identifier, release } = &job.role else { return Ok(None) };
    let is_wheel = |input: &&Material| input.path().extension() == Some("whl");
    let Some((wheel, counts)) = job.inputs.iter().find(is_wheel).zip(counts) else {
        return Ok(None);
    };
    let wheel = fingerprint::of_material(root, wheel)?;
    let (identifier, release) = (identifier.clone(), release.clone());
    Ok(Some(Tested { identifier, release, wheel, counts }))
}

fn outputs(root: &Utf8Path, job: &Job) -> anyhow::Result<Vec<Fingerprint>> {
    job.outputs.iter().map(|output| fingerprint::of_material(root, output)).collect()
}
