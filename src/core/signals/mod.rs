//! The user's reactions to completions, one [`Reaction`] each, counted by model and language
//! ([`counts`]), so that `tune` can use them as labels. They contain no code. [`crate::store`]
//! keeps them on this machine.

mod count;

use serde::{Deserialize, Serialize};

use crate::{
    language::Language,
    routing::{Action, Feedback, Policy, Scores, UserSignal},
    syntax::VerdictState,
};

pub use count::{Count, Decided, counts};

/// The user's reaction to one completion, and the router's decision about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// Time in UTC, as `2026-11-21T00:17:26Z`.
    pub at: String,
    /// The small model's name, and the large one's if it was asked.
    pub small: String,
    pub large: Option<String>,
    pub language: Option<Language>,
    pub signal: UserSignal,
    /// The user took the large model's completion instead.
    pub took_large: bool,
    pub policy: Policy,
    /// The decision before the user's reaction.
    pub action: Action,
    pub scores: Option<Scores>,
    /// How many tokens the first-k scores cover, and how many there were.
    pub k: usize,
    pub tokens: usize,
    pub verdict: Option<VerdictState>,
    /// Duration per model, in milliseconds.
    pub small_ms: f64,
    pub large_ms: Option<f64>,
}

impl Reaction {
    /// The feedback on the two completions.
    pub fn feedback(&self) -> Feedback {
        Feedback {
            signal: self.signal,
            took_large: self.took_large,
        }
    }
}

#[cfg(test)]
mod fixture;
