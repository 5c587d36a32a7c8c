//! The router at work on one hole: which models are asked, their answers so far, the decision and
//! the cost. A pure state machine: events in, effects out, with the time as an argument. The rules
//! that it applies are in [`crate::routing`]; its driver asks the models, judges the syntax,
//! searches and runs programs. Nothing here waits, reads, draws or depends on a screen.
//!
//! [`Turn::update`] is the only entry point. Inside, `deciding` weighs a small completion, and
//! `escalating` asks the large models and settles early requests. `asking` makes requests,
//! `passages` lets them wait for a search, and `ledger` counts their cost. `ahead` computes the
//! next completion; `chain` and `selftesting` let models test their own solutions.

mod ahead;
mod asking;
mod chain;
mod deciding;
mod escalating;
mod event;
mod lane;
mod ledger;
mod models;
mod passages;
mod rules;
mod run;
mod selftesting;
mod selftests;
mod slot;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use self::ledger::Ledger;
pub use self::{
    ahead::Anticipation,
    chain::{Chain, Doing, Link, Returned},
    event::{Batch, Judging, Note, Ran, TurnEffect, TurnEvent},
    lane::{Lane, ModelState},
    passages::{Found, Passages, Search},
    rules::Rules,
    run::{Phase, Run, RunKind},
    selftests::{SelfTests, Standing},
    slot::{LaneKind, Shown, Slot},
};
use crate::completion::{Hole, RequestId};

/// The lanes asked when a completion is escalated.
pub const LARGE: [LaneKind; 2] = [LaneKind::Large, LaneKind::Second];

/// What a turn is still waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// An answer that is needed.
    ForAnswer,
    /// The cost of a cancelled request, which its model reports when it stops.
    ForLastWord,
    ForNothing,
}

/// The models' work on one hole, and then on the next.
#[derive(Debug)]
pub struct Turn {
    /// The rules it follows. They may be changed at any time; [`TurnEvent::Changed`] applies them
    /// to earlier decisions.
    pub rules: Rules,
    /// What the user sees; `None` once the completion has left the buffer.
    pub shown: Option<Shown>,
    /// The small model and its completions.
    pub small: Lane,
    /// The large model and its completions.
    pub large: Lane,
    /// A second large model, asked together with the first to compare the two. It decides nothing.
    pub second: Lane,
    /// The passages found for the models.
    pub passages: Passages,
    /// The models' own solutions against their own tests.
    pub self_tests: Option<Box<SelfTests>>,
    /// Completions computed ahead.
    pub anticipation: Anticipation,
    ledger: Ledger,
    /// The latest small completion whose decision was counted.
    last_counted: RequestId,
    last_id: RequestId,
    /// Whether another alternative was requested while one was still streaming.
    wants_alternative: bool,
    /// The rest of the small completion that the user refused by typing something else. The large
    /// model may verify it.
    rejected: Option<String>,
    now: Duration,
    effects: Vec<TurnEffect>,
}

impl Turn {
    /// A turn without models that has not begun.
    pub fn new(rules: Rules) -> Self {
        Turn {
            rules,
            shown: None,
            small: Lane::new(LaneKind::Small, ModelState::Absent),
            large: Lane::new(LaneKind::Large, ModelState::Absent),
            second: Lane::new(LaneKind::Second, ModelState::Absent),
            passages: Passages::default(),
            self_tests: None,
            anticipation: Anticipation::default(),
            ledger: Ledger::default(),
            last_counted: RequestId::default(),
            last_id: RequestId::default(),
            wants_alternative: false,
            rejected: None,
            now: Duration::ZERO,
            effects: Vec::new(),
        }
    }

    /// Handles one event at `now`, measured from any fixed moment, and returns what to do.
    pub fn update(&mut self, event: TurnEvent, now: Duration) -> Vec<TurnEffect> {
        self.now = now;
        match event {
            TurnEvent::Begin(hole) => self.begin(hole),
            TurnEvent::Model(slot, event) => self.on_model(slot, event),
            TurnEvent::TokenJudged {
                lane,
                id,
                index,
                state,
            } => self.on_token_judged(lane, id, index, state),
            TurnEvent::Judged { lane, id, verdict } => self.on_judged(lane, id, verdict),
            TurnEvent::Found {
                id,
                passages,
                took_ms,
            } => self.on_found(id, passages, took_ms),
            TurnEvent::SearchLate(id) => self.on_search_late(id),
            TurnEvent::NothingToSearch => {
                self.release(None, &[]);
                self.begin_to_test(None);
            }
            TurnEvent::Person { signal, decides } => self.on_person(signal, decides),
            TurnEvent::Changed => self.redecide(),
            TurnEvent::AskLarge { again } => self.ask_large_by_hand(again),
            TurnEvent::LargeInstead => self.large_instead(),
            TurnEvent::AskLargeAt { hole, rejected } => self.ask_large_at(hole, rejected),
            TurnEvent::Wanted(kind) => self.want(kind),
            TurnEvent::Alternative(kind) => self.next_alternative(kind),
            TurnEvent::Steered {
                lane,
                index,
                forced,
            } => self.steer(lane, index, forced),
            TurnEvent::Left => self.end_live(),
            TurnEvent::Dropped => self.drop_completion(),
            TurnEvent::Finished(hole) => self.finish(hole),
            TurnEvent::Anticipate => self.anticipate(),
            TurnEvent::ForgetNext => self.forget_next(),
            TurnEvent::Leaving(kind) => self.make_self_test_yield(kind, "the model was replaced"),
            TurnEvent::Replaced { lane, given, state } => self.replace(lane, given, state),
            TurnEvent::AskAgain { lane, ahead } => self.ask_one(lane, ahead),
            TurnEvent::SelfTest => self.begin_self_test(false),
            TurnEvent::TestAll {
                hole,
                models,
                every,
            } => self.test_all(hole, models, every),
            TurnEvent::Ran(ran) => self.on_ran(ran),
            TurnEvent::StopSelfTest(why) => self.abandon_self_test(&why),
            TurnEvent::ShowSolution { link, row } => self.show_solution(link, row),
            TurnEvent::Close => self.close(),
        }
        std::mem::take(&mut self.effects)
    }

    pub fn lane(&self, kind: LaneKind) -> &Lane {
        match kind {
            LaneKind::Small => &self.small,
            LaneKind::Large => &self.large,
            LaneKind::Second => &self.second,
        }
    }

    pub fn lane_mut(&mut self, kind: LaneKind) -> &mut Lane {
        match kind {
            LaneKind::Small => &mut self.small,
            LaneKind::Large => &mut self.large,
            LaneKind::Second => &mut self.second,
        }
    }

    /// What the turn waits for, if there are no further requests.
    pub fn waits(&self) -> Waits {
        let answer = |kind: &LaneKind| self.lane(*kind).runs.iter().any(Run::is_live);
        let unjudged = self.small.runs.first().is_some_and(|run| !run.is_over());
        if LaneKind::ALL.iter().any(answer) || unjudged || self.is_self_testing() {
            return Waits::ForAnswer;
        }
        // A model that is not ready has done nothing to count.
        let ready = |kind: LaneKind| matches!(self.lane(kind).model, ModelState::Ready(_));
        let open = self.ledger.open_requests();
        let counts = |(slot, _): &(Slot, RequestId)| slot.lane().is_some_and(ready);
        match open.iter().any(counts) {
            true => Waits::ForLastWord,
            false => Waits::ForNothing,
        }
    }

    /// How many requests to large models have not ended; they are counted when they end.
    pub fn running_large(&self) -> usize {
        self.ledger.running_large()
    }

    /// Requests that have not ended, with the slots they went to.
    pub fn open_requests(&self) -> Vec<(Slot, RequestId)> {
        self.ledger.open_requests()
    }

    fn new_id(&mut self) -> RequestId {
        self.last_id.0 += 1;
        self.last_id
    }

    fn put(&mut self, effect: TurnEffect) {
        self.effects.push(effect);
    }

    fn note(&mut self, note: Note) {
        self.put(TurnEffect::Note(note));
    }

    /// The hole of the small completion, or the place from which the user has typed on since.
    fn hole(&self) -> Option<Arc<Hole>> {
        self.small.hole.clone()
    }
}
