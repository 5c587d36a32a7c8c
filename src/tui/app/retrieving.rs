//! Retrieval in the playground: the index of the folder, and the passages that the models read for
//! the hole at the cursor.
//!
//! A request waits until its search is answered, but never long: it then goes without passages. What
//! was found for a hole serves every request about it; a large model that is asked because a
//! completion was rejected waits for a second search, with that completion.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    App,
    event::{Effect, LaneKind},
    overlay::{Overlay, PassageList},
};
use crate::{
    completion::{Hole, Passage, Rejected, Request, RequestId},
    retrieval::{Census, IndexEvent, Query},
};

/// A request that has waited for its search this long goes without passages.
const PATIENCE: Duration = Duration::from_millis(50);

/// How the index of a folder stands: the one around the file that was opened last.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum IndexState {
    /// None was wanted yet.
    #[default]
    Absent,
    Building {
        root: PathBuf,
        /// How many files have been read.
        files: usize,
    },
    Ready {
        root: PathBuf,
        census: Census,
        took_ms: f64,
    },
    /// The folder cannot be indexed: why, and what to do.
    Failed(String),
}

/// A search about the hole at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    pub id: RequestId,
    hole: Arc<Hole>,
    /// The completion that it also searched with.
    pub rejected: Option<Rejected>,
    /// What it found, best first; `None` until it is answered.
    pub found: Option<Found>,
    /// Requests did not wait for it any longer.
    pub late: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub passages: Vec<Passage>,
    pub took_ms: f64,
}

/// What retrieval knows.
#[derive(Debug, Clone, Default)]
pub struct Library {
    pub index: IndexState,
    /// Searches about the hole that was asked about last, in the order they were made.
    pub searches: Vec<Search>,
    /// By lane, what its model was given to read with its latest request about that hole; `None`
    /// where it was not asked.
    pub given: [Option<Vec<Passage>>; 3],
    /// Requests that wait for the search with this id.
    waiting: Vec<(RequestId, LaneKind, Request)>,
}

impl Library {
    /// What all searches about the hole found: the latest first, and of the others what it does not
    /// have.
    pub fn passages(&self) -> Vec<&Passage> {
        let mut all: Vec<&Passage> = Vec::new();
        let found = self.searches.iter().rev().filter_map(|s| s.found.as_ref());
        for passage in found.flat_map(|found| &found.passages) {
            if !all.iter().any(|known| is_same(known, passage)) {
                all.push(passage);
            }
        }
        all
    }

    /// The folder that passage paths are relative to.
    pub(super) fn root(&self) -> Option<PathBuf> {
        match &self.index {
            IndexState::Building { root, .. } | IndexState::Ready { root, .. } => {
                Some(root.clone())
            }
            IndexState::Absent | IndexState::Failed(_) => None,
        }
    }

    /// Forgets what was found for another hole.
    fn turn_to(&mut self, hole: &Arc<Hole>) {
        if self.searches.iter().any(|search| search.hole != *hole) {
            self.forget();
        }
    }

    /// Forgets what was found. What waits for it goes with the requests that are cancelled.
    fn forget(&mut self) {
        self.searches.clear();
        self.given = Default::default();
    }
}

/// Whether two are the same place; their scores may differ from search to search.
fn is_same(a: &Passage, b: &Passage) -> bool {
    a.path == b.path && a.lines == b.lines
}

impl App {
    /// The effects that put a request to a lane's model: with the passages that it is to read, once
    /// these are found.
    pub(super) fn ask_with_passages(&mut self, kind: LaneKind, request: Request) -> Vec<Effect> {
        self.library.turn_to(&request.hole);
        if !self.retrieves() || self.library.root().is_none() {
            return self.ask_now(kind, request, None);
        }
        let two_rounds = self.config.retrieval.rounds > 1;
        let rejected = self.rejected_for(kind).filter(|_| two_rounds);
        let known = self.library.searches.iter();
        let known = known.rev().find(|search| search.rejected == rejected);
        match known.map(|search| (search.id, search.late, search.found.clone())) {
            Some((_, _, Some(found))) => self.ask_now(kind, request, Some(found.passages)),
            Some((_, true, None)) => self.ask_now(kind, request, Some(Vec::new())),
            Some((id, false, None)) => {
                self.library.waiting.push((id, kind, request));
                Vec::new()
            }
            None => self.search(kind, request, rejected),
        }
    }

    /// Begins a search, and lets the request wait for it.
    fn search(
        &mut self,
        kind: LaneKind,
        request: Request,
        rejected: Option<Rejected>,
    ) -> Vec<Effect> {
        let id = request.id;
        let query = Query {
            id,
            hole: Arc::clone(&request.hole),
            rejected: rejected.clone(),
        };
        self.library.searches.push(Search {
            id,
            hole: Arc::clone(&request.hole),
            rejected,
            found: None,
            late: false,
        });
        self.library.waiting.push((id, kind, request));
        vec![
            Effect::Search(Box::new(query)),
            Effect::AwaitSearch {
                id,
                delay: PATIENCE,
            },
        ]
    }

    /// Puts a request to its model with passages, or without retrieval.
    fn ask_now(
        &mut self,
        kind: LaneKind,
        request: Request,
        passages: Option<Vec<Passage>>,
    ) -> Vec<Effect> {
        self.library.given[kind as usize] = passages;
        let ahead = self.lane(kind).ahead;
        let ahead = ahead.is_some_and(|ahead| ahead.id == request.id);
        self.put_request(kind, request, ahead).into()
    }

    /// Puts the requests that wait for a search, or for any, to their models.
    fn release(&mut self, search: Option<RequestId>, passages: &[Passage]) -> Vec<Effect> {
        let waiting = std::mem::take(&mut self.library.waiting);
        let (due, rest) = waiting
            .into_iter()
            .partition(|(id, ..)| search.is_none_or(|search| *id == search));
        self.library.waiting = rest;
        let due: Vec<(RequestId, LaneKind, Request)> = due;
        let mut effects = Vec::new();
        for (_, kind, request) in due {
            let mut runs = self.lane(kind).runs.iter();
            // One that was cancelled or replaced meanwhile is asked no more.
            if runs.any(|run| run.id == request.id && run.is_live()) {
                effects.extend(self.ask_now(kind, request, Some(passages.to_vec())));
            }
        }
        effects
    }

    /// The passages that a lane's model was last given, for a request that does not wait for a
    /// search of its own.
    pub(super) fn passages_for(&self, kind: LaneKind) -> Vec<Passage> {
        let given = self.library.given[kind as usize].clone();
        given.filter(|_| self.retrieves()).unwrap_or_default()
    }

    /// The most tokens of passages that a lane's model reads.
    pub(super) fn passage_tokens(&self, kind: LaneKind) -> usize {
        match kind {
            LaneKind::Small => self.config.retrieval.small_tokens,
            LaneKind::Large | LaneKind::Second => self.config.retrieval.large_tokens,
        }
    }

    /// Whether a passage is in the prompt of what a lane shows. Those that it was given have room
    /// there in their order.
    pub fn reads(&self, kind: LaneKind, passage: &Passage) -> bool {
        let given = self.library.given[kind as usize].as_deref();
        let place = given.and_then(|given| given.iter().position(|one| is_same(one, passage)));
        let run = self.lane(kind).run();
        place.is_some_and(|place| run.is_some_and(|run| place < run.prompt.passages))
    }

    /// Whether retrieval is on, and the open text is in a folder.
    pub fn retrieves(&self) -> bool {
        let retrieval = &self.config.retrieval;
        let has_folder = self.editor.document.path().is_some() || retrieval.folder.is_some();
        retrieval.enabled && has_folder
    }

    /// Retrieval: on or off.
    pub(super) fn toggle_retrieval(&mut self) -> Vec<Effect> {
        self.config.retrieval.enabled = !self.config.retrieval.enabled;
        if !self.config.retrieval.enabled {
            self.info("retrieval off");
            let effects = self.release(None, &[]);
            self.library.forget();
            return effects;
        }
        let effect = self.index();
        match &self.library.index {
            _ if effect.is_none() => self.warn(NO_FOLDER),
            IndexState::Ready { census, .. } => {
                let files = census.files;
                self.info(format!("retrieval on: {files} files are indexed"));
            }
            _ => self.info("retrieval on: the folder is being indexed"),
        }
        effect.into_iter().collect()
    }

    /// Asks for an index of the folder that the open file is in, where retrieval is on and there is
    /// one.
    pub(super) fn index(&mut self) -> Option<Effect> {
        let path = self.editor.document.path();
        self.retrieves().then(|| Effect::Index {
            path: path.map(Into::into),
            config: Box::new(self.config.clone()),
        })
    }

    /// Another text is open: its folder is indexed, unless it is already.
    pub(super) fn index_opened(&mut self) -> Option<Effect> {
        self.library.forget();
        let effect = self.index();
        if effect.is_none() && self.config.retrieval.enabled {
            self.warn(NO_FOLDER);
        }
        effect
    }

    /// The open text was saved to a file, which may be its first.
    pub(super) fn index_saved(&mut self, path: &Path) -> Vec<Effect> {
        let saved = || Effect::IndexFile(path.to_path_buf());
        let index = self.index();
        index
            .into_iter()
            .flat_map(|index| [index, saved()])
            .collect()
    }

    /// Takes news of the index.
    pub(super) fn on_index(&mut self, event: IndexEvent) -> Vec<Effect> {
        match event {
            IndexEvent::Building { root, files } => {
                self.library.index = IndexState::Building { root, files };
            }
            IndexEvent::Ready {
                root,
                census,
                took_ms,
            } => {
                self.library.index = IndexState::Ready {
                    root,
                    census,
                    took_ms,
                };
            }
            IndexEvent::Failed(problem) => {
                self.library.index = IndexState::Failed(problem.clone());
                if self.config.retrieval.enabled {
                    self.error(problem);
                }
                return self.release(None, &[]);
            }
            IndexEvent::Found {
                id,
                passages,
                took_ms,
            } => return self.on_found(id, passages, took_ms),
        }
        Vec::new()
    }

    fn on_found(&mut self, id: RequestId, passages: Vec<Passage>, took_ms: f64) -> Vec<Effect> {
        let effects = self.release(Some(id), &passages);
        let mut searches = self.library.searches.iter_mut();
        if let Some(search) = searches.find(|search| search.id == id) {
            search.found = Some(Found { passages, took_ms });
        }
        effects
    }

    /// A search has taken as long as a request may wait for it.
    pub(super) fn on_search_late(&mut self, id: RequestId) -> Vec<Effect> {
        let mut searches = self.library.searches.iter_mut();
        if let Some(search) = searches.find(|s| s.id == id && s.found.is_none()) {
            search.late = true;
        }
        self.release(Some(id), &[])
    }

    /// Shows the passages.
    pub(super) fn show_passages(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Passages(PassageList::default()));
        Vec::new()
    }
}

const NO_FOLDER: &str = "retrieval on, but this text is in no folder: open a file, save it, or set \
                         retrieval.folder in the configuration";
