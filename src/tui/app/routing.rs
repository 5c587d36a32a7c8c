//! The keys and settings of the router.

use super::{
    App,
    event::Effect,
    keys::{following, on_off},
};
use crate::{
    routing::{Escalation, Policy, Score},
    turn::TurnEvent,
};

impl App {
    /// Moves the threshold by hand.
    pub(super) fn step_threshold(&mut self, steps: i32) -> Vec<Effect> {
        self.router.move_threshold(steps, self.now);
        self.completer().redecide()
    }

    pub(super) fn next_policy(&mut self) -> Vec<Effect> {
        let policy = self.router.settings().policy;
        self.set_policy(following(&Policy::ALL, policy, 1))
    }

    pub(super) fn set_policy(&mut self, policy: Policy) -> Vec<Effect> {
        let model = self.completions.turn().small.model.name();
        let subject = (model, self.editor.document().language());
        self.router.set_policy(policy, &mut self.config, subject);
        self.completer().redecide()
    }

    pub(super) fn next_score(&mut self) -> Vec<Effect> {
        self.set_score(following(&Score::ALL, self.config.score, 1))
    }

    pub(super) fn set_score(&mut self, score: Score) -> Vec<Effect> {
        let model = self.completions.turn().small.model.name();
        let subject = (model, self.editor.document().language());
        let set = self.router.set_score(score, &mut self.config, subject);
        if let Err(why) = set {
            self.notice.info(why);
        }
        self.completer().redecide()
    }

    pub(super) fn next_escalation(&mut self) -> Vec<Effect> {
        let next = following(&Escalation::ALL, self.config.escalation, 1);
        self.config.escalation = next;
        self.notice.info(format!("escalation: {}", next.name()));
        self.completer().redecide()
    }

    /// Turns on or off asking the large model whatever the decision.
    pub(super) fn toggle_compare(&mut self) -> Vec<Effect> {
        self.config.compare = !self.config.compare;
        let on = self.config.compare;
        self.notice.info(format!("compare {}", on_off(on)));
        if !on || self.ghost().is_none() {
            return Vec::new();
        }
        self.completer().play(TurnEvent::AskLarge { again: false })
    }
}
