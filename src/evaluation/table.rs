//! Outcomes as a table: for each, just what policies look at and what their decisions cost. Made
//! once from a run (or from a playground's history) and then asked thousands of times.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    outcome::{Outcome, Run},
    task::HoleKind,
};
use crate::{
    language::Language,
    meter::Rates,
    routing::{Evidence, Score, Scores},
    syntax::VerdictState,
};

/// What says whether a completion is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Labels {
    /// The task's tests, or comparison with the expected text.
    #[default]
    Tests,
    /// What a person picked in a blind comparison: the side picked is right and the other wrong; at
    /// a tie both are right. What was not compared is left out.
    Picks,
    /// What a person accepted or rejected in the playground.
    Signals,
}

/// One outcome. Times are in milliseconds since the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub language: Option<Language>,
    pub kind: Option<HoleKind>,
    /// `None` when the completion is empty or its tokens lack numbers.
    pub scores: Option<Scores>,
    pub tokens: usize,
    pub verdict: VerdictState,
    /// Whether each model's completion is right; `None` where nobody knows.
    pub small_right: Option<bool>,
    pub large_right: Option<bool>,
    pub small_ms: f64,
    pub large_ms: f64,
    /// When the k-th token was there, for the first-k scores.
    pub kth_ms: f64,
    /// When the text could no longer be healed.
    pub broken_ms: Option<f64>,
    /// Seconds that each model worked times its accelerators.
    pub small_accelerator_s: f64,
    pub large_accelerator_s: f64,
}

impl Row {
    /// What a policy may look at.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            scores: self.scores,
            tokens: self.tokens,
            verdict: Some(self.verdict),
            finished: true,
        }
    }

    /// A row of an outcome. `k` is how many first tokens the first-k scores are over.
    pub fn of(outcome: &Outcome, k: usize, rates: (Rates, Rates)) -> Self {
        let _ = (outcome, k, rates);
        todo!()
    }
}

/// The part of the outcomes that is looked at; `None` means all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Part {
    pub language: Option<Language>,
    pub kind: Option<HoleKind>,
}

/// Rows with what sweeps need to be fast: for each score the rows in its order.
#[derive(Debug, Clone)]
pub struct Table {
    rows: Vec<Row>,
    k: usize,
    /// Row indices by score, least sure first; rows without the score come first of all.
    orders: BTreeMap<&'static str, Vec<u32>>,
}

impl Table {
    /// A table of these rows. `k` is how many first tokens the first-k scores are over.
    pub fn new(rows: Vec<Row>, k: usize) -> Self {
        let _ = (rows, k);
        todo!()
    }

    /// A table of a run, labelled by its tests.
    pub fn of_run(run: &Run, k: usize) -> Self {
        let _ = (run, k);
        todo!()
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn k(&self) -> usize {
        self.k
    }

    /// The rows in the order of a score, least sure first.
    pub fn order(&self, score: Score) -> &[u32] {
        self.orders.get(score.name()).map_or(&[], Vec::as_slice)
    }

    /// The languages and kinds that occur.
    pub fn languages(&self) -> Vec<Language> {
        todo!()
    }

    pub fn kinds(&self) -> Vec<HoleKind> {
        todo!()
    }
}
