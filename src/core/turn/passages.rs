//! The passages that the models read for a hole.
//!
//! A request waits for its search, but only briefly; after that it is sent without passages. The
//! passages found for a hole serve every request about it; a large model asked because a completion
//! was rejected waits for a second search, which uses that completion.

use std::{sync::Arc, time::Duration};

use super::{LaneKind, Turn, TurnEffect};
use crate::completion::{Hole, Passage, Query, Rejected, Request, RequestId};

/// A request that has waited for its search this long goes without passages.
const PATIENCE: Duration = Duration::from_millis(50);

/// A search about the hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    pub id: RequestId,
    hole: Arc<Hole>,
    /// The rejected completion that it also used as a query.
    pub rejected: Option<Rejected>,
    /// Its results, best first; `None` until it is answered.
    pub found: Option<Found>,
    /// Whether requests stopped waiting for it.
    pub late: bool,
}

/// The results of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub passages: Vec<Passage>,
    pub took_ms: f64,
}

/// The passages found for the hole.
#[derive(Debug, Clone, Default)]
pub struct Passages {
    /// Searches for the hole of the latest request, in the order they were made.
    pub searches: Vec<Search>,
    /// By lane, the passages sent to its model with the latest request about that hole; `None` if
    /// it was not asked.
    pub given: [Option<Vec<Passage>>; 3],
    /// Requests that wait for the search with this id.
    waiting: Vec<(RequestId, LaneKind, Request)>,
}

impl Passages {
    /// The results of all searches for the hole without duplicates, latest search first.
    pub fn all(&self) -> Vec<&Passage> {
        let mut all: Vec<&Passage> = Vec::new();
        let found = self.searches.iter().rev().filter_map(|s| s.found.as_ref());
        for passage in found.flat_map(|found| &found.passages) {
            if !all.iter().any(|known| is_same(known, passage)) {
                all.push(passage);
            }
        }
        all
    }

    /// The results of the latest search.
    pub(super) fn latest(&self) -> Vec<Passage> {
        let found = self
            .searches
            .last()
            .and_then(|search| search.found.as_ref());
        found.map_or_else(Vec::new, |found| found.passages.clone())
    }

    /// Drops the results for another hole.
    fn turn_to(&mut self, hole: &Arc<Hole>) {
        if self.searches.iter().any(|search| search.hole != *hole) {
            self.forget();
        }
    }

    /// Drops all results. Requests that wait for them are cancelled elsewhere.
    pub fn forget(&mut self) {
        self.searches.clear();
        self.given = Default::default();
    }
}

/// Whether two passages are the same place; their scores may differ between searches.
fn is_same(a: &Passage, b: &Passage) -> bool {
    a.path == b.path && a.lines == b.lines
}

impl Turn {
    /// Sends a request to a lane's model once the passages for it are found.
    pub(super) fn ask_with_passages(&mut self, kind: LaneKind, request: Request) {
        self.passages.turn_to(&request.hole);
        if self.rules.folder.is_none() {
            return self.ask_now(kind, request, None);
        }
        let two_rounds = self.rules.rounds > 1;
        let rejected = self.rejected_for(kind).filter(|_| two_rounds);
        let known = self.passages.searches.iter();
        let known = known.rev().find(|search| search.rejected == rejected);
        match known.map(|search| (search.id, search.late, search.found.clone())) {
            Some((_, _, Some(found))) => self.ask_now(kind, request, Some(found.passages)),
            Some((_, true, None)) => self.ask_now(kind, request, Some(Vec::new())),
            Some((id, false, None)) => self.passages.waiting.push((id, kind, request)),
            None => self.search(kind, request, rejected),
        }
    }

    /// Begins a search, and lets the request wait for it.
    fn search(&mut self, kind: LaneKind, request: Request, rejected: Option<Rejected>) {
        let (id, hole) = (request.id, Arc::clone(&request.hole));
        self.passages.waiting.push((id, kind, request));
        self.search_about(id, hole, rejected);
    }

    /// Begins a search about a hole.
    pub(super) fn search_about(
        &mut self,
        id: RequestId,
        hole: Arc<Hole>,
        rejected: Option<Rejected>,
    ) {
        self.passages.searches.push(Search {
            id,
            hole: Arc::clone(&hole),
            rejected: rejected.clone(),
            found: None,
            late: false,
        });
        self.put(TurnEffect::Search {
            query: Query { id, hole, rejected },
            patience: PATIENCE,
        });
    }

    /// Sends a request to its model with passages, or without retrieval.
    fn ask_now(&mut self, kind: LaneKind, request: Request, passages: Option<Vec<Passage>>) {
        self.passages.given[kind as usize] = passages;
        let ahead = self.lane(kind).ahead;
        let ahead = ahead.is_some_and(|ahead| ahead.id == request.id);
        self.put_request(kind, request, ahead);
    }

    /// Sends the requests that wait for this search, or for any if `None`, to their models.
    pub(super) fn release(&mut self, search: Option<RequestId>, passages: &[Passage]) {
        let waiting = std::mem::take(&mut self.passages.waiting);
        let (due, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(id, ..)| search.is_none_or(|search| *id == search));
        self.passages.waiting = rest;
        for (_, kind, request) in due {
            let mut runs = self.lane(kind).runs.iter();
            // A request that was cancelled or replaced meanwhile is dropped.
            if runs.any(|run| run.id == request.id && run.is_live()) {
                self.ask_now(kind, request, Some(passages.to_vec()));
            }
        }
    }

    /// The passages last sent to a lane's model, for a request without its own search.
    pub(super) fn passages_for(&self, kind: LaneKind) -> Vec<Passage> {
        let given = self.passages.given[kind as usize].clone();
        given
            .filter(|_| self.rules.folder.is_some())
            .unwrap_or_default()
    }

    /// The most tokens of passages that a lane's model reads.
    pub(super) fn passage_tokens(&self, kind: LaneKind) -> usize {
        let [small, large] = self.rules.passage_tokens;
        match kind {
            LaneKind::Small => small,
            LaneKind::Large | LaneKind::Second => large,
        }
    }

    /// Whether a passage is in the prompt of the completion that a lane shows. The prompt takes
    /// passages in order, as many as fit.
    pub fn reads(&self, kind: LaneKind, passage: &Passage) -> bool {
        let given = self.passages.given[kind as usize].as_deref();
        let place = given.and_then(|given| given.iter().position(|one| is_same(one, passage)));
        let run = self.lane(kind).run();
        place.is_some_and(|place| run.is_some_and(|run| place < run.prompt.passages))
    }

    pub(super) fn on_found(&mut self, id: RequestId, passages: Vec<Passage>, took_ms: f64) {
        self.release(Some(id), &passages);
        let mut searches = self.passages.searches.iter_mut();
        if let Some(search) = searches.find(|search| search.id == id) {
            search.found = Some(Found { passages, took_ms });
        }
        self.begin_to_test(Some(id));
    }

    /// A search has taken as long as a request may wait for it.
    pub(super) fn on_search_late(&mut self, id: RequestId) {
        let mut searches = self.passages.searches.iter_mut();
        if let Some(search) = searches.find(|s| s.id == id && s.found.is_none()) {
            search.late = true;
        }
        self.release(Some(id), &[]);
        self.begin_to_test(Some(id));
    }
}
