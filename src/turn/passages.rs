//! The passages that the models read for a hole.
//!
//! A request waits until its search is answered, but never long: it then goes without passages. What
//! was found for a hole serves every request about it; a large model that is asked because a
//! completion was rejected waits for a second search, with that completion.

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

/// What was found for the hole.
#[derive(Debug, Clone, Default)]
pub struct Passages {
    /// Searches about the hole that was asked about last, in the order they were made.
    pub searches: Vec<Search>,
    /// By lane, what its model was given to read with its latest request about that hole; `None`
    /// where it was not asked.
    pub given: [Option<Vec<Passage>>; 3],
    /// Requests that wait for the search with this id.
    waiting: Vec<(RequestId, LaneKind, Request)>,
}

impl Passages {
    /// What all searches about the hole found: the latest first, and of the others what it does not
    /// have.
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

    /// What the latest search found.
    pub(super) fn latest(&self) -> Vec<Passage> {
        let found = self
            .searches
            .last()
            .and_then(|search| search.found.as_ref());
        found.map_or_else(Vec::new, |found| found.passages.clone())
    }

    /// Forgets what was found for another hole.
    fn turn_to(&mut self, hole: &Arc<Hole>) {
        if self.searches.iter().any(|search| search.hole != *hole) {
            self.forget();
        }
    }

    /// Forgets what was found. What waits for it goes with the requests that are cancelled.
    pub fn forget(&mut self) {
        self.searches.clear();
        self.given = Default::default();
    }
}

/// Whether two are the same place; their scores may differ from search to search.
fn is_same(a: &Passage, b: &Passage) -> bool {
    a.path == b.path && a.lines == b.lines
}

impl Turn {
    /// Puts a request to a lane's model: with the passages that it is to read, once these are found.
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

    /// Puts a request to its model with passages, or without retrieval.
    fn ask_now(&mut self, kind: LaneKind, request: Request, passages: Option<Vec<Passage>>) {
        self.passages.given[kind as usize] = passages;
        let ahead = self.lane(kind).ahead;
        let ahead = ahead.is_some_and(|ahead| ahead.id == request.id);
        self.put_request(kind, request, ahead);
    }

    /// Puts the requests that wait for a search, or for any, to their models.
    pub(super) fn release(&mut self, search: Option<RequestId>, passages: &[Passage]) {
        let waiting = std::mem::take(&mut self.passages.waiting);
        let (due, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(id, ..)| search.is_none_or(|search| *id == search));
        self.passages.waiting = rest;
        for (_, kind, request) in due {
            let mut runs = self.lane(kind).runs.iter();
            // One that was cancelled or replaced meanwhile is asked no more.
            if runs.any(|run| run.id == request.id && run.is_live()) {
                self.ask_now(kind, request, Some(passages.to_vec()));
            }
        }
    }

    /// The passages that a lane's model was last given, for a request that does not wait for a
    /// search of its own.
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

    /// Whether a passage is in the prompt of what a lane shows. Those that it was given have room
    /// there in their order.
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
