//! What a person did with completions, one [`Signal`] for each, counted by model and language
//! ([`counts`]), so that `tune` can use them as labels. No text of any file is in them. They are kept
//! on this machine by [`crate::store`].

mod count;

use serde::{Deserialize, Serialize};

use crate::{
    language::Language,
    routing::{Action, Feedback, Policy, Scores, UserSignal},
    syntax::VerdictState,
};

pub use count::{Count, Decided, counts};

/// What a person did with one completion, and what the router had decided about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// When, in UTC, as `2026-11-21T00:17:26Z`.
    pub at: String,
    /// The small model's name, and the large one's where it was asked.
    pub small: String,
    pub large: Option<String>,
    pub language: Option<Language>,
    pub signal: UserSignal,
    /// The person took the large model's completion in its place.
    pub took_large: bool,
    pub policy: Policy,
    /// What was decided before the person did anything.
    pub action: Action,
    pub scores: Option<Scores>,
    /// How many tokens the first-k scores are over, and how many there were.
    pub k: usize,
    pub tokens: usize,
    pub verdict: Option<VerdictState>,
    /// How long each model took, in milliseconds.
    pub small_ms: f64,
    pub large_ms: Option<f64>,
}

impl Signal {
    /// What it says of the two completions.
    pub fn feedback(&self) -> Feedback {
        Feedback {
            signal: self.signal,
            took_large: self.took_large,
        }
    }
}

#[cfg(test)]
pub(crate) mod fixture;
