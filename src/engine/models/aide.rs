//! The interfaces that a driver uses: [`Answers`] for models, and [`Aide`] for everything else.

use super::Model;
use crate::{
    completion::{Passage, Query, Request, model::ModelEvent},
    sandbox::Execution,
    turn::{Batch, Slot, Turn, TurnEffect},
};

/// Answers requests, one at a time: a [`Model`], or a test.
pub trait Answers {
    /// Requests a completion; ends the request before it.
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
    /// A model has sent an event.
    fn hear(&mut self, _slot: Slot, _event: &ModelEvent) {}

    /// A turn is about to ask a model.
    fn asks(&mut self, _turn: &Turn, _slot: Slot, _request: &Request) {}

    /// A turn has something to count or to report.
    fn note(&mut self, _turn: &Turn, _effect: TurnEffect) {}

    /// The passages for a hole, best first.
    fn search(&mut self, _query: &Query) -> Vec<Passage> {
        Vec::new()
    }

    /// Runs programs; returns their results in order.
    ///
    /// # Errors
    /// Programs cannot run here; the error says why and what to do.
    fn run(&mut self, _turn: &Turn, _batch: &Batch) -> Result<Vec<Execution>, String> {
        Err("no programs are run here".to_owned())
    }

    /// Whether to judge the small completion while it is written. Without verdicts, a turn does not
    /// end by itself.
    fn judges(&self) -> bool {
        true
    }

    /// Whether to stop waiting.
    fn stops(&self) -> bool {
        false
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The request failed; says what is wrong and what to do.
    Failed(String),
    /// Waiting was stopped.
    Stopped,
}
