//! Anticipation: while a completion is shown and nothing else is requested, the next one is
//! computed as if it were accepted, so that accepting shows it at once.
//!
//! It goes at most one step ahead, and the user's own requests come first: any request to the small
//! model, or to a local large one, ends it.

use std::sync::Arc;

use super::{LaneKind, ModelState, Phase, Run, RunKind, Turn, TurnEffect};
use crate::completion::{Hole, Request, RequestId, StopReason};

/// A completion computed ahead.
#[derive(Debug, PartialEq)]
struct Next {
    /// The completion that it follows.
    of: RequestId,
    /// The hole as it will be once that completion is accepted.
    hole: Arc<Hole>,
    run: Run,
}

/// What was computed ahead in this run, and whether it was used.
#[derive(Debug, Default, PartialEq)]
pub struct Anticipation {
    next: Option<Next>,
    /// Completions that could be shown without a request, because they were ready.
    pub hits: usize,
    /// Completions that were never shown.
    pub wasted: usize,
    /// Tokens written for the wasted completions.
    pub wasted_tokens: usize,
}

impl Anticipation {
    /// The state of the next completion in one word; `None` if none is being computed.
    pub fn standing(&self) -> Option<&'static str> {
        let run = &self.next.as_ref()?.run;
        Some(match run.phase {
            Phase::Waiting | Phase::Streaming => "writing",
            Phase::Done if run.completion.text.is_empty() => "nothing",
            Phase::Done => "ready",
            _ => "failed",
        })
    }

    /// The completion ahead, if this request is its own.
    pub fn run(&self, kind: LaneKind, id: RequestId) -> Option<&Run> {
        let next = self.next.as_ref().filter(|_| kind == LaneKind::Small)?;
        (next.run.id == id).then_some(&next.run)
    }
}

impl Turn {
    /// The completion ahead, if this request is its own.
    pub(super) fn next_run(&mut self, kind: LaneKind, id: RequestId) -> Option<&mut Run> {
        let next = self.anticipation.next.as_mut()?;
        (kind == LaneKind::Small && next.run.id == id).then_some(&mut next.run)
    }

    /// Requests the next completion, if nothing else is going on.
    pub(super) fn anticipate(&mut self) {
        let Some((of, hole)) = self.hole_ahead() else {
            return;
        };
        self.forget_next();
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let request = Request::greedy(run.id, Arc::clone(&hole), self.rules.max_tokens);
        self.anticipation.next = Some(Next { of, hole, run });
        self.put_request(LaneKind::Small, request, true);
    }

    /// The hole as it will be, with the completion that leads to it; `None` while there is other
    /// work, or if that hole was asked about already.
    fn hole_ahead(&self) -> Option<(RequestId, Arc<Hole>)> {
        let shown = self.shown.filter(|shown| shown.lane == LaneKind::Small);
        let run = self
            .small
            .run()
            .filter(|run| shown.is_some() && run.phase == Phase::Done && run.is_judged())?;
        let completion = &run.completion;
        let asked = self.anticipation.next.as_ref().map(|next| next.of);
        let senseless = completion.text.is_empty() || completion.stop == StopReason::Repetition;
        let busy = self.is_self_testing() || LaneKind::ALL.iter().any(|kind| self.is_busy(*kind));
        let ready = matches!(self.small.model, ModelState::Ready(_));
        if asked == Some(run.id) || senseless || busy || !ready {
            return None;
        }
        let hole = self.small.hole.as_ref()?;
        let ahead = Hole {
            prefix: [hole.prefix.as_str(), &completion.text].concat(),
            suffix: hole.suffix.clone(),
            language: hole.language,
            path: hole.path.clone(),
        };
        Some((run.id, Arc::new(ahead)))
    }

    fn is_busy(&self, kind: LaneKind) -> bool {
        self.lane(kind).runs.iter().any(Run::is_live)
    }

    /// Called before a request to a lane's model: ends a completion computed ahead on the same
    /// machine.
    pub(super) fn make_way(&mut self, kind: LaneKind) {
        let next = self.anticipation.next.as_ref();
        let live = next.is_some_and(|next| next.run.is_live());
        if live && (kind == LaneKind::Small || !self.lane(kind).is_on_server()) {
            self.forget_next();
        }
    }

    /// Drops the next completion.
    pub(super) fn forget_next(&mut self) {
        if let Some(next) = self.anticipation.next.take() {
            self.waste(&next);
        }
    }

    fn waste(&mut self, next: &Next) {
        self.anticipation.wasted += 1;
        self.anticipation.wasted_tokens += next.run.completion.tokens.len();
        let spent = self.ledger.settle(next.run.id, true);
        self.spend(spent);
        if next.run.is_live() {
            self.put(TurnEffect::Cancel(LaneKind::Small.into()));
        }
    }

    /// The whole completion is in the buffer, and nothing more of it will arrive. Shows the
    /// completion that was computed for the place after it.
    pub(super) fn finish(&mut self, hole: Arc<Hole>) {
        let small = self.small.run().map(|run| run.id);
        let of_small = self
            .shown
            .is_some_and(|shown| shown.lane == LaneKind::Small);
        let shown = small.filter(|_| of_small);
        let follows = |next: &mut Next| Some(next.of) == shown;
        let next = self.anticipation.next.take_if(follows);
        self.drop_completion();
        if let Some(next) = next {
            self.show_next(next, hole);
        }
    }

    fn show_next(&mut self, mut next: Next, hole: Arc<Hole>) {
        let fits = (&hole.prefix, &hole.suffix) == (&next.hole.prefix, &next.hole.suffix);
        let streaming = next.run.is_live();
        let has_text = next.run.phase == Phase::Done && !next.run.completion.text.is_empty();
        if !fits || !(streaming || has_text) {
            return self.waste(&next);
        }
        self.anticipation.hits += 1;
        let spent = self.ledger.settle(next.run.id, false);
        self.spend(spent);
        // As if it had been requested now.
        next.run.requested_at = self.now;
        let id = next.run.id;
        self.present(hole, next.run);
        self.shown = Some(super::Shown {
            unasked: streaming,
            ..super::Shown::SMALL
        });
        self.put(TurnEffect::Presented { streaming });
        self.decide(id);
        self.ask_along(id);
    }

    /// Whether a completion computed ahead has ended without text; it is then treated as if it had
    /// never been requested.
    pub(super) fn follow_empty(&mut self, kind: LaneKind, id: RequestId) -> bool {
        let unasked = self.shown.is_some_and(|shown| shown.unasked);
        let run = self.small.run().filter(|run| {
            let ahead = run.kind == RunKind::Greedy && run.resumed.is_none();
            unasked && kind == LaneKind::Small && ahead && run.id == id
        });
        let empty = run.is_some_and(|run| !run.is_live() && run.completion.text.is_empty());
        if empty {
            self.small.clear();
            self.anticipation.hits -= 1;
            self.anticipation.wasted += 1;
        }
        empty
    }
}
