//! All thresholds at once: what a policy would have achieved and cost on a table's rows, at one
//! threshold ([`totals`]) and at every threshold that makes a difference ([`curve`]).
//!
//! A decision is that of [`crate::routing`]; that the sweep, which sorts instead of deciding each
//! row at each threshold, agrees with it is tested.

use serde::{Deserialize, Serialize};

use super::table::{Part, Row, Table};
use crate::routing::{Escalation, Policy, Score};

/// What decides: a policy of the router, or the best that any could do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Policy(Policy),
    /// Keeps the small completion iff it is right. Only for runs with known results: the upper
    /// bound of every policy.
    Oracle,
}

impl Strategy {
    pub const ALL: [Strategy; 6] = [
        Strategy::Policy(Policy::Synconf),
        Strategy::Policy(Policy::Confidence),
        Strategy::Policy(Policy::Syntax),
        Strategy::Policy(Policy::Small),
        Strategy::Policy(Policy::Large),
        Strategy::Oracle,
    ];

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Policy(policy) => policy.name(),
            Strategy::Oracle => "oracle",
        }
    }

    /// Finds a strategy by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Whether the threshold matters to it.
    pub fn has_threshold(self) -> bool {
        matches!(self, Strategy::Policy(Policy::Synconf | Policy::Confidence))
    }
}

impl Serialize for Strategy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Strategy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Strategy::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no such policy: `{name}`")))
    }
}

/// One setting of the router, as it is tried on a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub strategy: Strategy,
    pub score: Score,
    /// τ, in the unit of `score`.
    pub threshold: f32,
    /// When the large model is asked, for the latency.
    pub escalation: Escalation,
}

impl Setting {
    /// Whether the small completion of a row is kept.
    pub fn keeps(&self, row: &Row, k: usize) -> bool {
        let _ = (row, k);
        todo!()
    }

    /// How long the person waits for the completion that is served, in milliseconds.
    pub fn latency_ms(&self, row: &Row, k: usize) -> f64 {
        let _ = (row, k);
        todo!()
    }
}

/// Latency in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Latency {
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
}

/// What a setting achieves and costs on a part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Rows.
    pub outcomes: usize,
    /// Rows whose served completion is known to be right or wrong.
    pub labelled: usize,
    /// Those that are right.
    pub right: usize,
    pub escalated: usize,
    /// Kept though the small completion is wrong.
    pub wrongly_kept: usize,
    /// Escalated though the small completion is right.
    pub wrongly_escalated: usize,
    pub latency: Latency,
    /// Seconds that the models worked times their accelerators, summed.
    pub accelerator_s: f64,
}

impl Totals {
    /// Share of the labelled rows that are right, 0 to 1.
    pub fn pass_at_1(&self) -> Option<f64> {
        (self.labelled > 0).then(|| self.right as f64 / self.labelled as f64)
    }

    /// Share of the rows that were escalated, 0 to 1.
    pub fn escalation_rate(&self) -> Option<f64> {
        (self.outcomes > 0).then(|| self.escalated as f64 / self.outcomes as f64)
    }
}

/// The totals of a setting on a part of the table.
pub fn totals(table: &Table, part: Part, setting: &Setting) -> Totals {
    let _ = (table, part, setting);
    todo!()
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Largest τ that gives this point; infinite ends are the score's range. `None` for strategies without one.
    pub threshold: Option<f32>,
    /// Share escalated, 0 to 1.
    pub escalation: f64,
    /// Share right, 0 to 1.
    pub pass_at_1: f64,
}

/// Every point that a strategy can reach with a score, from least to most escalation; one point for
/// a strategy without threshold. In O(rows).
pub fn curve(table: &Table, part: Part, strategy: Strategy, score: Score) -> Vec<Point> {
    let _ = (table, part, strategy, score);
    todo!()
}
