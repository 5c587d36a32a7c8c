//! A model's answer to a task, with the arrival time of every token.

use std::time::Duration;

use crate::{
    completion::Completion,
    models::Unanswered,
    turn::{Lane, Phase, Run},
};

/// A model's answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub completion: Completion,
    /// When each token of the completion arrived, in milliseconds since the request.
    pub token_ms: Vec<f32>,
    /// From the request to the end.
    pub took: Duration,
}

impl Answer {
    /// The answer of a lane's model for the hole of its turn.
    ///
    /// # Errors
    /// The request failed or was stopped.
    pub fn of(lane: &Lane) -> Result<Self, Unanswered> {
        match lane.runs.first() {
            Some(run) => Answer::of_run(run),
            None => Err(Unanswered::Stopped),
        }
    }

    fn of_run(run: &Run) -> Result<Self, Unanswered> {
        match &run.phase {
            Phase::Done => {
                let took = run.ended_at.unwrap_or_default();
                let took = took.saturating_sub(run.requested_at);
                let mut token_ms = run.arrivals.clone();
                // Trimming only removes tokens at the end.
                token_ms.resize(run.completion.tokens.len(), took.as_secs_f32() * 1000.0);
                Ok(Answer {
                    completion: run.completion.clone(),
                    token_ms,
                    took,
                })
            }
            Phase::Failed(problem) => Err(Unanswered::Failed(problem.clone())),
            _ => Err(Unanswered::Stopped),
        }
    }
}
