//! Derives figures from a tally: the cost of always asking the large model, the savings against it,
//! and a summary as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Side, Tally, Usage};

/// What asking only the large model, for every decision, would have cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CostEstimate {
    /// How many requests it covers: one per decision.
    pub requests: u64,
    /// How many completed requests to large models it is based on.
    pub from: u64,
    /// `None` if no server counted prompt tokens.
    pub tokens_in: Option<u64>,
    pub tokens_out: u64,
    pub seconds: f64,
    pub accelerator_seconds: f64,
    /// `None` if no large model has a price. A model without a price counts as free, here as in the
    /// actual cost, so that the two can be compared.
    pub money: Option<f64>,
}

impl CostEstimate {
    /// Share of the accelerator-seconds that was saved against always asking the large model;
    /// negative if more was spent. `None` if always asking it would have taken no time.
    pub fn accelerator_saving(&self, spent: &Usage) -> Option<f64> {
        saving(self.accelerator_seconds, spent.accelerator_seconds)
    }

    /// The same for money; `None` without a price.
    pub fn money_saving(&self, spent: &Usage) -> Option<f64> {
        saving(self.money?, spent.money.unwrap_or(0.0))
    }
}

fn saving(estimate: f64, spent: f64) -> Option<f64> {
    Some(1.0 - spent / estimate).filter(|saving| saving.is_finite())
}

/// The cost of asking only the large model, for every decision: the mean of the completed and
/// useful large requests, times the number of decisions. `None` until there is such a request and a
/// decision.
///
/// The large model is mostly asked where the small one is unsure; if those places take it longer
/// than others, the estimate is too high.
pub fn always_large(tally: &Tally) -> Option<CostEstimate> {
    let sample = tally.side(Side::Large).sample;
    if sample.requests == 0 || tally.decisions == 0 {
        return None;
    }
    let times = tally.decisions as f64 / sample.requests as f64;
    let scale = |measure: f64| (measure * times).min(f64::MAX);
    // Float-to-integer conversion saturates in Rust: no number is too large here.
    let tokens_in = (sample.metered > 0).then(|| {
        let mean = sample.tokens_in as f64 / sample.metered as f64;
        (mean * tally.decisions as f64).round() as u64
    });
    Some(CostEstimate {
        requests: tally.decisions,
        from: sample.requests,
        tokens_in,
        tokens_out: scale(sample.tokens_out as f64).round() as u64,
        seconds: scale(sample.seconds),
        accelerator_seconds: scale(sample.accelerator_seconds),
        money: sample.money.map(scale),
    })
}

/// A side of the router in a [`UsageSummary`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideSummary {
    /// Sum over its models.
    #[serde(flatten)]
    pub total: Usage,
    /// Each model, by name.
    pub models: BTreeMap<String, Usage>,
}

/// A tally with its derived figures, for JSON and for tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsageSummary {
    pub decisions: u64,
    pub escalated: u64,
    /// 0 to 1.
    pub escalation_rate: Option<f64>,
    /// By how much asking ahead brought the large model's first tokens forward, in milliseconds.
    pub saved_ms: f64,
    pub small: SideSummary,
    pub large: SideSummary,
    /// Sum of both sides.
    pub total: Usage,
    pub always_large: Option<CostEstimate>,
    /// See [`CostEstimate::accelerator_saving`].
    pub accelerator_saving: Option<f64>,
    /// See [`CostEstimate::money_saving`].
    pub money_saving: Option<f64>,
}

impl Tally {
    /// This tally with its derived figures.
    pub fn summary(&self) -> UsageSummary {
        let side = |side| SideSummary {
            total: self.side(side),
            models: self.models(side).clone(),
        };
        let total = self.total();
        let always_large = always_large(self);
        UsageSummary {
            decisions: self.decisions,
            escalated: self.escalated,
            escalation_rate: self.escalation_rate(),
            saved_ms: self.saved_ms,
            small: side(Side::Small),
            large: side(Side::Large),
            total,
            always_large,
            accelerator_saving: always_large.and_then(|all| all.accelerator_saving(&total)),
            money_saving: always_large.and_then(|all| all.money_saving(&total)),
        }
    }
}
