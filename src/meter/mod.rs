//! The meter: what the models cost. Requests, tokens, time, accelerator-seconds and money, of this
//! run and since ever, small against large, and what always asking the large model would have cost.
//! Pure, but for its own file.

use serde::{Deserialize, Serialize};

use crate::completion::Timing;

/// What a model is charged at, from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// How many accelerators (GPUs) the model runs on.
    pub accelerators: f64,
    /// Money for a million prompt tokens, in whatever currency the configuration thinks in.
    pub input_price: Option<f64>,
    /// Money for a million generated tokens.
    pub output_price: Option<f64>,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            accelerators: 1.0,
            input_price: None,
            output_price: None,
        }
    }
}

/// Which side of the router a model stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Small,
    Large,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Done,
    /// Given up before its end.
    Cancelled,
    Failed,
}

/// One request that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent {
    pub side: Side,
    /// The model's name.
    pub model: String,
    pub rates: Rates,
    pub ending: Ending,
    pub timing: Timing,
    /// Asked ahead of the decision, which then was to keep the small completion.
    pub wasted: bool,
}

/// Counts, of this run and since ever.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meter {}

impl Meter {
    /// Counts a request.
    pub fn spend(&mut self, spent: &Spent) {
        let _ = spent;
    }

    /// Counts a decision of the router on a greedy completion.
    pub fn decide(&mut self, escalated: bool) {
        let _ = escalated;
    }

    /// Counts the time by which an early request brought the large model's first token forward.
    pub fn save(&mut self, milliseconds: f64) {
        let _ = milliseconds;
    }
}
