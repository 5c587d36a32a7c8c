//! Requests that wait for the model thread. Only the newest one waits.

use std::{sync::Arc, time::Instant};

use crate::{
    completion::{Request, RequestId},
    worker,
};

/// What reaches the model thread.
pub(super) type Mailbox = worker::Mailbox<Requests>;

/// What the model thread takes out.
pub(super) enum Message {
    Complete {
        request: Box<Request>,
        asked: Instant,
    },
    /// A request that was replaced or cancelled before it began.
    Dropped(RequestId),
}

/// The request that waits, and those that were dropped.
#[derive(Default)]
pub(super) struct Requests {
    newest: Option<(Box<Request>, Instant)>,
    dropped: Vec<RequestId>,
}

impl Requests {
    /// Adds a request and replaces the one that waits.
    pub fn put(&mut self, request: Request) {
        let newer = (Box::new(request), Instant::now());
        let older = self.newest.replace(newer);
        self.dropped.extend(older.map(|(request, _)| request.id));
    }

    /// Takes the waiting request back.
    pub fn cancel(&mut self) {
        let older = self.newest.take();
        self.dropped.extend(older.map(|(request, _)| request.id));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Requests::default();
    }

    /// The next thing to do.
    fn next(&mut self) -> Option<Message> {
        if !self.dropped.is_empty() {
            return Some(Message::Dropped(self.dropped.remove(0)));
        }
        let (request, asked) = self.newest.take()?;
        Some(Message::Complete { request, asked })
    }
}

/// Waits for something to do; `None` when the thread is to end.
pub(super) fn next(mailbox: &Arc<Mailbox>) -> Option<Message> {
    mailbox.take(Requests::next)
}
