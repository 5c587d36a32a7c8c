//! The user's input at the terminal, read on a thread of its own and delivered as a stream. The
//! stream never ends silently: its last item is the reason.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    os::{fd::AsFd, unix::net::UnixStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use crossterm::event::Event;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::decode::Decoder;

/// The most events that may wait; beyond that, the terminal's own queue holds them.
const WAITING: usize = 256;

/// Keys, mouse events and pastes in order. When this is dropped, later keys are left to other
/// readers.
pub struct Keys {
    events: Receiver<io::Result<Event>>,
    /// Closing this ends the thread.
    running: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

impl Keys {
    /// Starts reading standard input.
    ///
    /// # Errors
    /// Standard input is not a terminal, or the thread cannot be started.
    pub fn read() -> io::Result<Self> {
        if !io::stdin().is_terminal() {
            return Err(io::Error::other("standard input is not a terminal"));
        }
        let (sender, events) = channel(WAITING);
        let (running, end) = UnixStream::pair()?;
        let read = move || {
            if let Err(error) = read(&sender, &end) {
                // If this fails, nothing waits for keys any more.
                let _ = sender.blocking_send(Err(error));
            }
        };
        let thread = thread::Builder::new().name("keys".to_owned()).spawn(read)?;
        Ok(Keys {
            events,
            running: Some(running),
            thread: Some(thread),
        })
    }

    /// The next event.
    ///
    /// # Errors
    /// There will be no more events: the terminal is gone, or the reading thread has died.
    pub async fn next(&mut self) -> io::Result<Event> {
        let lost = |why: String| io::Error::other(format!("keys can no longer be read ({why})"));
        match self.events.recv().await {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(lost(error.to_string())),
            None => Err(lost("the thread that reads them has died".to_owned())),
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // Otherwise a thread that waits for room to send would wait forever.
        self.events.close();
        self.running = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that reads keys panicked");
        }
    }
}

/// Reads until `end` closes or there are no more events.
fn read(events: &Sender<io::Result<Event>>, end: &UnixStream) -> io::Result<()> {
    // Not `stdin().lock()`: its buffer would hide bytes from `poll`.
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut decoder = Decoder::default();
    let mut bytes = [0; 4096];
    loop {
        let decoded = match wait(&input, end, decoder.patience())? {
            Waited::Ended => return Ok(()),
            Waited::InVain => decoder.give_up(),
            Waited::Readable => match input.read(&mut bytes) {
                Ok(0) => return Err(io::Error::other("the terminal is closed")),
                Ok(read) => decoder.feed(&bytes[..read]),
                Err(error) if may_try_again(&error) => continue,
                Err(error) => return Err(error),
            },
        };
        for event in decoded {
            if events.blocking_send(Ok(event)).is_err() {
                return Ok(());
            }
        }
    }
}

fn may_try_again(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}

/// The result of waiting for bytes.
enum Waited {
    /// There are bytes, or the input has ended; a read tells which.
    Readable,
    /// No bytes arrived in time.
    InVain,
    /// The events are no longer wanted.
    Ended,
}

/// Waits for bytes for as long as `patience`, or forever without it.
fn wait(input: &File, end: &UnixStream, patience: Option<Duration>) -> io::Result<Waited> {
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    loop {
        let mut polled = [
            PollFd::new(end, PollFlags::IN),
            PollFd::new(input, PollFlags::IN),
        ];
        match poll(&mut polled, patience.as_ref()) {
            Ok(0) => return Ok(Waited::InVain),
            Ok(_) if !polled[0].revents().is_empty() => return Ok(Waited::Ended),
            Ok(_) => return Ok(Waited::Readable),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
