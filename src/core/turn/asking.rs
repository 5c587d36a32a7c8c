//! Asks the models: for the first completion of a hole, for further ones to cycle through, and for
//! ones that continue from another token. It also chooses the drafts of a request and starts
//! counting its cost.

use std::sync::Arc;

use super::{Judging, LARGE, LaneKind, Note, Run, RunKind, Slot, Turn, TurnEffect};
use crate::completion::{Drafts, Hole, Rejected, Request, RequestId, Sampling, StreamEvent};

impl Turn {
    /// Asks the small model to fill a hole, and the large ones too if the rules say so.
    pub(super) fn begin(&mut self, hole: Arc<Hole>) {
        self.end_live();
        let sampling = self.rules.first;
        let run = Run::new(self.new_id(), RunKind::of(sampling), self.now);
        let id = run.id;
        self.present(hole, run);
        self.ask(LaneKind::Small, id, sampling, Vec::new());
        self.decide(id);
        self.ask_along(id);
    }

    /// Begins a hole with this completion.
    pub(super) fn present(&mut self, hole: Arc<Hole>, run: Run) {
        self.large.clear();
        self.second.clear();
        self.rejected = None;
        self.small.begin(hole, run);
    }

    /// Sends a run's request to its model; fails it if there is none.
    pub(super) fn ask(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        sampling: Sampling,
        forced: Vec<i32>,
    ) {
        self.make_self_test_yield(kind, "you asked for something else");
        let now = self.now;
        let lane = self.lane_mut(kind);
        let Some(hole) = lane.hole.clone() else {
            return;
        };
        if !lane.model.is_usable() {
            let problem = format!("there is no {} model to ask", kind.name());
            lane.on_stream(id, StreamEvent::Failed(problem), now);
            return;
        }
        self.make_way(kind);
        let request = Request {
            sampling,
            forced,
            ..Request::greedy(id, hole, self.rules.max_tokens)
        };
        self.ask_with_passages(kind, request);
    }

    /// Sends a request to a lane's model, with all that the model may read and verify, and starts
    /// counting its cost. A request made `ahead` of the decision may turn out to be wasted.
    pub(super) fn put_request(&mut self, kind: LaneKind, request: Request, ahead: bool) {
        self.open_account(kind.into(), request.id, ahead);
        let start = Judging::Start(kind, request.id, Arc::clone(&request.hole));
        self.put(TurnEffect::Judge(start));
        let request = Request {
            passages: self.passages_for(kind),
            folder: self.rules.folder.clone(),
            passage_tokens: self.passage_tokens(kind),
            drafts: self.drafts_for(kind),
            ..request
        };
        self.put(TurnEffect::Ask(kind.into(), request));
    }

    /// Starts counting the cost of a request.
    pub(super) fn open_account(&mut self, slot: Slot, id: RequestId, ahead: bool) {
        let lane = slot.lane().map(|kind| self.lane(kind));
        let model = lane.map_or_else(String::new, |lane| lane.model.name().to_owned());
        let rates = self.rules.rates.get(slot.0).copied().unwrap_or_default();
        self.ledger.open(id, slot, (model, rates), ahead, self.now);
    }

    /// The drafts that a lane's model may verify.
    fn drafts_for(&self, kind: LaneKind) -> Drafts {
        let drafts = &self.rules.drafts;
        let verified = self.rules.drafts_rejected;
        let rejected = self.rejected_for(kind).filter(|_| verified);
        Drafts {
            rejected: rejected.map(|rejected| rejected.text),
            ..drafts.clone()
        }
    }

    /// The rejected small completion, if a lane's model is asked because of that rejection: the
    /// text written by then, or the part that the user did not want.
    pub fn rejected_for(&self, kind: LaneKind) -> Option<Rejected> {
        let run = self.small.decided().filter(|_| kind != LaneKind::Small)?;
        let (decision, _) = run.decision.as_ref()?;
        if decision.keeps() {
            return None;
        }
        let whole = Rejected::of(&run.completion.tokens)?;
        Some(Rejected {
            text: self.rejected.clone().unwrap_or(whole.text),
            ..whole
        })
    }

    /// Shows the next alternative of a lane; requests another sampled one until the limit is
    /// reached.
    pub(super) fn next_alternative(&mut self, kind: LaneKind) {
        let most = self.rules.alternatives;
        let lane = self.lane_mut(kind);
        lane.scroll = 0;
        let next = lane.shown + 1;
        if next < lane.runs.len() || lane.runs.len() >= most {
            lane.shown = if next < lane.runs.len() { next } else { 0 };
            return self.put(TurnEffect::Switched);
        }
        if lane.run().is_some_and(Run::is_live) {
            // Remembered rather than refused, so that the key does what it says, a little later.
            self.wants_alternative = true;
            return self.note(Note::Queued);
        }
        self.put(TurnEffect::Switched);
        let nth = self.lane(kind).runs.len() as u32;
        let seed = self.rules.more.seed.wrapping_add(nth);
        let sampling = Sampling {
            seed,
            ..self.rules.more
        };
        let run = Run::new(self.new_id(), RunKind::Sampled(seed), self.now);
        let id = run.id;
        self.lane_mut(kind).add(run);
        self.ask(kind, id, sampling, Vec::new());
    }

    /// Stops waiting for another alternative.
    pub fn forget_alternative(&mut self) {
        self.wants_alternative = false;
    }

    /// Continues from tokens other than the model's own.
    pub(super) fn steer(&mut self, kind: LaneKind, index: usize, forced: Vec<i32>) {
        self.lane_mut(kind).cancel();
        for large in LARGE {
            // The decision it was made ahead of may never be known now.
            self.want(large);
        }
        let run = Run::new(self.new_id(), RunKind::Steered(index), self.now);
        let id = run.id;
        self.lane_mut(kind).add(run);
        self.ask(kind, id, Sampling::GREEDY, forced);
    }

    /// Ends the requests of all lanes, because their answers are no longer of use.
    pub(super) fn end_live(&mut self) {
        self.stop_self_test("the completion is gone");
        for kind in LaneKind::ALL {
            self.give_up(kind);
            if self.lane_mut(kind).cancel() {
                self.put(TurnEffect::Cancel(kind.into()));
            }
        }
    }

    /// The completion has left the buffer: what still streams ends, and its decision counts.
    pub(super) fn drop_completion(&mut self) {
        self.wants_alternative = false;
        self.count_small_decision();
        self.end_live();
        self.forget_next();
    }

    /// Ends the turn: open requests are counted with their cost so far.
    pub(super) fn close(&mut self) {
        self.count_small_decision();
        for spent in self.ledger.close(self.now) {
            self.put(TurnEffect::Spent(spent));
        }
    }
}
