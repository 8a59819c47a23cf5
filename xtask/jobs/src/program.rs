//! Running a program to its end: within its time, its output in pieces, and all it started with it.

use std::{
    cell::RefCell,
    io::{self, PipeReader, Read},
    process::{ExitStatus, Output},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use duct::{Expression, Handle};

use crate::{
    group::{self, Group},
    interrupt::{self, INTERRUPTED},
};

/// What a program may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From its start until it has ended and closed its output.
    pub time: Duration,
    /// How large a file it may write; where the system can hold it to that.
    pub file_bytes: Option<u64>,
    /// How people raise these limits.
    pub setting: String,
}

/// Where programs are started, and what holds for them.
#[derive(Clone)]
pub(crate) struct Context {
    pub group: Arc<Group>,
    pub limits: Limits,
    /// They run on when the user interrupts: they clear away.
    pub in_any_case: bool,
}

thread_local! {
    /// Of the job that this thread carries out.
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// What a program is asked outside of any job has this time to be answered in.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether a program is overdue.
const TICK: Duration = Duration::from_millis(50);

/// What a program that is told to end has for it before it is killed; and how long somebody else
/// may keep its output open after it has ended.
const GRACE: Duration = Duration::from_secs(3);

/// How long an answer may be.
const ANSWER_BYTES: usize = 8 << 20;

/// Which of its two outputs a program wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// How a program ended, and why, if not by itself.
#[derive(Debug)]
pub(crate) enum Ended {
    ByItself(ExitStatus),
    Overdue(Limits),
    Interrupted,
}

/// What this thread starts from now on is of a job.
pub(crate) fn enter(context: Option<Context>) {
    CONTEXT.set(context);
}

fn context() -> io::Result<Context> {
    if let Some(context) = CONTEXT.with_borrow(Clone::clone) {
        return Ok(context);
    }
    let setting = "it had to answer a question".to_owned();
    let limits = Limits { time: PATIENCE, file_bytes: None, setting };
    Ok(Context { group: group::of_process()?, limits, in_any_case: false })
}

/// Runs a program whose two outputs are handed on in the order in which they came. It fails if the
/// program cannot be started.
pub(crate) fn run(
    program: Expression,
    patience: Option<Duration>,
    take: impl FnMut(Stream, &[u8]) -> io::Result<()>,
) -> io::Result<Ended> {
    let mut context = context()?;
    if let Some(patience) = patience {
        context.limits.time = context.limits.time.min(patience);
    }
    let mark = context.group.mark();
    let (pieces, program) = piped(program.unchecked().stdin_null())?;
    let handle = context.group.start(&program, &mark, context.limits.file_bytes)?;
    // It holds the other ends of our pipes.
    drop(program);
    Running { handle, mark, context, started: Instant::now(), told: None }
        .until_it_ends(&pieces, take)
}

/// Asks a program; what it prints is captured. One that prints too much is ended, and so is one
/// that takes too long, which is an error of the kind `TimedOut`; `patience` may only shorten what
/// the job has.
pub fn ask(program: Expression, patience: Option<Duration>) -> io::Result<Output> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let ended = run(program, patience, |stream, piece| {
        let kept = if stream == Stream::Output { &mut stdout } else { &mut stderr };
        if piece.len() > ANSWER_BYTES - kept.len() {
            let what = format!("it printed more than {} MiB", ANSWER_BYTES >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
        }
        kept.extend_from_slice(piece);
        Ok(())
    })?;
    match ended {
        Ended::ByItself(status) => Ok(Output { status, stdout, stderr }),
        Ended::Overdue(limits) => {
            let what = format!("it did not answer within {}", seconds(limits.time));
            Err(io::Error::new(io::ErrorKind::TimedOut, what))
        }
        Ended::Interrupted => Err(io::Error::new(io::ErrorKind::Interrupted, INTERRUPTED)),
    }
}

/// `10 s`, as messages have it.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// Has the outputs of a program come through a channel that holds little: nothing that it prints
/// piles up here.
fn piped(program: Expression) -> io::Result<(Receiver<Piece>, Expression)> {
    let (sender, receiver) = sync_channel(16);
    let pipe = |stream| {
        let (reader, writer) = retried(io::pipe)?;
        let sender = sender.clone();
        // Nobody waits for this thread: another program may hold the pipe open for ever.
        thread::Builder::new().spawn(move || hand_on(reader, stream, &sender))?;
        io::Result::Ok(writer)
    };
    let program = program.stdout_file(pipe(Stream::Output)?).stderr_file(pipe(Stream::Error)?);
    Ok((receiver, program))
}

type Piece = (Stream, Vec<u8>);

fn hand_on(mut reader: PipeReader, stream: Stream, sender: &SyncSender<Piece>) {
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = reader.read(&mut piece) {
        if sender.send((stream, piece[..length].to_vec())).is_err() {
            return;
        }
    }
}

/// Where many programs run at a time, files or processes may be short for a moment.
pub(crate) fn retried<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    const TOO_MANY: &[i32] = if cfg!(unix) { &[11, 23, 24, 35] } else { &[] };
    let is_short = |error: &io::Error| error.raw_os_error().is_some_and(|e| TOO_MANY.contains(&e));
    for _ in 0..40 {
        match attempt() {
            Err(error) if is_short(&error) => thread::sleep(TICK),
            done => return done,
        }
    }
    attempt()
}

struct Running {
    handle: Handle,
    mark: String,
    context: Context,
    started: Instant,
    /// Why it was told to end, and when it is killed.
    told: Option<(Ended, Instant)>,
}

impl Running {
    fn until_it_ends(
        mut self,
        pieces: &Receiver<Piece>,
        mut take: impl FnMut(Stream, &[u8]) -> io::Result<()>,
    ) -> io::Result<Ended> {
        let mut ended_at = None;
        let mut is_open = true;
        loop {
            let received = if is_open { pieces.recv_timeout(TICK) } else { self.rest() };
            let is_idle = received.is_err();
            match received {
                Ok((stream, piece)) => {
                    if let Err(error) = take(stream, &piece) {
                        self.end(true);
                        return Err(error);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => is_open = false,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if is_idle && let Some(output) = self.handle.try_wait()? {
                let ended_at = *ended_at.get_or_insert_with(Instant::now);
                if !is_open || ended_at.elapsed() > GRACE * 2 {
                    let status = output.status;
                    return Ok(self.told.map_or(Ended::ByItself(status), |(why, _)| why));
                }
                if ended_at.elapsed() > GRACE {
                    self.end(true);
                }
            }
            self.hold_to_limits();
        }
    }

    /// A program that has closed its output is about to end.
    fn rest(&self) -> Result<Piece, RecvTimeoutError> {
        thread::sleep(Duration::from_millis(2));
        Err(RecvTimeoutError::Timeout)
    }

    fn hold_to_limits(&mut self) {
        match &self.told {
            Some((_, kill_at)) if Instant::now() > *kill_at => self.end(true),
            Some(_) => {}
            None => {
                let limits = &self.context.limits;
                let why = if self.started.elapsed() > limits.time {
                    Ended::Overdue(limits.clone())
                } else if interrupt::is_asked() && !self.context.in_any_case {
                    Ended::Interrupted
                } else {
                    return;
                };
                self.told = Some((why, Instant::now() + GRACE));
                self.end(false);
            }
        }
    }

    /// Tells the program, and what it started, to end; or ends them.
    fn end(&self, at_once: bool) {
        let ids = self.handle.pids();
        if !group::end_tree(&ids, &self.mark, at_once) && at_once {
            let _ = self.handle.kill();
        }
    }
}
