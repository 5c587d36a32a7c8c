//! The driver's index of the folder that the open file is in. Finding that folder asks the disk,
//! so it happens on a thread of its own: a key never waits for it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::mpsc::UnboundedSender;

use super::app::Event;
use crate::{
    config::Config,
    retrieval::{IndexEvent, Indexer, Query, Scope},
};

/// The index, which begins when a folder is first wanted.
pub(super) struct Folder {
    events: UnboundedSender<Event>,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    indexer: Option<Current>,
    /// Counts the folders asked for, so that one that was overtaken is not indexed.
    turn: u64,
}

/// The indexer that is in use. What one that is not says late is not passed on.
struct Current {
    indexer: Indexer,
    _in_use: Arc<()>,
}

impl Folder {
    pub fn new(events: UnboundedSender<Event>) -> Self {
        Folder {
            events,
            slot: Arc::default(),
        }
    }

    /// Indexes the folder that the configuration names, else the one around a file, unless that is
    /// indexed already.
    pub fn index(&self, path: Option<PathBuf>, config: Config) {
        let turn = {
            let mut slot = lock(&self.slot);
            slot.turn += 1;
            slot.turn
        };
        let slot = Arc::clone(&self.slot);
        let events = self.events.clone();
        thread::spawn(move || {
            let scope = Scope::around(path.as_deref(), &config);
            let mut slot = lock(&slot);
            match scope {
                _ if slot.turn != turn => {}
                Ok(scope) => {
                    let current = slot.indexer.get_or_insert_with(|| start(events));
                    current.indexer.index(scope);
                }
                Err(problem) => {
                    slot.indexer = None;
                    tell(&events, IndexEvent::Failed(problem));
                }
            }
        });
    }

    /// Takes in that a file was saved.
    pub fn update(&self, path: &Path) {
        if let Some(current) = &lock(&self.slot).indexer {
            current.indexer.update(path);
        }
    }

    pub fn search(&self, query: Query) {
        if let Some(current) = &lock(&self.slot).indexer {
            current.indexer.search(query);
        }
    }
}

fn start(events: UnboundedSender<Event>) -> Current {
    let in_use = Arc::new(());
    let still = Arc::downgrade(&in_use);
    Current {
        indexer: Indexer::start(move |event| {
            if still.strong_count() > 0 {
                tell(&events, event);
            }
        }),
        _in_use: in_use,
    }
}

fn tell(events: &UnboundedSender<Event>, event: IndexEvent) {
    // After the program's end nobody listens, and nobody needs to.
    let _ = events.send(Event::Index(event));
}

/// A slot is whole between any two statements, also after a panic.
fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
