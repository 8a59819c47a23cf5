//! One job: whether it need be done, what it uses looked at first, its steps, and its failure.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::Instant,
};

use anyhow::bail;

use crate::{
    Counts, End, Job, JobId, JobOutcome, Record, Role, Step, Vocabulary, files,
    fingerprint::{self, Fingerprint},
    hint_of, hinted,
    interrupt::{self, INTERRUPTED},
    launch::Starter,
    log::Log,
    program::{self, Context},
    scheduler::{Board, JobState},
    slug,
    usage::{self, Usage},
    with_hint,
};

impl<V: Vocabulary> Board<'_, V> {
    /// What this thread starts from now on is started for a job.
    pub fn enter(&self, job: &Job<V>) {
        let (limits, in_any_case) = (self.actor.limits(job), job.in_any_case);
        program::enter(Some(Context { group: Arc::clone(&self.group), limits, in_any_case }));
    }

    pub fn carry_out(&self, id: JobId) -> JobOutcome {
        let job = self.plan.job(id);
        if let Some(outcome) = self.done_before(job, &self.fingerprint(job)) {
            self.progress.up_to_date(job);
            return outcome;
        }
        let mut trusted = self.trusted.lock().unwrap_or_else(PoisonError::into_inner);
        let secured = self.secure(id, &mut trusted);
        drop(trusted);
        match secured {
            Ok(()) => self.attempt(job),
            Err(error) => self.failed(job, &error),
        }
    }

    fn fingerprint(&self, job: &Job<V>) -> anyhow::Result<Fingerprint> {
        fingerprint::of_job(&self.workplace.root, job, self.actor)
    }

    /// Looks at what earlier runs made and a job is about to use; what is not what it was is made
    /// anew. Others wait meanwhile: they may be about to use the same.
    fn secure(&self, id: JobId, trusted: &mut BTreeSet<JobId>) -> anyhow::Result<()> {
        for need in self.plan.job(id).needs.iter().copied() {
            let job = self.plan.job(need);
            let is_of_before = matches!(&self.states()[need.index()],
                JobState::Ended(outcome) if outcome.end == End::UpToDate);
            if trusted.insert(need) && is_of_before && !self.journal.is_unharmed(job) {
                self.progress.made_anew(job);
                self.secure(need, trusted)?;
                self.enter(job);
                let outcome = self.attempt(job);
                self.states()[need.index()] = JobState::Ended(outcome);
            }
            let states = self.states();
            if let JobState::Ended(outcome) = &states[need.index()]
                && !outcome.end.is_good()
                && !self.plan.job(id).in_any_case
            {
                bail!("`{}` was not what it had been, and could not be made anew", job.name);
            }
        }
        self.enter(self.plan.job(id));
        Ok(())
    }

    fn attempt(&self, job: &Job<V>) -> JobOutcome {
        let started = Instant::now();
        let fingerprint = self.fingerprint(job);
        self.progress.started(job);
        // First of all, or a failure would show the log of an earlier run.
        let mut log = match Log::create(self.workplace, &job.name) {
            Ok(log) => log,
            Err(error) => return self.failed(job, &error),
        };
        let made = self.make(job, fingerprint, &mut log);
        let counts = log.counts();
        match made.and_then(|made| log.close().map(|()| made)) {
            Ok((counts, usage)) => {
                let log = self.workplace.root.join(self.workplace.log_path(&job.name));
                self.progress.done(job, started.elapsed(), counts, &log);
                JobOutcome { counts, usage, ..JobOutcome::of(End::Done) }
            }
            Err(error) => {
                let _ = log.close();
                if job.judges && !interrupt::is_asked() {
                    self.doubt(job);
                }
                // What a suite counted before it failed; that it failed for another reason counts
                // as well.
                let counts = Counts { failed: counts.failed.max(1), ..counts };
                let counts = job.role.has_counts().then_some(counts);
                JobOutcome { counts, ..self.failed(job, &error) }
            }
        }
    }

    /// What came of a job that need not be done again.
    fn done_before(
        &self,
        job: &Job<V>,
        fingerprint: &anyhow::Result<Fingerprint>,
    ) -> Option<JobOutcome> {
        let fingerprint = fingerprint.as_ref().ok().filter(|_| !job.always)?;
        let Record { counts, .. } = self.journal.still_true(job, fingerprint)?;
        Some(JobOutcome { counts, ..JobOutcome::of(End::UpToDate) })
    }

    /// Takes the steps and notes that they are taken, so that they need not be again.
    fn make(
        &self,
        job: &Job<V>,
        fingerprint: anyhow::Result<Fingerprint>,
        log: &mut Log,
    ) -> anyhow::Result<Made> {
        self.withdraw(job)?;
        let fingerprint = fingerprint?;
        let usage = self.take_steps(job, log)?;
        let counts = counts_of(job, log.counts())?;
        // What is said of tests is said of what they saw, not of what came there meanwhile.
        if job.role.has_counts() && self.fingerprint(job)? != fingerprint {
            let hint = "leave it alone, and repeat the command";
            return Err(hinted("what was tested changed meanwhile", hint));
        }
        self.journal.note(job, fingerprint, counts)?;
        Ok((counts, usage))
    }

    fn take_steps(&self, job: &Job<V>, log: &mut Log) -> anyhow::Result<Option<Usage>> {
        let root = &self.workplace.root;
        let starter = Starter { root, actor: self.actor, progress: &self.progress, job };
        let record = self.workplace.partials().join(format!("{}.usage", slug(&job.name)));
        let measure = self.options.measure.as_deref().map(|words| (words, record.as_path()));
        let before = usage::of_thread();
        let mut total = Usage::default();
        for step in &job.steps {
            anyhow::ensure!(!interrupt::is_asked() || job.in_any_case, INTERRUPTED);
            log.line(&format!("$ {step}"))?;
            match step {
                Step::Run(command) => {
                    starter.run(command, log, measure)?;
                    if let Some((_, record)) = measure {
                        let usage = serde_json::from_str(&std::fs::read_to_string(record)?)?;
                        total = total.and(usage);
                    }
                }
                Step::Own(step) => self.actor.take(root, step)?,
            }
        }
        total.cpu_s += usage::of_thread() - before;
        files::remove(&record)?;
        Ok(measure.map(|_| total))
    }

    /// Nothing is left of an output that could not be made, not even an older one: it would look
    /// like the result of this run.
    fn withdraw(&self, job: &Job<V>) -> anyhow::Result<()> {
        self.journal.forget(job)?;
        job.outputs.iter().try_for_each(|out| files::remove(&self.workplace.root.join(out.path())))
    }

    /// What a compiler made may be bad although it said that all went well: whatever a job that
    /// found it bad is made of is made anew by the next run, but for what comes from elsewhere.
    fn doubt(&self, job: &Job<V>) {
        let made = job.needs.iter().flat_map(|need| self.plan.with_needs(*need));
        for suspect in made.map(|id| self.plan.job(id)).filter(|suspect| !suspect.fetches) {
            let _ = self.journal.forget(suspect);
        }
    }

    pub fn failed(&self, job: &Job<V>, error: &anyhow::Error) -> JobOutcome {
        let log = self.workplace.log_path(&job.name);
        let mut reason = format!("{error:#}");
        let hint = hint_of(error).map(str::to_owned);
        match self.withdraw(job) {
            Ok(()) if interrupt::is_why(error) => {
                self.progress.ended(&job.name);
                return JobOutcome::of(End::Interrupted);
            }
            Ok(()) => {}
            Err(error) => reason
                .push_str(&format!("; and what an earlier run made is still there: {error:#}")),
        }
        let told = with_hint(&reason, hint.as_deref());
        self.progress.failed(job, &told, &self.workplace.root, &log);
        let _ = Log::append(self.workplace, &job.name, &format!("error: {told}"));
        JobOutcome::of(End::Failed { reason, hint, log })
    }

    /// A job that needs one that failed; or any, where nothing more begins: what an earlier run
    /// made of that is kept if it is still true.
    pub fn not_run(&self, job: &Job<V>) -> JobOutcome {
        let before =
            self.done_before(job, &self.fingerprint(job)).filter(|_| self.options.fail_fast);
        if let Some(outcome) = before {
            return outcome;
        }
        match self.withdraw(job) {
            Ok(()) => JobOutcome::of(End::NotRun),
            Err(error) => self.failed(job, &error),
        }
    }
}

/// What the tests of a job counted, if it has tests, and what it cost, if that was measured.
type Made = (Option<Counts>, Option<Usage>);

impl JobOutcome {
    pub(crate) fn of(end: End) -> JobOutcome {
        JobOutcome { end, counts: None, usage: None, span: None }
    }
}

/// A suite that ran no test has not passed.
fn counts_of<V: Vocabulary>(job: &Job<V>, counts: Counts) -> anyhow::Result<Option<Counts>> {
    if !job.role.has_counts() {
        return Ok(None);
    }
    anyhow::ensure!(counts.passed > 0, "no test ran");
    anyhow::ensure!(counts.failed == 0, "{counts}");
    Ok(Some(counts))
}
