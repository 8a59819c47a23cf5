//! Standard error: what is told there holds nothing up and lets nothing fail.

use std::{
    io::{self, Write},
    sync::{
        LazyLock,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::plain;

/// So many pieces wait for a reader that is slow; what comes then is not told.
const PIECES: usize = 4096;

/// How long the end waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_secs(2);

enum Piece {
    Text(String),
    /// For whoever waits until all before it was written.
    Sign(SyncSender<()>),
}

/// The one that writes, in a thread of its own; none where there cannot be one.
static WRITER: LazyLock<Option<SyncSender<Piece>>> = LazyLock::new(|| {
    let (sender, receiver) = sync_channel(PIECES);
    let write = move || {
        for piece in receiver {
            match piece {
                // Whoever stopped reading (`| head`) does not stop the work.
                Piece::Text(text) => drop(io::stderr().write_all(text.as_bytes())),
                Piece::Sign(sign) => drop(sign.send(())),
            }
        }
    };
    thread::Builder::new().name("tell".to_owned()).spawn(write).ok().map(|_| sender)
});

/// A line on standard error, without what would control a terminal.
pub fn tell(text: &str) {
    let text = format!("{}\n", plain(text));
    match &*WRITER {
        Some(writer) => drop(writer.try_send(Piece::Text(text))),
        None => drop(io::stderr().write_all(text.as_bytes())),
    }
}

/// Waits until all that was told is written, unless nobody reads it.
pub fn finish_telling() {
    let Some(writer) = &*WRITER else { return };
    let (sender, written) = sync_channel(1);
    let mut sign = Piece::Sign(sender);
    let until = Instant::now() + PATIENCE;
    while let Err(TrySendError::Full(back)) = writer.try_send(sign) {
        if Instant::now() > until {
            return;
        }
        sign = back;
        thread::sleep(Duration::from_millis(10));
    }
    let _ = written.recv_timeout(PATIENCE);
}
