//! A thread that reads the folder, keeps the index up to date and searches it. Between two files it
//! checks for new commands, so a search during the initial reading is answered from what has been
//! read so far.

use std::{
    any::Any,
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{Index, IndexEvent, Query, Scope};
use crate::words::number::milliseconds;

/// Minimum interval between progress events.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// A handle on the thread, which ends when this is dropped. No method blocks.
pub struct Indexer {
    mailbox: Arc<Mailbox>,
}

impl Indexer {
    /// Starts the thread. `on_event` is called on it and must not block.
    pub fn start(on_event: impl Fn(IndexEvent) + Send + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let inbox = Arc::clone(&mailbox);
        let started = thread::Builder::new()
            .name("index".to_owned())
            .spawn(move || Librarian::new(inbox, on_event).run());
        if let Err(error) = started {
            tracing::error!("cannot start the index thread: {error}");
        }
        Indexer { mailbox }
    }

    /// Indexes a folder, replacing the previous index. If the same folder is indexed already, or
    /// being read, the index stays and searches use the new settings.
    pub fn index(&self, scope: Scope) {
        self.mailbox.put(|waiting| waiting.scope = Some(scope));
    }

    /// Updates a file that was saved, created or deleted, in or outside the folder.
    pub fn update(&self, path: &Path) {
        self.mailbox.put(|waiting| {
            waiting.saved.insert(path.to_path_buf());
        });
    }

    /// Searches, and answers with [`IndexEvent::Found`]. If several searches wait, only the newest
    /// is answered.
    pub fn search(&self, query: Query) {
        self.mailbox.put(|waiting| waiting.search = Some(query));
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.mailbox.put(|waiting| waiting.ends = true);
    }
}

#[derive(Default)]
struct Mailbox {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    scope: Option<Scope>,
    saved: BTreeSet<PathBuf>,
    search: Option<Query>,
    ends: bool,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.scope.is_none() && self.saved.is_empty() && self.search.is_none() && !self.ends
    }
}

impl Mailbox {
    fn put(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.lock());
        self.came.notify_one();
    }

    /// The waiting commands; blocks for one if `wait`.
    fn take(&self, wait: bool) -> Waiting {
        let mut waiting = self.lock();
        while wait && waiting.is_empty() {
            let woken = self.came.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *waiting)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves these few fields consistent.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state of the thread.
struct Librarian<F> {
    mailbox: Arc<Mailbox>,
    on_event: F,
    index: Option<Index>,
    /// While the folder is being read: the start time, and the time of the last progress event.
    reading: Option<(Instant, Instant)>,
}

impl<F: Fn(IndexEvent)> Librarian<F> {
    fn new(mailbox: Arc<Mailbox>, on_event: F) -> Self {
        Librarian {
            mailbox,
            on_event,
            index: None,
            reading: None,
        }
    }

    fn run(mut self) {
        loop {
            let came = self.mailbox.take(self.reading.is_none());
            if came.ends {
                return;
            }
            let search = came.search.as_ref().map(|query| query.id);
            let done = catch_unwind(AssertUnwindSafe(|| {
                self.carry_out(came);
                self.read_on();
            }));
            if let Err(panic) = done {
                self.index = None;
                self.reading = None;
                let why = reason(panic.as_ref());
                tracing::error!("the index thread panicked: {why}");
                (self.on_event)(IndexEvent::Failed(format!(
                    "the index failed and is empty now: {why}; please report this, and switch \
                     retrieval off and on to rebuild it"
                )));
                if let Some(id) = search {
                    (self.on_event)(IndexEvent::Found {
                        id,
                        passages: Vec::new(),
                        took_ms: 0.0,
                    });
                }
            }
        }
    }

    fn carry_out(&mut self, came: Waiting) {
        if let Some(scope) = came.scope {
            let known = self.index.as_mut();
            if !known.is_some_and(|index| index.adopt(&scope)) {
                self.begin(scope);
            }
        }
        if !came.saved.is_empty() {
            self.update(&came.saved);
        }
        if let Some(query) = came.search {
            let began = Instant::now();
            let index = self.index.as_mut();
            let passages = index.map(|index| index.search(&query)).unwrap_or_default();
            (self.on_event)(IndexEvent::Found {
                id: query.id,
                passages,
                took_ms: milliseconds(began.elapsed()),
            });
        }
    }

    fn begin(&mut self, scope: Scope) {
        let now = Instant::now();
        let root = scope.root.clone();
        self.reading = None;
        self.index = match Index::begin(scope) {
            Ok(index) => {
                self.reading = Some((now, now));
                (self.on_event)(IndexEvent::Building { root, files: 0 });
                Some(index)
            }
            Err(problem) => {
                (self.on_event)(IndexEvent::Failed(problem));
                None
            }
        };
    }

    fn update(&mut self, saved: &BTreeSet<PathBuf>) {
        let began = Instant::now();
        let Some(index) = &mut self.index else { return };
        // The ignore rules may have changed.
        let rules = |path: &PathBuf| path.ends_with(".gitignore") || path.ends_with(".ignore");
        if saved.iter().any(rules) {
            let scope = index.scope().clone();
            self.begin(scope);
            return;
        }
        for path in saved {
            index.update(path);
        }
        if self.reading.is_none() {
            self.say_ready(began);
        }
    }

    /// Reads one entry of the folder if it is being read.
    fn read_on(&mut self) {
        let (Some(index), Some((began, told))) = (&mut self.index, &mut self.reading) else {
            return;
        };
        if index.read_next() {
            if told.elapsed() >= PROGRESS_EVERY {
                *told = Instant::now();
                (self.on_event)(IndexEvent::Building {
                    root: index.scope().root.clone(),
                    files: index.census().files,
                });
            }
            return;
        }
        let began = *began;
        self.reading = None;
        self.say_ready(began);
    }

    fn say_ready(&self, began: Instant) {
        if let Some(index) = &self.index {
            (self.on_event)(IndexEvent::Ready {
                root: index.scope().root.clone(),
                census: index.census(),
                took_ms: milliseconds(began.elapsed()),
            });
        }
    }
}

/// The message of a panic.
fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown")
}
