//! A thread that reads the folder, keeps the index up to date and searches it. Between two files it
//! checks for new commands, so a search during the initial reading is answered from what has been
//! read so far.

use std::{
    any::Any,
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Index, IndexEvent, Query, Scope};
use crate::{
    config::Config,
    words::number::milliseconds,
    worker::{Mailbox, Worker},
};

/// Minimum interval between progress events.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// A handle on the thread, which ends when this is dropped. No method blocks.
pub struct Indexer(Worker<Wanted>);

impl Indexer {
    /// Starts the thread. `on_event` is called on it and must not block.
    pub fn start(on_event: impl Fn(IndexEvent) + Send + 'static) -> Self {
        let work = |mailbox: &_| Librarian::new(Arc::clone(mailbox), on_event).run();
        Indexer(Worker::start("index", work))
    }

    /// Indexes the folder that the configuration names, else the one around a file (see
    /// [`Scope::around`]), replacing the previous index. If the same folder is indexed already, or
    /// being read, the index stays and searches use the new settings.
    pub fn index(&self, file: Option<PathBuf>, config: Config) {
        self.0
            .put(|wanted| wanted.folder = Some((file, Box::new(config))));
    }

    /// Updates a file that was saved, created or deleted, in or outside the folder.
    pub fn update(&self, path: &Path) {
        self.0.put(|wanted| {
            wanted.saved.insert(path.to_path_buf());
        });
    }

    /// Searches, and answers with [`IndexEvent::Found`]. If several searches wait, only the newest
    /// is answered.
    pub fn search(&self, query: Query) {
        self.0.put(|wanted| wanted.search = Some(query));
    }
}

#[derive(Default)]
struct Wanted {
    /// The file to index around, and the configuration.
    folder: Option<(Option<PathBuf>, Box<Config>)>,
    saved: BTreeSet<PathBuf>,
    search: Option<Query>,
}

impl Wanted {
    /// Everything that is wanted; `None` if nothing is.
    fn take(&mut self) -> Option<Wanted> {
        let nothing = self.folder.is_none() && self.saved.is_empty() && self.search.is_none();
        (!nothing).then(|| std::mem::take(self))
    }
}

/// The state of the thread.
struct Librarian<F> {
    mailbox: Arc<Mailbox<Wanted>>,
    on_event: F,
    index: Option<Index>,
    /// While the folder is being read: the start time, and the time of the last progress event.
    reading: Option<(Instant, Instant)>,
}

impl<F: Fn(IndexEvent)> Librarian<F> {
    fn new(mailbox: Arc<Mailbox<Wanted>>, on_event: F) -> Self {
        Librarian {
            mailbox,
            on_event,
            index: None,
            reading: None,
        }
    }

    fn run(mut self) {
        while let Some(came) = self.next() {
            let search = came.search.as_ref().map(|query| query.id);
            let done = catch_unwind(AssertUnwindSafe(|| {
                self.carry_out(came);
                self.read_on();
            }));
            if let Err(panic) = done {
                let why = reason(panic.as_ref());
                tracing::error!("the index thread panicked: {why}");
                self.fail(format!(
                    "the index failed and is empty now: {why}; please report this, and switch \
                     retrieval off and on to rebuild it"
                ));
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

    /// What is wanted now, or nothing while there is a folder to read; `None` when the thread is to
    /// end.
    fn next(&self) -> Option<Wanted> {
        if self.mailbox.is_ending() {
            return None;
        }
        match self.reading {
            Some(_) => Some(self.mailbox.try_take(Wanted::take).unwrap_or_default()),
            None => self.mailbox.take(Wanted::take),
        }
    }

    fn carry_out(&mut self, came: Wanted) {
        if let Some((file, config)) = came.folder {
            match Scope::around(file.as_deref(), &config) {
                Ok(scope) => self.index(scope),
                Err(problem) => self.fail(problem),
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

    fn index(&mut self, scope: Scope) {
        let known = self.index.as_mut();
        if !known.is_some_and(|index| index.adopt(&scope)) {
            self.begin(scope);
        }
    }

    fn begin(&mut self, scope: Scope) {
        let now = Instant::now();
        let root = scope.root.clone();
        match Index::begin(scope) {
            Ok(index) => {
                self.index = Some(index);
                self.reading = Some((now, now));
                (self.on_event)(IndexEvent::Building { root, files: 0 });
            }
            Err(problem) => self.fail(problem),
        }
    }

    /// Reports why there is nothing to search.
    fn fail(&mut self, problem: String) {
        self.index = None;
        self.reading = None;
        (self.on_event)(IndexEvent::Failed(problem));
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
