//! The meter: the cost of the models. Requests, tokens, time, accelerator-seconds and money, of
//! this run and of all time, for small and large models, and what always asking the large model
//! would have cost.
//!
//! Counting is pure: [`Meter`] takes requests and decisions, [`Tally`] holds the sums, and
//! [`CostEstimate`] and [`UsageSummary`] are derived from a tally. Nothing here decides, draws or touches a
//! file: [`crate::store`] keeps the all-time counts.

mod estimate;
mod tally;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::completion::Timing;

pub use estimate::{CostEstimate, SideSummary, UsageSummary, always_large};
pub use tally::{Sample, Tally, Usage};

/// The rates of a model, from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// How many accelerators (GPUs) the model runs on.
    pub accelerators: f64,
    /// Price of a million prompt tokens, in the user's currency.
    pub input_price: Option<f64>,
    /// Price of a million generated tokens.
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
    /// The cost of these tokens; `None` if neither price is known. If only one is, the other kind
    /// of token is free. Cached prompt tokens are charged like any other, because providers'
    /// discounts are not known here.
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

/// A model's side of the router.
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
    /// Cancelled before its end.
    Cancelled,
    Failed,
}

/// A request that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent {
    pub side: Side,
    /// The model's name.
    pub model: String,
    pub rates: Rates,
    pub ending: Ending,
    /// What it used up to its end.
    pub timing: Timing,
    /// It was asked ahead of the decision, which then kept the small completion.
    pub wasted: bool,
}

impl Spent {
    /// How long the model worked, in seconds: the server's own figures (loading, prompt and
    /// generation) if it reports both of the latter, else the time measured from outside, which
    /// includes network and queueing. A server's figure never counts as longer than the time
    /// measured from outside. A request that failed without any response counts no time: usually no
    /// model ever saw it.
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

/// A valid amount: NaN, infinite and negative values count as zero.
fn amount(value: f64) -> f64 {
    match value.is_finite() {
        true => value.max(0.0),
        false => 0.0,
    }
}

/// Counts of this run and of all time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meter {
    run: Tally,
    ever: Tally,
}

impl Meter {
    /// A meter that starts a new run on top of `ever`, the counts of all earlier runs.
    pub fn continuing(ever: Tally) -> Self {
        Meter {
            run: Tally::default(),
            ever,
        }
    }

    /// The counts of this run.
    pub fn run(&self) -> &Tally {
        &self.run
    }

    /// All-time counts: earlier runs as known at the start, plus this run.
    pub fn ever(&self) -> &Tally {
        &self.ever
    }

    /// Counts a request that has ended. A request made ahead of the decision must be counted after
    /// the decision, which shows whether it was wasted.
    pub fn spend(&mut self, spent: &Spent) {
        self.run.spend(spent);
        self.ever.spend(spent);
    }

    /// Counts a decision about a greedy completion.
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
