//! Which job runs when: of those whose needs are met, workers take the one with the longest way
//! before it.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::anyhow;

use crate::{
    Actor, Counts, End, Job, JobId, JobOutcome, Journal, Options, Outcome, Plan, Record, Role,
    Span, Step, Vocabulary, Workplace,
    durations::Durations,
    files,
    fingerprint::{self, Fingerprint},
    group::Group,
    hint_of, hinted, interrupt,
    launch::Starter,
    log::Log,
    program::{self, Context},
    progress::Progress,
    slug,
    usage::{self, Usage},
    with_hint,
};

struct Board<'a, V: Vocabulary> {
    plan: &'a Plan<V>,
    workplace: &'a Workplace,
    options: &'a Options,
    actor: &'a dyn Actor<V>,
    group: Arc<Group>,
    journal: Journal<'a>,
    progress: Progress,
    /// Which job is taken before which.
    order: Vec<JobId>,
    started: Instant,
    states: Mutex<Vec<JobState>>,
    changed: Condvar,
}

/// Why a job ends, or does not begin, when the user wants the end.
const INTERRUPTED: &str = "interrupted";

/// Workers that wait for others look so often whether the user wants the end.
const INTERRUPT_SEEN_WITHIN: Duration = Duration::from_millis(200);

#[derive(Clone)]
enum JobState {
    Waiting,
    Running(Instant),
    Ended(JobOutcome),
}

pub fn run<V: Vocabulary>(
    plan: &Plan<V>,
    workplace: &Workplace,
    options: &Options,
    actor: &dyn Actor<V>,
    group: Arc<Group>,
) -> anyhow::Result<Outcome> {
    let before = usage::in_all();
    let durations = Durations::of(workplace);
    let workers = options.workers.max(1);
    let board = Board {
        plan,
        workplace,
        options,
        actor,
        group,
        journal: Journal::of(workplace),
        progress: Progress::new(options.verbosity, plan.jobs().len()),
        order: durations.order(plan),
        started: Instant::now(),
        states: Mutex::new(vec![JobState::Waiting; plan.jobs().len()]),
        changed: Condvar::new(),
    };
    thread::scope(|scope| {
        for worker in 0..workers {
            let board = &board;
            scope.spawn(move || board.work(worker));
        }
        scope.spawn(|| board.tell_of_life());
    });
    let wall = board.started.elapsed();
    board.progress.finish();

    let ended = |state| match state {
        JobState::Ended(outcome) => outcome,
        JobState::Waiting | JobState::Running(_) => {
            unreachable!("workers leave when all jobs have ended")
        }
    };
    let states = board.states.into_inner().unwrap_or_else(PoisonError::into_inner);
    let cpu_s = usage::in_all().zip(before).map(|(after, before)| after.cpu_s - before.cpu_s);
    let jobs: Vec<JobOutcome> = states.into_iter().map(ended).collect();
    durations.note(workplace, plan, &jobs);
    Ok(Outcome { jobs, wall, workers, cpu_s })
}

impl<V: Vocabulary> Board<'_, V> {
    fn work(&self, worker: usize) {
        while let Some(id) = self.take() {
            let job = self.plan.job(id);
            let start = self.started.elapsed();
            program::enter(Some(Context {
                group: Arc::clone(&self.group),
                limits: self.actor.limits(job),
                in_any_case: job.in_any_case,
            }));
            // A worker that just vanished would have the others wait for its job for ever.
            let caught =
                |work: &dyn Fn() -> JobOutcome| panic::catch_unwind(AssertUnwindSafe(work));
            let outcome = caught(&|| self.carry_out(job))
                .or_else(|_| caught(&|| self.failed(job, &anyhow!("it panicked"))))
                .unwrap_or_else(|_| {
                    JobOutcome::of(End::Failed {
                        reason: "it panicked, and so did telling of it".to_owned(),
                        hint: None,
                        log: self.workplace.log_path(&job.name),
                    })
                });
            let span = Span { worker, start, end: self.started.elapsed() };
            program::enter(None);
            self.states()[id.index()] = JobState::Ended(JobOutcome { span: Some(span), ..outcome });
            self.changed.notify_all();
        }
    }

    /// Where nothing shows what runs now, says so from time to time.
    fn tell_of_life(&self) {
        let mut states = self.states();
        loop {
            let waited =
                self.changed.wait_timeout_while(states, self.options.heartbeat, |states| {
                    states.iter().any(|state| !matches!(state, JobState::Ended(_)))
                });
            let (guard, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            if !waited.timed_out() {
                return;
            }
            states = guard;
            let running = self.plan.ids().filter_map(|id| match &states[id.index()] {
                JobState::Running(since) => Some((&*self.plan.job(id).name, since.elapsed())),
                _ => None,
            });
            self.progress.alive(&running.collect::<Vec<_>>());
        }
    }

    /// The next job to run; none when there is nothing left to do.
    fn take(&self) -> Option<JobId> {
        let mut states = self.states();
        loop {
            let mut open = false;
            let is_over = self.options.fail_fast && states.iter().any(is_failed);
            for id in self.order.iter().copied() {
                if !matches!(states[id.index()], JobState::Waiting) {
                    continue;
                }
                open = true;
                let job = self.plan.job(id);
                if interrupt::is_asked() && !job.in_any_case {
                    // What an earlier run made of it stays: nothing was tried.
                    states[id.index()] = JobState::Ended(JobOutcome::of(End::NotRun));
                    continue;
                }
                let readiness = if is_over && !job.in_any_case {
                    Readiness::Hopeless
                } else {
                    self.readiness(&states, id)
                };
                match readiness {
                    Readiness::Ready => {
                        states[id.index()] = JobState::Running(Instant::now());
                        return Some(id);
                    }
                    Readiness::Hopeless => {
                        states[id.index()] = JobState::Ended(self.not_run(job));
                    }
                    Readiness::NotYet => {}
                }
            }
            if !open {
                self.changed.notify_all();
                return None;
            }
            if states.iter().any(|state| matches!(state, JobState::Running(_))) {
                let waited = self.changed.wait_timeout(states, INTERRUPT_SEEN_WITHIN);
                states = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    fn readiness(&self, states: &[JobState], id: JobId) -> Readiness {
        let mut readiness = Readiness::Ready;
        for need in &self.plan.job(id).needs {
            match &states[need.index()] {
                JobState::Ended(outcome)
                    if outcome.end.is_good() || self.plan.job(id).in_any_case => {}
                JobState::Ended(_) => return Readiness::Hopeless,
                JobState::Waiting | JobState::Running(_) => readiness = Readiness::NotYet,
            }
        }
        readiness
    }

    fn states(&self) -> MutexGuard<'_, Vec<JobState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, job: &Job<V>) -> JobOutcome {
        let started = Instant::now();
        let fingerprint = fingerprint::of_job(&self.workplace.root, job, self.actor);
        if let Some(outcome) = self.done_before(job, &fingerprint) {
            self.progress.up_to_date(job);
            return outcome;
        }
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
        let now = || fingerprint::of_job(&self.workplace.root, job, self.actor);
        if job.role.has_counts() && now()? != fingerprint {
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

    fn failed(&self, job: &Job<V>, error: &anyhow::Error) -> JobOutcome {
        let log = self.workplace.log_path(&job.name);
        let mut reason = format!("{error:#}");
        let hint = hint_of(error).map(str::to_owned);
        if let Err(error) = self.withdraw(job) {
            reason.push_str(&format!("; and what an earlier run made is still there: {error:#}"));
        }
        let told = with_hint(&reason, hint.as_deref());
        if !interrupt::is_asked() {
            self.progress.failed(job, &told, &self.workplace.root, &log);
        }
        let _ = Log::append(self.workplace, &job.name, &format!("error: {told}"));
        JobOutcome::of(End::Failed { reason, hint, log })
    }

    /// A job that needs one that failed; or any, where nothing more begins: what an earlier run
    /// made of that is kept if it is still true.
    fn not_run(&self, job: &Job<V>) -> JobOutcome {
        let fingerprint = fingerprint::of_job(&self.workplace.root, job, self.actor);
        let before = self.done_before(job, &fingerprint).filter(|_| self.options.fail_fast);
        if let Some(outcome) = before {
            return outcome;
        }
        match self.withdraw(job) {
            Ok(()) => JobOutcome::of(End::NotRun),
            Err(error) => self.failed(job, &error),
        }
    }
}

fn is_failed(state: &JobState) -> bool {
    matches!(state, JobState::Ended(JobOutcome { end: End::Failed { .. }, .. }))
}

/// What the tests of a job counted, if it has tests, and what it cost, if that was measured.
type Made = (Option<Counts>, Option<Usage>);

enum Readiness {
    Ready,
    NotYet,
    Hopeless,
}

impl JobOutcome {
    fn of(end: End) -> JobOutcome {
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
