//! The log of a job: written as it comes, of a bounded length, read from its end.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
};

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};

use crate::{Counts, Workplace, counts::Counter, create_parent, files::make_way};

/// How long a log becomes; of what is printed after that, the end is kept.
pub const LOG_BYTES: u64 = 32 << 20;

/// How much of the beginning and of the end of what a program said is looked at.
const PART_BYTES: usize = 64 << 10;

/// The output of one job's programs.
pub struct Log {
    path: Utf8PathBuf,
    file: File,
    length: u64,
    left_out: u64,
    end: End,
    said: Said,
    counter: Counter,
}

impl Log {
    pub fn create(workplace: &Workplace, job_name: &str) -> anyhow::Result<Log> {
        let path = workplace.root.join(workplace.log_path(job_name));
        create_parent(&path)?;
        make_way(&path)?;
        let file = File::create(&path).with_context(|| format!("cannot write `{path}`"))?;
        let (end, said, counter) = (End::default(), Said::default(), Counter::default());
        Ok(Log { path, file, length: 0, left_out: 0, end, said, counter })
    }

    /// A last line, by someone who has not the log at hand.
    pub fn append(workplace: &Workplace, job_name: &str, text: &str) -> anyhow::Result<()> {
        let path = workplace.root.join(workplace.log_path(job_name));
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        Ok(file.write_all(format!("{text}\n").as_bytes())?)
    }

    pub fn line(&mut self, text: &str) -> anyhow::Result<()> {
        self.write(format!("{text}\n").as_bytes())
    }

    /// What a program says.
    pub fn output(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.said.push(bytes);
        self.counter.push(bytes);
        self.write(bytes)
    }

    /// What programs have said since this was last asked: all, or its beginning and its end.
    pub fn said(&mut self) -> String {
        std::mem::take(&mut self.said).text()
    }

    /// Of the tests that programs told of.
    pub fn counts(&self) -> Counts {
        self.counter.counts()
    }

    /// Says what was left out, if anything was.
    pub fn close(&mut self) -> anyhow::Result<()> {
        if self.left_out == 0 {
            return Ok(());
        }
        let left_out = self.left_out - self.end.0.len() as u64;
        let note = format!("\n… {left_out} bytes are left out, for a log has a limit …\n");
        self.left_out = 0;
        let end = std::mem::take(&mut self.end);
        self.write_file(note.as_bytes())?;
        self.write_file(&Vec::from(end.0))
    }

    fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let room = usize::try_from(LOG_BYTES - self.length).unwrap_or(usize::MAX);
        let (kept, rest) = bytes.split_at(bytes.len().min(room));
        self.length += kept.len() as u64;
        self.left_out += rest.len() as u64;
        self.end.push(rest);
        self.write_file(kept)
    }

    fn write_file(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(bytes).with_context(|| format!("cannot write `{}`", self.path))
    }
}

/// The last lines of a log, for people.
pub fn last_lines(path: &Utf8Path, lines: usize) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(PART_BYTES as u64)))?;
        let mut bytes = Vec::new();
        file.take(PART_BYTES as u64).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let text = crate::plain(&String::from_utf8_lossy(&read().unwrap_or_default()));
    let all: Vec<&str> = text.lines().collect();
    let last = all[all.len().saturating_sub(lines)..].iter();
    // One line may be as long as the log.
    last.map(|line| line.chars().take(500).collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// The last bytes of many.
#[derive(Default)]
struct End(VecDeque<u8>);

impl End {
    fn push(&mut self, bytes: &[u8]) {
        let last = &bytes[bytes.len().saturating_sub(PART_BYTES)..];
        let surplus = (self.0.len() + last.len()).saturating_sub(PART_BYTES);
        self.0.drain(..surplus);
        self.0.extend(last);
    }
}

#[derive(Default)]
struct Said {
    beginning: Vec<u8>,
    end: End,
}

impl Said {
    fn push(&mut self, bytes: &[u8]) {
        let room = PART_BYTES - self.beginning.len();
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        self.beginning.extend_from_slice(first);
        self.end.push(rest);
    }

    fn text(self) -> String {
        let mut bytes = self.beginning;
        bytes.extend(self.end.0);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
