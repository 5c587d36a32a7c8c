//! A command's output, read as it arrives and only up to a limit.

use std::{
    io::{Read, Write},
    process::Child,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

/// An event on the pipes.
pub(super) enum Said {
    /// Nothing of interest so far.
    Nothing,
    /// Both pipes are closed: every process that could have written to them has ended.
    Closed,
    /// More output than the limit.
    TooMuch,
}

enum Event {
    Closed,
    TooMuch,
}

/// A command's three pipes.
pub(super) struct Pipes {
    output: Arc<Mutex<Vec<u8>>>,
    errors: Arc<Mutex<Vec<u8>>>,
    events: Receiver<Event>,
}

impl Pipes {
    /// Takes a command's pipes: writes `input`, and reads both outputs, each up to `limit` bytes.
    pub(super) fn of(child: &mut Child, input: &[u8], limit: u64) -> Self {
        if let Some(mut stdin) = child.stdin.take() {
            // A pipe holds at least a page; longer input might block until it is read. A command is
            // free not to read its input.
            if input.len() <= 4096 {
                let _ = stdin.write_all(input);
            } else {
                let input = input.to_vec();
                thread::spawn(move || stdin.write_all(&input));
            }
        }
        let (sender, events) = channel();
        let pipes = Pipes {
            output: Arc::default(),
            errors: Arc::default(),
            events,
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if let Some(stdout) = child.stdout.take() {
            read(stdout, &pipes.output, limit, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            read(stderr, &pipes.errors, limit, sender);
        }
        pipes
    }

    /// The next event, or `Nothing` after `wait`.
    pub(super) fn next(&self, wait: Duration) -> Said {
        match self.events.recv_timeout(wait) {
            Ok(Event::TooMuch) => Said::TooMuch,
            Ok(Event::Closed) | Err(RecvTimeoutError::Timeout) => Said::Nothing,
            Err(RecvTimeoutError::Disconnected) => Said::Closed,
        }
    }

    /// Everything read so far: output and errors.
    pub(super) fn said(&self) -> (Vec<u8>, Vec<u8>) {
        let take = |kept: &Mutex<Vec<u8>>| {
            std::mem::take(&mut *kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
        };
        (take(&self.output), take(&self.errors))
    }
}

/// Reads a pipe to its end on a thread and keeps the first `limit` bytes.
fn read(
    mut pipe: impl Read + Send + 'static,
    kept: &Arc<Mutex<Vec<u8>>>,
    limit: usize,
    events: Sender<Event>,
) {
    let kept = Arc::clone(kept);
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        let mut told = false;
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let mut kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let room = limit.saturating_sub(kept.len());
            kept.extend_from_slice(&buffer[..count.min(room)]);
            if count > room && !told {
                told = true;
                let _ = events.send(Event::TooMuch);
            }
        }
        let _ = events.send(Event::Closed);
    });
}
