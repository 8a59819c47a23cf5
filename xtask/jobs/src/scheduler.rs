//! Which job runs when: of those whose needs are met, workers take the one with the longest way
//! before it.

use std::{
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::anyhow;

use crate::{
    Actor, End, JobId, JobOutcome, Journal, Options, Outcome, Plan, Span, Vocabulary, Workplace,
    durations::Durations, group::Group, interrupt, program, progress::Progress, usage,
};

pub struct Board<'a, V: Vocabulary> {
    pub plan: &'a Plan<V>,
    pub workplace: &'a Workplace,
    pub options: &'a Options,
    pub actor: &'a dyn Actor<V>,
    pub group: Arc<Group>,
    pub journal: Journal<'a>,
    pub progress: Progress,
    /// Which job is taken before which.
    pub order: Vec<JobId>,
    pub started: Instant,
    pub states: Mutex<Vec<JobState>>,
    pub changed: Condvar,
    /// What this run has looked at whole, or made.
    pub trusted: Mutex<BTreeSet<JobId>>,
}

/// Workers that wait for others look so often whether the user wants the end.
const INTERRUPT_SEEN_WITHIN: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub enum JobState {
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
    // More would have nothing to do; whoever asks for a billion means all.
    let workers = options.workers.clamp(1, plan.jobs().len().max(1));
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
        trusted: Mutex::default(),
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
            self.enter(job);
            // A worker that just vanished would have the others wait for its job for ever.
            let caught =
                |work: &dyn Fn() -> JobOutcome| panic::catch_unwind(AssertUnwindSafe(work));
            let outcome = caught(&|| self.carry_out(id))
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

    /// Where nothing shows what runs now, says so from time to time; and that an interruption is
    /// heard.
    fn tell_of_life(&self) {
        let (mut told_at, mut is_heard) = (Instant::now(), false);
        let mut states = self.states();
        loop {
            let waited = self.changed.wait_timeout_while(states, INTERRUPT_SEEN_WITHIN, |states| {
                states.iter().any(|state| !matches!(state, JobState::Ended(_)))
            });
            let (guard, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            if !waited.timed_out() {
                return;
            }
            states = guard;
            if interrupt::is_asked() && !is_heard {
                is_heard = true;
                self.progress.interrupted();
            }
            if told_at.elapsed() < self.options.heartbeat {
                continue;
            }
            told_at = Instant::now();
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
                    states[id.index()] = JobState::Ended(JobOutcome::of(End::Interrupted));
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

    pub fn states(&self) -> MutexGuard<'_, Vec<JobState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_failed(state: &JobState) -> bool {
    matches!(state, JobState::Ended(JobOutcome { end: End::Failed { .. }, .. }))
}

enum Readiness {
    Ready,
    NotYet,
    Hopeless,
}
