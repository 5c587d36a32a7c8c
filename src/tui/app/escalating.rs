//! Asking the large models: when that happens, what becomes of a request that was made ahead of the
//! decision once that is known, and what all of it costs.
//!
//! A second large model is asked whenever the first is, about the same hole. What it says is there to
//! be compared; it decides nothing.

use std::time::Duration;

use super::{
    App, ModelSource, Run, RunKind,
    event::{Effect, LaneKind},
    lane::{Ahead, Phase},
};
use crate::{
    completion::{RequestId, Sampling},
    meter::Spent,
    routing::{Decision, Escalation, UserSignal},
};

/// The lanes that are asked when a completion is escalated.
pub(super) const LARGE: [LaneKind; 2] = [LaneKind::Large, LaneKind::Second];

impl App {
    /// What goes to the large models together with a request of the small one: the same question,
    /// where that is wanted, or a word to servers that one may follow.
    pub(super) fn ask_along(&mut self, small: RequestId) -> Vec<Effect> {
        let kept = self.small.run().and_then(|run| run.decision.as_ref());
        let kept = kept.is_some_and(|(decision, _)| decision.keeps());
        let mut effects = Vec::new();
        if self.config.compare {
            effects.extend(self.ask_large(None));
        } else if self.config.escalation == Escalation::Hedged && !kept {
            effects.extend(self.ask_large(Some(small)));
        }
        for kind in LARGE {
            let lane = self.lane(kind);
            if lane.runs.is_empty() && lane.model.is_usable() && self.is_on_server(kind) {
                effects.push(Effect::Warm(kind));
            }
        }
        effects
    }

    /// Whether a lane's model is on a server, as far as that is known.
    pub(super) fn is_on_server(&self, kind: LaneKind) -> bool {
        matches!(self.sources[kind as usize], Some(ModelSource::Server(_)))
            || self.lane(kind).model.is_server()
    }

    /// Asks the large models about the small one's hole, once a hole. `ahead` is the small
    /// completion whose decision is not known yet and may make this wasted.
    pub(super) fn ask_large(&mut self, ahead: Option<RequestId>) -> Vec<Effect> {
        let ask = |kind| self.ask_one(kind, ahead);
        LARGE.into_iter().flat_map(ask).collect()
    }

    /// Asks one large model about the small one's hole, unless it was asked already.
    pub(super) fn ask_one(&mut self, kind: LaneKind, ahead: Option<RequestId>) -> Vec<Effect> {
        let lane = self.lane(kind);
        if !lane.runs.is_empty() || !lane.model.is_usable() {
            return Vec::new();
        }
        let Some(hole) = self.small.hole.clone() else {
            return Vec::new();
        };
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let id = run.id;
        let lane = self.lane_mut(kind);
        lane.begin(hole, run);
        lane.ahead = ahead.map(|of| Ahead { id, of });
        if kind == LaneKind::Large {
            self.router.asked_large += 1;
        }
        self.ask(kind, id, Sampling::GREEDY, Vec::new())
    }

    /// A person asks the large models: again, where they were stopped or failed.
    pub(super) fn ask_large_by_hand(&mut self) -> Vec<Effect> {
        if !LARGE.iter().any(|kind| self.lane(*kind).model.is_usable()) {
            self.warn("there is no large model to ask");
            return Vec::new();
        }
        if self.small.hole.is_none() {
            self.warn("nothing was completed yet");
            return Vec::new();
        }
        for kind in LARGE {
            self.want(kind);
            let phase = self.lane(kind).run().map(|run| &run.phase);
            if let Some(Phase::Cancelled | Phase::Failed(_)) = phase {
                self.lane_mut(kind).clear();
            }
        }
        let mut effects = self.ask_large(None);
        if effects.is_empty() {
            self.info("the large model was asked about this place already");
        }
        // An escalation that had failed may be answered after all.
        effects.extend(self.redecide());
        effects
    }

    /// Asks the large models because a decision wants them. What was given up as wasted is wanted
    /// again.
    pub(super) fn escalate(&mut self, ahead: Option<RequestId>) -> Vec<Effect> {
        for kind in LARGE {
            let lane = self.lane_mut(kind);
            match lane.runs.first_mut() {
                Some(run) if run.wasted && run.phase == Phase::Cancelled => lane.clear(),
                Some(run) => run.wasted = false,
                None => {}
            }
        }
        self.ask_large(ahead)
    }

    /// The decision on a small completion will not change any more by itself: says what it means for
    /// the requests that were made ahead of it.
    pub(super) fn settle(&mut self, small: RequestId, escalates: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for kind in LARGE {
            if self.lane(kind).ahead.is_none_or(|ahead| ahead.of != small) {
                continue;
            }
            if escalates {
                self.note_saved(kind);
                self.want(kind);
            } else if let Some(id) = self.give_up(kind) {
                let lane = self.lane_mut(kind);
                let live = lane.runs.iter_mut().find(|run| run.id == id);
                if let Some(run) = live.filter(|run| run.is_live()) {
                    run.phase = Phase::Cancelled;
                    run.waiting = None;
                    effects.push(Effect::Cancel(kind));
                }
            }
        }
        effects
    }

    /// By how much the answer of the large model is earlier than if it had been waited for the
    /// decision. That counts when there is an answer.
    fn note_saved(&mut self, kind: LaneKind) {
        let now = self.now;
        let lane = self.lane_mut(kind);
        let Some(ahead) = lane.ahead.filter(|_| kind == LaneKind::Large) else {
            return;
        };
        if let Some(run) = lane.runs.iter_mut().find(|run| run.id == ahead.id) {
            run.saved = Some(now.saturating_sub(run.requested_at));
            lane.saving = Some(ahead.id);
        }
        self.count_saved();
    }

    /// Counts the time that an early request saved once its first token is there; nothing where it
    /// ended without one.
    fn count_saved(&mut self) {
        let lane = &mut self.large;
        let run = lane.runs.iter_mut().find(|run| lane.saving == Some(run.id));
        let Some(run) = run else { return };
        match (run.first_token_at, run.saved) {
            (Some(_), Some(saved)) => {
                self.meter.save(milliseconds(saved));
                self.meter_changed = true;
            }
            _ if run.is_live() => return,
            _ => run.saved = None,
        }
        lane.saving = None;
    }

    /// A request that was made ahead of the decision is wanted whatever that will be.
    pub(super) fn want(&mut self, kind: LaneKind) {
        if let Some(ahead) = self.lane_mut(kind).ahead.take() {
            let spent = self.ledger.settle(ahead.id, false);
            self.spend(spent);
        }
    }

    /// A request that was made ahead of the decision will not have been wanted; gives its id.
    pub(super) fn give_up(&mut self, kind: LaneKind) -> Option<RequestId> {
        let lane = self.lane_mut(kind);
        let ahead = lane.ahead.take()?;
        if let Some(run) = lane.runs.iter_mut().find(|run| run.id == ahead.id) {
            run.wasted = true;
        }
        let spent = self.ledger.settle(ahead.id, true);
        self.spend(spent);
        Some(ahead.id)
    }

    /// Ends whatever is still asked for, in all lanes.
    pub(super) fn end_live(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_self_test("its completion is gone");
        for kind in LaneKind::ALL {
            self.give_up(kind);
            if self.lane_mut(kind).cancel() {
                effects.push(Effect::Cancel(kind));
            }
        }
        effects
    }

    /// After news of the large model: what an escalation comes to may have changed.
    pub(super) fn on_large_progress(&mut self) -> Vec<Effect> {
        self.count_saved();
        self.note_answer();
        let marked = |(decision, _): &(Decision, Duration)| decision.degraded;
        let runs = self.small.runs.iter().chain(&self.small.refused);
        let degraded = runs.filter_map(|run| run.decision.as_ref()).any(marked);
        if self.large.can_answer() && !degraded {
            return Vec::new();
        }
        self.redecide()
    }

    /// The large model cannot answer after all: the small one, which was stopped for it, is asked
    /// again, and goes on from what there is of its text.
    pub(super) fn resume_small(&mut self) -> Vec<Effect> {
        let Some(ghost) = self.editor.ghost else {
            return Vec::new();
        };
        let rejected = |run: &Run| run.evidence.user.is_some_and(UserSignal::rejects);
        let stopped = self.small.run().is_some_and(|run| {
            run.kind == RunKind::Greedy && run.phase == Phase::Stopped && !rejected(run)
        });
        let of_small = ghost.lane == LaneKind::Small;
        let seen = of_small || ghost.consumed == 0;
        if !stopped || !seen || self.large.can_answer() || !self.small.model.is_usable() {
            return Vec::new();
        }
        let id = self.new_id();
        let Some(run) = self.small.runs.get_mut(self.small.shown) else {
            return Vec::new();
        };
        let taken = run.completion.text.get(..ghost.consumed);
        let taken = taken.map(str::to_owned).filter(|taken| !taken.is_empty());
        // To the meter, the history and the signals it stays one completion.
        let before = run.resume(id);
        self.router.history.renumber(before, id);
        self.signalling.renumber(before, id);
        if self.last_counted >= before {
            self.last_counted = id;
        }
        if of_small {
            self.signalling.go_on_from(taken);
        }
        self.ask(LaneKind::Small, id, Sampling::GREEDY, Vec::new())
    }

    /// Counts a request that has ended.
    pub(super) fn spend(&mut self, spent: Option<Spent>) {
        if let Some(spent) = spent {
            self.meter.spend(&spent);
            self.meter_changed = true;
        }
    }

    /// How many requests to large models have not ended; the meter counts them when they do.
    pub fn running_large(&self) -> usize {
        self.ledger.running_large()
    }

    /// Counts the router's decision on a small completion, once for each.
    pub(super) fn count_decision(&mut self, small: RequestId, escalates: bool) {
        if small > self.last_counted {
            self.last_counted = small;
            self.meter.decide(escalates);
            self.meter_changed = true;
        }
    }

    /// Counts the router's decision on the small completion whose time is over, where that was put
    /// off until the person has done something.
    pub(super) fn count_small_decision(&mut self) {
        let small = self.small.runs.first().filter(|run| run.is_judged());
        let decided = small.and_then(|run| Some((run.id, run.decision.as_ref()?.0.keeps())));
        if let Some((id, keeps)) = decided {
            self.count_decision(id, !keeps);
        }
    }

    /// The program ends: what is still asked for counts as it stands.
    pub(super) fn close_ledger(&mut self) {
        for spent in self.ledger.close(self.now) {
            self.spend(Some(spent));
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
