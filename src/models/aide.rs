//! Whom a driver asks, and who helps it: models behind [`Answers`], everything else behind [`Aide`].

use super::Model;
use crate::{
    completion::{Passage, Query, Request, model::ModelEvent},
    sandbox::Execution,
    turn::{Batch, Slot, Turn, TurnEffect},
};

/// Something that answers requests, one at a time: a [`Model`], or a test.
pub trait Answers {
    /// Asks for a completion; ends the request before it.
    fn complete(&self, request: Request);
    /// Ends the request in flight, if any.
    fn cancel(&self);
}

impl Answers for Model {
    fn complete(&self, request: Request) {
        Model::complete(self, request);
    }

    fn cancel(&self) {
        Model::cancel(self);
    }
}

/// What turns need besides models.
pub trait Aide {
    /// A model says something.
    fn hear(&mut self, _slot: Slot, _event: &ModelEvent) {}

    /// A turn is about to ask a model.
    fn asks(&mut self, _turn: &Turn, _slot: Slot, _request: &Request) {}

    /// A turn wants something that concerns neither models nor programs: mostly to count.
    fn note(&mut self, _turn: &Turn, _effect: TurnEffect) {}

    /// The passages for a hole, best first.
    fn search(&mut self, _query: &Query) -> Vec<Passage> {
        Vec::new()
    }

    /// Runs programs; gives what came of each, in order.
    ///
    /// # Errors
    /// None can be run here: says why and what to do.
    fn run(&mut self, _turn: &Turn, _batch: &Batch) -> Result<Vec<Execution>, String> {
        Err("no programs are run here".to_owned())
    }

    /// Whether what the small model writes is to be judged while it does. Without verdicts a turn does
    /// not end by itself.
    fn judges(&self) -> bool {
        true
    }

    /// Whether nobody waits any more.
    fn stops(&self) -> bool {
        false
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The request failed; says what is wrong and what to do.
    Failed(String),
    /// Nobody waits any more.
    Stopped,
}
