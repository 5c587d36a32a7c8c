//! Outcomes as a table: for each, only what policies look at and what their decisions cost. Built
//! once from a run (or from a playground's history) and then queried thousands of times.

use serde::{Deserialize, Serialize};

use super::{
    outcome::{Attempt, Outcome, RecordedRun},
    person::chance,
    task::HoleKind,
};
use crate::{
    language::Language,
    meter::{Ending, Rates, Side, Spent, Usage},
    routing::{Evidence, Score, Scores},
    syntax::{TokenSyntax, VerdictState},
};

/// Where the labels (right or wrong) come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Labels {
    /// The task's tests, or comparison with the expected text.
    #[default]
    Tests,
    /// The user's picks in a blind comparison: the picked side is right and the other wrong; in a
    /// tie both are right. Outcomes that were not compared are unlabelled.
    Picks,
    /// What the user accepted or rejected in the playground.
    Signals,
}

/// One outcome. Times are in milliseconds since the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub language: Option<Language>,
    pub kind: Option<HoleKind>,
    /// `None` if the completion is empty or its tokens lack probabilities.
    pub scores: Option<Scores>,
    pub tokens: usize,
    pub verdict: VerdictState,
    /// Whether each model's completion is right; `None` if unknown.
    pub small_right: Option<bool>,
    pub large_right: Option<bool>,
    pub small_ms: f64,
    pub large_ms: f64,
    /// When the k-th token arrived, for the first-k scores.
    pub kth_ms: f64,
    /// When the text became irreparably broken.
    pub broken_ms: Option<f64>,
    /// Seconds that each model worked times its accelerators.
    pub small_accelerator_s: f64,
    pub large_accelerator_s: f64,
    /// Whether each model's completion equals the expected content; `None` if unknown.
    pub small_exact: Option<bool>,
    pub large_exact: Option<bool>,
    /// How long the large model took with the small completion as its draft, if measured.
    pub large_drafted_ms: Option<f64>,
    /// The random draw of a simulated person: see [`super::person::chance`].
    pub chance: f32,
}

impl Row {
    /// What a policy may look at.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            scores: self.scores,
            tokens: self.tokens,
            verdict: Some(self.verdict),
            finished: true,
            ..Evidence::default()
        }
    }

    /// Whether the served completion is right: the small one if kept, else the large one; `None` if
    /// unknown.
    pub fn served_right(&self, keeps: bool) -> Option<bool> {
        match keeps {
            true => self.small_right,
            false => self.large_right,
        }
    }

    /// Whether the served completion equals the expected content.
    pub fn served_exact(&self, keeps: bool) -> Option<bool> {
        match keeps {
            true => self.small_exact,
            false => self.large_exact,
        }
    }

    /// How long the large model takes after the small completion is rejected.
    pub fn drafted_ms(&self) -> f64 {
        self.large_drafted_ms.unwrap_or(self.large_ms)
    }

    /// The row of an outcome, labelled by its tests. `k` is how many tokens the first-k scores
    /// cover; `rates` are the small model's and the large one's.
    pub fn of(outcome: &Outcome, k: usize, rates: (Rates, Rates)) -> Self {
        let (small, large) = (&outcome.small, &outcome.large);
        let tokens = &small.completion.tokens;
        let small_ms = small.completion.timing.total_ms;
        let moment = |index: usize| small.token_ms.get(index).map(|&ms| f64::from(ms));
        let broken_at = small
            .timeline
            .iter()
            .position(|&s| s == TokenSyntax::Broken);
        Row {
            language: Some(outcome.language),
            kind: Some(outcome.kind),
            scores: Scores::of(tokens, k),
            tokens: tokens.len(),
            verdict: small.verdict,
            small_right: small.passed,
            large_right: large.passed,
            small_ms,
            large_ms: large.completion.timing.total_ms,
            kth_ms: moment(k.max(1) - 1).unwrap_or(small_ms),
            broken_ms: broken_at
                .filter(|_| small.verdict == VerdictState::Broken)
                .and_then(moment),
            small_accelerator_s: accelerator_s(Side::Small, small, rates.0),
            large_accelerator_s: accelerator_s(Side::Large, large, rates.1),
            small_exact: Some(outcome.is_exact(small)),
            large_exact: Some(outcome.is_exact(large)),
            large_drafted_ms: outcome.large_drafted.as_ref().map(|again| again.total_ms),
            chance: chance(&outcome.id),
        }
    }
}

/// Seconds that a model worked on a completion times its accelerators, as the meter counts them.
fn accelerator_s(side: Side, attempt: &Attempt, rates: Rates) -> f64 {
    let spent = Spent {
        side,
        model: String::new(),
        rates,
        ending: Ending::Done,
        timing: attempt.completion.timing,
        wasted: false,
    };
    Usage::of(&spent).accelerator_seconds
}

/// A part of the outcomes; `None` means all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Part {
    pub language: Option<Language>,
    pub kind: Option<HoleKind>,
}

impl Part {
    /// Whether a row belongs to it. A row of unknown language is in no language's part.
    pub fn contains(&self, row: &Row) -> bool {
        (self.language.is_none() || self.language == row.language)
            && (self.kind.is_none() || self.kind == row.kind)
    }
}

/// Rows, plus their order by each score to make sweeps fast. Every score in it is finite.
#[derive(Debug, Clone)]
pub struct Table {
    rows: Vec<Row>,
    k: usize,
    /// Row indices by score, lowest first; rows without scores come before all others. One order
    /// for each of [`Score::ALL`].
    orders: [Vec<u32>; Score::ALL.len()],
}

impl Table {
    /// Builds a table of these rows. `k` is how many tokens the first-k scores cover. Scores that
    /// are not numbers, as a faulty server could send, count as missing.
    pub fn new(mut rows: Vec<Row>, k: usize) -> Self {
        for row in &mut rows {
            let finite = |scores: &Scores| Score::ALL.iter().all(|&s| scores.get(s).is_finite());
            row.scores = row.scores.filter(finite);
        }
        let orders = Score::ALL.map(|score| order(&rows, score));
        Table { rows, k, orders }
    }

    /// A table of a run, labelled by its tests.
    pub fn of_run(run: &RecordedRun, k: usize) -> Self {
        let rates = (run.header.small.rates, run.header.large.rates);
        let rows = run
            .outcomes
            .iter()
            .map(|outcome| Row::of(outcome, k, rates));
        Table::new(rows.collect(), k)
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of a part with their indices, in the table's order.
    pub fn rows_in(&self, part: Part) -> impl Iterator<Item = (usize, &Row)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(_, row)| part.contains(row))
    }

    pub fn k(&self) -> usize {
        self.k
    }

    /// Row indices in the order of a score, lowest first; rows without scores come before all
    /// others.
    pub fn order(&self, score: Score) -> &[u32] {
        let at = Score::ALL.iter().position(|&known| known == score);
        at.map_or(&[], |at| &self.orders[at])
    }

    /// The languages that occur.
    pub fn languages(&self) -> Vec<Language> {
        let occurs = |language| self.rows.iter().any(|row| row.language == Some(language));
        Language::ALL.into_iter().filter(|&l| occurs(l)).collect()
    }

    /// The kinds of hole that occur.
    pub fn kinds(&self) -> Vec<HoleKind> {
        let occurs = |kind| self.rows.iter().any(|row| row.kind == Some(kind));
        HoleKind::ALL.into_iter().filter(|&k| occurs(k)).collect()
    }
}

/// Row indices ordered by a score.
fn order(rows: &[Row], score: Score) -> Vec<u32> {
    let value = |row: &Row| row.scores.map_or(f32::NEG_INFINITY, |s| s.get(score));
    let mut keyed: Vec<(f32, u32)> = rows.iter().map(value).zip(0..).collect();
    keyed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
pub(in crate::evaluation) mod tests;
