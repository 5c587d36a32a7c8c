//! The meter: what the models cost. Requests, tokens, time, accelerator-seconds and money, of this
//! run and since ever, small against large, and what always asking the large model would have cost.
//!
//! Counting is pure: [`Meter`] takes requests and decisions, [`Tally`] holds what they add up to,
//! and [`Estimate`] and [`Summary`] are made from a tally. Nothing here decides, draws or touches a
//! file: the counts of earlier runs are kept by [`crate::store`].

mod estimate;
mod tally;
#[cfg(test)]
pub(crate) mod tests;

use serde::{Deserialize, Serialize};

use crate::completion::Timing;

pub use estimate::{Estimate, SideSummary, Summary, always_large};
pub use tally::{Sample, Tally, Usage};

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

impl Rates {
    /// What these tokens cost; `None` where neither price is known. Where only one is, the other
    /// tokens cost nothing. Prompt tokens from a cache are charged like any other: what a provider
    /// takes off for them is not known here.
    fn money(&self, tokens_in: u64, tokens_out: u64) -> Option<f64> {
        let part = |price: Option<f64>, tokens: u64| {
            price.map(|price| amount(price) * tokens as f64 / 1_000_000.0)
        };
        let input = part(self.input_price, tokens_in);
        let output = part(self.output_price, tokens_out);
        match (input, output) {
            (None, None) => None,
            _ => Some(input.unwrap_or(0.0) + output.unwrap_or(0.0)),
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
    /// What it used, up to where it ended.
    pub timing: Timing,
    /// Asked ahead of the decision, which then was to keep the small completion.
    pub wasted: bool,
}

impl Spent {
    /// How long the model worked on it, in seconds: what the server says of itself (loading, prompt
    /// and generation) where it says both of the latter, else the time seen from outside, which holds
    /// the way there and back and the server's queue too. A server's own account is never taken for
    /// longer than the time seen from outside. A request that failed before anything came back
    /// counts no time: mostly no model ever saw it.
    pub fn seconds(&self) -> f64 {
        let unanswered = self.timing.prompt_tokens.is_none() && self.timing.generated_tokens == 0;
        if self.ending == Ending::Failed && unanswered {
            return 0.0;
        }
        let outside = amount(self.timing.total_ms);
        let own = self.timing.server.and_then(|server| {
            let load = server.load_ms.map_or(0.0, amount);
            Some(load + amount(server.prompt_ms?) + amount(server.generation_ms?))
        });
        let milliseconds = match own {
            Some(own) if outside > 0.0 => own.min(outside),
            Some(own) => own,
            None => outside,
        };
        amount(milliseconds) / 1000.0
    }
}

/// A number that counts something: what is not a number, infinite or below nothing counts nothing.
fn amount(value: f64) -> f64 {
    match value.is_finite() {
        true => value.max(0.0),
        false => 0.0,
    }
}

/// Counts, of this run and since ever.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meter {
    run: Tally,
    ever: Tally,
}

impl Meter {
    /// A meter that has counted nothing yet in this run, and `ever` in the runs before it.
    pub fn continuing(ever: Tally) -> Self {
        Meter {
            run: Tally::default(),
            ever,
        }
    }

    /// What this run has counted.
    pub fn run(&self) -> &Tally {
        &self.run
    }

    /// What this run has counted on top of what was known of earlier ones when it began.
    pub fn ever(&self) -> &Tally {
        &self.ever
    }

    /// Counts a request that has ended. One that was asked ahead of the decision is to be counted
    /// once the decision is known, for only then is it known whether it was wasted.
    pub fn spend(&mut self, spent: &Spent) {
        self.run.spend(spent);
        self.ever.spend(spent);
    }

    /// Counts a decision of the router on a greedy completion.
    pub fn decide(&mut self, escalated: bool) {
        self.run.decide(escalated);
        self.ever.decide(escalated);
    }

    /// Counts the time by which an early request brought the large model's first token forward.
    pub fn save(&mut self, milliseconds: f64) {
        self.run.save(milliseconds);
        self.ever.save(milliseconds);
    }
}
