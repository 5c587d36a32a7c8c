//! What requests and decisions add up to. A tally only grows; two of them can be put together, and
//! what one has more than an earlier one can be told, which is how several processes share a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ending, Side, Spent, amount};

/// The most characters of a model's name that are kept.
const LONGEST_NAME: usize = 128;

/// What the requests of one model, or of several, come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// All of them, however they ended.
    pub requests: u64,
    pub done: u64,
    pub failed: u64,
    /// Given up before their end; what they used up to then is counted.
    pub cancelled: u64,
    /// Asked ahead of a decision that then did not need them.
    pub wasted: u64,
    /// Requests whose prompt tokens nobody counted: `tokens_in` and `money` lack theirs.
    pub unmetered: u64,
    /// Tokens of the prompts, those found in a cache included.
    pub tokens_in: u64,
    /// Tokens of the prompts that were found in a cache, where that was said.
    pub tokens_cached: u64,
    /// Tokens that were written.
    pub tokens_out: u64,
    /// Tokens of the wasted requests, read and written.
    pub wasted_tokens: u64,
    /// How long the model worked; see [`Spent::seconds`].
    pub seconds: f64,
    /// Those seconds times the accelerators that the model runs on: the measure of usage in
    /// SynConfRoute (arXiv 2605.04894).
    pub accelerator_seconds: f64,
    /// By the prices in the configuration; `None` where no model has one. Prompt tokens from a cache
    /// are charged like any other.
    pub money: Option<f64>,
    /// Of the requests that were completed and wanted: what an estimate goes by.
    pub sample: Sample,
}

/// What the completed and wanted requests come to. Those that were wasted are left out: they end by
/// themselves only when they are quicker than the decision, so they would make a large model look
/// cheaper than it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sample {
    pub requests: u64,
    /// How many of them said how long their prompt was.
    pub metered: u64,
    /// Over those that said it.
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub seconds: f64,
    pub accelerator_seconds: f64,
    pub money: Option<f64>,
}

/// How two numbers of the same kind are put together, for counts and for measures.
#[derive(Clone, Copy)]
struct Arithmetic {
    count: fn(u64, u64) -> u64,
    measure: fn(f64, f64) -> f64,
}

/// Never beyond what a number can hold: an infinite one could not be written as JSON.
const PLUS: Arithmetic = Arithmetic {
    count: u64::saturating_add,
    measure: |a, b| (a + b).min(f64::MAX),
};

/// Never below nothing.
const MINUS: Arithmetic = Arithmetic {
    count: u64::saturating_sub,
    measure: |a, b| (a - b).max(0.0),
};

impl Arithmetic {
    fn optional(self, a: Option<f64>, b: Option<f64>) -> Option<f64> {
        match (a, b) {
            (None, None) => None,
            _ => Some((self.measure)(a.unwrap_or(0.0), b.unwrap_or(0.0))),
        }
    }
}

impl Sample {
    fn with(&self, other: &Sample, how: Arithmetic) -> Sample {
        Sample {
            requests: (how.count)(self.requests, other.requests),
            metered: (how.count)(self.metered, other.metered),
            tokens_in: (how.count)(self.tokens_in, other.tokens_in),
            tokens_out: (how.count)(self.tokens_out, other.tokens_out),
            seconds: (how.measure)(self.seconds, other.seconds),
            accelerator_seconds: (how.measure)(self.accelerator_seconds, other.accelerator_seconds),
            money: how.optional(self.money, other.money),
        }
    }
}

impl Usage {
    /// What one request comes to.
    pub fn of(spent: &Spent) -> Self {
        let timing = &spent.timing;
        let tokens_in = timing.prompt_tokens.unwrap_or(0) as u64;
        let tokens_out = timing.generated_tokens as u64;
        let seconds = spent.seconds();
        let accelerator_seconds = (seconds * amount(spent.rates.accelerators)).min(f64::MAX);
        let money = spent.rates.money(tokens_in, tokens_out).map(amount);
        let failed = spent.ending == Ending::Failed;
        let metered = timing.prompt_tokens.is_some();
        let wanted = spent.ending == Ending::Done && !spent.wasted;
        let sample = Sample {
            requests: 1,
            metered: u64::from(metered),
            tokens_in,
            tokens_out,
            seconds,
            accelerator_seconds,
            money,
        };
        Usage {
            requests: 1,
            done: u64::from(spent.ending == Ending::Done),
            failed: u64::from(failed),
            cancelled: u64::from(spent.ending == Ending::Cancelled),
            wasted: u64::from(spent.wasted),
            unmetered: u64::from(!metered && (!failed || tokens_out > 0)),
            tokens_in,
            // A server that says it found more than there was does not make the rest negative.
            tokens_cached: (timing.cached_tokens.unwrap_or(0) as u64).min(tokens_in),
            tokens_out,
            wasted_tokens: match spent.wasted {
                true => tokens_in.saturating_add(tokens_out),
                false => 0,
            },
            seconds,
            accelerator_seconds,
            money,
            sample: if wanted { sample } else { Sample::default() },
        }
    }

    fn with(&self, other: &Usage, how: Arithmetic) -> Usage {
        Usage {
            requests: (how.count)(self.requests, other.requests),
            done: (how.count)(self.done, other.done),
            failed: (how.count)(self.failed, other.failed),
            cancelled: (how.count)(self.cancelled, other.cancelled),
            wasted: (how.count)(self.wasted, other.wasted),
            unmetered: (how.count)(self.unmetered, other.unmetered),
            tokens_in: (how.count)(self.tokens_in, other.tokens_in),
            tokens_cached: (how.count)(self.tokens_cached, other.tokens_cached),
            tokens_out: (how.count)(self.tokens_out, other.tokens_out),
            wasted_tokens: (how.count)(self.wasted_tokens, other.wasted_tokens),
            seconds: (how.measure)(self.seconds, other.seconds),
            accelerator_seconds: (how.measure)(self.accelerator_seconds, other.accelerator_seconds),
            money: how.optional(self.money, other.money),
            sample: self.sample.with(&other.sample, how),
        }
    }

    /// Both together.
    pub fn plus(&self, other: &Usage) -> Usage {
        self.with(other, PLUS)
    }

    /// Tokens read and written.
    pub fn tokens(&self) -> u64 {
        self.tokens_in.saturating_add(self.tokens_out)
    }

    /// Whether the numbers are ones that counting can lead to.
    fn is_possible(&self) -> bool {
        let sample = &self.sample;
        let measures = [
            Some(self.seconds),
            Some(self.accelerator_seconds),
            self.money,
            Some(sample.seconds),
            Some(sample.accelerator_seconds),
            sample.money,
        ];
        let mut measures = measures.into_iter().flatten();
        measures.all(|measure| measure.is_finite() && measure >= 0.0)
            && sample.metered <= sample.requests
            && sample.requests <= self.requests
    }
}

/// Everything that was counted over some time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Decisions of the router on greedy completions.
    pub decisions: u64,
    /// Those of them that escalated.
    pub escalated: u64,
    /// By how much asking ahead of the decision brought the large model's first tokens forward, in
    /// milliseconds.
    pub saved_ms: f64,
    /// The models asked as the small one, by name.
    pub small: BTreeMap<String, Usage>,
    /// The models asked as a large one, by name.
    pub large: BTreeMap<String, Usage>,
}

impl Tally {
    /// Counts a request that has ended.
    pub fn spend(&mut self, spent: &Spent) {
        let models = match spent.side {
            Side::Small => &mut self.small,
            Side::Large => &mut self.large,
        };
        let name: String = spent.model.chars().take(LONGEST_NAME).collect();
        let usage = models.entry(name).or_default();
        *usage = usage.plus(&Usage::of(spent));
    }

    /// Counts a decision of the router on a greedy completion.
    pub fn decide(&mut self, escalated: bool) {
        self.decisions = self.decisions.saturating_add(1);
        self.escalated = self.escalated.saturating_add(u64::from(escalated));
    }

    /// Counts time that an early request saved.
    pub fn save(&mut self, milliseconds: f64) {
        self.saved_ms = (PLUS.measure)(self.saved_ms, amount(milliseconds));
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Tally::default()
    }

    /// The share of decisions that escalated, 0 to 1; `None` while there was none.
    pub fn escalation_rate(&self) -> Option<f64> {
        (self.decisions > 0).then(|| self.escalated as f64 / self.decisions as f64)
    }

    /// The models of a side, by name.
    pub fn models(&self, side: Side) -> &BTreeMap<String, Usage> {
        match side {
            Side::Small => &self.small,
            Side::Large => &self.large,
        }
    }

    /// All models of a side together.
    pub fn side(&self, side: Side) -> Usage {
        let models = self.models(side).values();
        models.fold(Usage::default(), |sum, usage| sum.plus(usage))
    }

    /// Both sides together: what was spent in all.
    pub fn total(&self) -> Usage {
        self.side(Side::Small).plus(&self.side(Side::Large))
    }

    /// Both tallies together.
    pub fn plus(&self, other: &Tally) -> Tally {
        self.with(other, PLUS)
    }

    /// What this tally has more than an earlier state of itself.
    pub fn since(&self, earlier: &Tally) -> Tally {
        let mut more = self.with(earlier, MINUS);
        let anything = |_: &String, usage: &mut Usage| usage.requests > 0;
        more.small.retain(anything);
        more.large.retain(anything);
        more
    }

    /// Whether the numbers are ones that counting can lead to.
    pub(crate) fn is_possible(&self) -> bool {
        let mut usages = self.small.values().chain(self.large.values());
        self.escalated <= self.decisions
            && self.saved_ms.is_finite()
            && self.saved_ms >= 0.0
            && usages.all(Usage::is_possible)
    }

    fn with(&self, other: &Tally, how: Arithmetic) -> Tally {
        Tally {
            decisions: (how.count)(self.decisions, other.decisions),
            escalated: (how.count)(self.escalated, other.escalated),
            saved_ms: (how.measure)(self.saved_ms, other.saved_ms),
            small: by_name(&self.small, &other.small, how),
            large: by_name(&self.large, &other.large, how),
        }
    }
}

fn by_name(
    ours: &BTreeMap<String, Usage>,
    theirs: &BTreeMap<String, Usage>,
    how: Arithmetic,
) -> BTreeMap<String, Usage> {
    let mut all = ours.clone();
    for (name, usage) in theirs {
        let own = all.entry(name.clone()).or_default();
        *own = own.with(usage, how);
    }
    all
}
