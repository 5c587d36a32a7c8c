//! Passes requests to the model thread: only the newest one, with a number that tells work in
//! progress whether it has become stale.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::completion::{Request, RequestId};

/// What the model thread receives.
pub(super) enum Message {
    Complete {
        request: Box<Request>,
        asked: Instant,
    },
    /// A request that was replaced or cancelled before it started.
    Dropped(RequestId),
    Quit,
}

#[derive(Default)]
struct Waiting {
    request: Option<(Box<Request>, Instant)>,
    dropped: Vec<RequestId>,
    quit: bool,
}

/// A slot for one request.
#[derive(Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    came: Condvar,
    /// Incremented by every command.
    wanted: AtomicU64,
    /// The command being executed.
    running: AtomicU64,
}

impl Mailbox {
    /// Puts a request in the slot, replacing a waiting one, and makes the one in progress stale.
    pub fn put(&self, request: Request) {
        self.change(|waiting| {
            let newer = (Box::new(request), Instant::now());
            let older = waiting.request.replace(newer);
            waiting.dropped.extend(older.map(|(request, _)| request.id));
        });
    }

    /// Removes the waiting request and makes the one in progress stale.
    pub fn cancel(&self) {
        self.change(|waiting| {
            let older = waiting.request.take();
            waiting.dropped.extend(older.map(|(request, _)| request.id));
        });
    }

    /// Makes the thread end.
    pub fn quit(&self) {
        self.change(|waiting| waiting.quit = true);
    }

    /// Whether the thread should end.
    pub fn is_quitting(&self) -> bool {
        self.lock().quit
    }

    /// Waits for a message and makes it the command in progress.
    pub fn take(&self) -> Message {
        let mut waiting = self.lock();
        loop {
            if waiting.quit {
                return Message::Quit;
            }
            if !waiting.dropped.is_empty() {
                return Message::Dropped(waiting.dropped.remove(0));
            }
            if let Some((request, asked)) = waiting.request.take() {
                let wanted = self.wanted.load(Ordering::SeqCst);
                self.running.store(wanted, Ordering::SeqCst);
                return Message::Complete { request, asked };
            }
            waiting = self
                .came
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a newer command has arrived since the one in progress began.
    pub fn is_stale(&self) -> bool {
        self.wanted.load(Ordering::SeqCst) != self.running.load(Ordering::SeqCst)
    }

    /// Marks the work up to the next request (loading, warming up) as not stale.
    pub fn settle(&self) {
        let _waiting = self.lock();
        let wanted = self.wanted.load(Ordering::SeqCst);
        self.running.store(wanted, Ordering::SeqCst);
    }

    fn change(&self, change: impl FnOnce(&mut Waiting)) {
        let mut waiting = self.lock();
        change(&mut waiting);
        self.wanted.fetch_add(1, Ordering::SeqCst);
        drop(waiting);
        self.came.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves these few fields consistent.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
