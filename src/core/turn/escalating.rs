//! Asks the large models: decides when to ask, and settles a request made ahead of the decision
//! once the decision is known.
//!
//! A second large model is asked whenever the first is, about the same hole. Its answer is for
//! comparison only and decides nothing.

use std::{sync::Arc, time::Duration};

use super::{LARGE, LaneKind, Note, Phase, Run, RunKind, Turn, TurnEffect, lane::Ahead};
use crate::{
    completion::{Hole, RequestId},
    meter::Spent,
    routing::{Decision, Escalation, LargeUse},
    words::number::milliseconds,
};

impl Turn {
    /// Tells the large models about a request to the small one: either asks them too, or warms up
    /// servers for a request that may follow.
    pub(super) fn ask_along(&mut self, small: RequestId) {
        let kept = self.small.run().and_then(|run| run.decision.as_ref());
        let kept = kept.is_some_and(|(decision, _)| decision.keeps());
        match self.rules.large {
            LargeUse::Never => return,
            LargeUse::Always => self.ask_large(None),
            LargeUse::Escalated if self.rules.escalation == Escalation::Hedged && !kept => {
                self.ask_large(Some(small));
            }
            LargeUse::Escalated => {}
        }
        for kind in LARGE {
            let lane = self.lane(kind);
            if lane.runs.is_empty() && lane.model.is_usable() && lane.is_on_server() {
                self.put(TurnEffect::Warm(kind));
            }
        }
    }

    /// Asks the large models about the small one's hole, once per hole. `ahead` is the small
    /// completion whose decision is still open and may make this request wasted.
    pub(super) fn ask_large(&mut self, ahead: Option<RequestId>) {
        for kind in LARGE {
            self.ask_one(kind, ahead);
        }
    }

    /// Asks one large model about the small one's hole, unless it was asked already.
    pub(super) fn ask_one(&mut self, kind: LaneKind, ahead: Option<RequestId>) {
        let lane = self.lane(kind);
        if !lane.runs.is_empty() || !lane.model.is_usable() {
            return;
        }
        let Some(hole) = self.hole() else { return };
        let sampling = self.rules.first;
        let run = Run::new(self.new_id(), RunKind::of(sampling), self.now);
        let id = run.id;
        let lane = self.lane_mut(kind);
        lane.begin(hole, run);
        lane.ahead = ahead.map(|of| Ahead { id, of });
        self.ask(kind, id, sampling, Vec::new());
    }

    /// The user asks the large models; with `again`, also those that were stopped or failed.
    pub(super) fn ask_large_by_hand(&mut self, again: bool) {
        for kind in LARGE {
            self.want(kind);
            let phase = self.lane(kind).run().map(|run| &run.phase);
            if let Some(Phase::Cancelled | Phase::Failed(_)) = phase.filter(|_| again) {
                self.lane_mut(kind).clear();
            }
        }
        let before = self.effects.len();
        self.ask_large(None);
        if !again {
            return;
        }
        if self.effects.len() == before {
            self.note(Note::AskedAlready);
        }
        // A failed escalation may be answered after all.
        self.redecide();
    }

    /// The user has rejected the small completion; the large model's replaces it.
    pub(super) fn large_instead(&mut self) {
        self.wants_alternative = false;
        self.forget_next();
        if let Some(id) = self.small.run().map(|run| run.id) {
            self.stop_small(id);
        }
        self.escalate(None);
        LARGE.into_iter().for_each(|kind| self.want(kind));
    }

    /// The user has typed something other than the small completion: asks the large model how to
    /// continue. `rejected` is the text that was not wanted.
    pub(super) fn ask_large_at(&mut self, hole: Arc<Hole>, rejected: String) {
        self.small.refuse(hole, self.now);
        self.large.clear();
        self.second.clear();
        self.rejected = Some(rejected);
        self.ask_large(None);
    }

    /// Asks the large models because of a decision to escalate. Requests given up as wasted are
    /// wanted again.
    pub(super) fn escalate(&mut self, ahead: Option<RequestId>) {
        for kind in LARGE {
            let lane = self.lane_mut(kind);
            match lane.runs.first_mut() {
                Some(run) if run.wasted && run.phase == Phase::Cancelled => lane.clear(),
                Some(run) => run.wasted = false,
                None => {}
            }
        }
        self.ask_large(ahead);
    }

    /// The decision on a small completion is known: settles the requests made ahead of it. A
    /// decision to keep is settled as soon as every gate has passed; an escalated completion must
    /// be judged first.
    pub(super) fn settle(&mut self, small: RequestId, escalates: bool) {
        for kind in LARGE {
            if self.lane(kind).ahead_of() != Some(small) {
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
                    self.put(TurnEffect::Cancel(kind.into()));
                }
            }
        }
    }

    /// Notes how much sooner the large model answers than if it had been asked after the decision.
    /// This counts once there is an answer.
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

    /// Counts the time saved by an early request once its first token has arrived; nothing if it
    /// ended without one.
    fn count_saved(&mut self) {
        let lane = &mut self.large;
        let run = lane.runs.iter_mut().find(|run| lane.saving == Some(run.id));
        let Some(run) = run else { return };
        match (run.first_token_at, run.saved) {
            (Some(_), Some(saved)) => {
                lane.saving = None;
                self.put(TurnEffect::Saved(milliseconds(saved)));
            }
            _ if run.is_live() => {}
            _ => {
                run.saved = None;
                lane.saving = None;
            }
        }
    }

    /// Marks a request made ahead of the decision as wanted, whatever the decision will be.
    pub(super) fn want(&mut self, kind: LaneKind) {
        if let Some(ahead) = self.lane_mut(kind).ahead.take() {
            let spent = self.ledger.settle(ahead.id, false);
            self.spend(spent);
        }
    }

    /// Gives up a request made ahead of the decision as wasted; returns its id.
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

    /// Called after news of the large model, which may change the result of an escalation.
    pub(super) fn on_large_progress(&mut self) {
        self.count_saved();
        let marked = |(decision, _): &(Decision, Duration)| decision.degraded;
        let runs = self.small.runs.iter().chain(&self.small.refused);
        let degraded = runs.filter_map(|run| run.decision.as_ref()).any(marked);
        if !self.large.can_answer() || degraded {
            self.redecide();
        }
    }

    /// Counts a request that has ended.
    pub(super) fn spend(&mut self, spent: Option<Spent>) {
        if let Some(spent) = spent {
            self.put(TurnEffect::Spent(spent));
        }
    }
}
