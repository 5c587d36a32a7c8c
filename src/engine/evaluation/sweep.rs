//! All thresholds at once: what a policy would have achieved and cost on a table's rows, at one
//! threshold ([`totals`]) and at every threshold that makes a difference ([`curve`]).
//!
//! Decisions are those of [`crate::routing`]. The curve sorts instead of deciding each row at each
//! threshold; tests check that both agree.

use serde::{Deserialize, Serialize};

pub use super::strategy::Strategy;
use super::{
    statistics::percentile,
    table::{Part, Row, Table},
};
use crate::{
    routing::{self, Action, Escalation, Evidence, Policy, Score, Settings},
    syntax::VerdictState,
};

/// An operating point of the router: a policy at a threshold, to try on a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    pub strategy: Strategy,
    pub score: Score,
    /// τ, in the unit of `score`.
    pub threshold: f32,
    /// When the large model is asked; affects latency.
    pub escalation: Escalation,
}

impl OperatingPoint {
    /// The same as the router's type; `None` for the oracle. `k` is how many tokens the first-k
    /// scores cover.
    fn router(&self, k: usize) -> Option<Settings> {
        Some(Settings {
            policy: self.strategy.policy()?,
            score: self.score,
            threshold: self.threshold,
            k,
        })
    }

    /// Whether a row's small completion is kept, by the router and by the simulated person, if any.
    /// It is not kept if the router cannot decide for lack of scores.
    pub fn keeps(&self, row: &Row, k: usize) -> bool {
        let person = self.strategy.person();
        let user = person.and_then(|person| person.signal(row.small_right, row.chance));
        match self.router(k) {
            Some(router) => {
                let evidence = Evidence {
                    user,
                    ..row.evidence()
                };
                routing::action(&router, &evidence) == Some(Action::Keep)
            }
            None => row.small_right == Some(true),
        }
    }

    /// Whether a row that is not kept was shown first, and rejected.
    fn is_rejected(&self, row: &Row, k: usize) -> bool {
        let nobody = OperatingPoint {
            strategy: Strategy::Policy(Policy::Mccom),
            ..*self
        };
        self.strategy.person().is_some() && nobody.keeps(row, k)
    }

    /// Whether the completion served for a row is right; `None` if unknown.
    pub fn served_right(&self, row: &Row, k: usize) -> Option<bool> {
        row.served_right(self.keeps(row, k))
    }

    /// How long the user waits for the served completion, in milliseconds.
    ///
    /// A kept completion is served when the small model ends. An escalated one takes the large
    /// model's time, counted from when it is asked. That is at once if hedged, at the end of the
    /// small completion if patient, and as soon as the first failing gate is known if early.
    /// `large` never asks the small model. The oracle decides at the end of the small completion,
    /// so early equals patient for it.
    ///
    /// A completion that was shown and rejected costs the small model's time plus the large one's,
    /// with the rejected text as its draft if that was recorded. The time that the user spends
    /// reading is not counted, because no model works then.
    pub fn latency_ms(&self, row: &Row, k: usize) -> f64 {
        self.served_ms(row, k, self.keeps(row, k))
    }

    /// [`OperatingPoint::latency_ms`] of a row whose decision is known.
    fn served_ms(&self, row: &Row, k: usize, keeps: bool) -> f64 {
        match keeps {
            true => row.small_ms,
            false if self.is_rejected(row, k) => row.small_ms + row.drafted_ms(),
            false => self.asked_ms(row, k) + row.large_ms,
        }
    }

    /// When the large model is asked about an escalated row, in milliseconds.
    fn asked_ms(&self, row: &Row, k: usize) -> f64 {
        match (self.strategy, self.escalation) {
            (Strategy::Policy(Policy::Large), _) | (_, Escalation::Hedged) => 0.0,
            (_, Escalation::Patient) => row.small_ms,
            (_, Escalation::Early) => self.known_ms(row, k),
        }
    }

    /// When it becomes known that a row is to be escalated. The router is asked at each moment at
    /// which new evidence arrives, with the evidence so far.
    fn known_ms(&self, row: &Row, k: usize) -> f64 {
        let Some(router) = self.router(k) else {
            return row.small_ms;
        };
        let escalates =
            |evidence: Evidence| routing::action(&router, &evidence) == Some(Action::Escalate);
        let scored = || Evidence {
            scores: row.scores,
            tokens: row.tokens.min(k),
            ..Evidence::default()
        };
        let broken = || Evidence {
            verdict: Some(VerdictState::Broken),
            ..Evidence::default()
        };
        let by_score = escalates(scored()).then_some(row.kth_ms);
        let by_syntax = row.broken_ms.filter(|_| escalates(broken()));
        let moments = by_score.into_iter().chain(by_syntax);
        moments.fold(row.small_ms, f64::min)
    }

    /// Seconds that the models work on a row times their accelerators. `small` and `large` ask one
    /// model only. Otherwise the small model always works, and the large one if the row is
    /// escalated or the setting is hedged; savings from cancelling a hedged request are not
    /// counted. `mccom` stops the small model as soon as escalation is certain, unless it is
    /// patient.
    pub fn accelerator_s(&self, row: &Row, k: usize) -> f64 {
        self.worked_s(row, k, self.keeps(row, k))
    }

    /// [`OperatingPoint::accelerator_s`] of a row whose decision is known.
    fn worked_s(&self, row: &Row, k: usize, keeps: bool) -> f64 {
        let (small, large) = (row.small_accelerator_s, row.large_accelerator_s);
        let hedged = match self.escalation {
            Escalation::Hedged => large,
            Escalation::Patient | Escalation::Early => 0.0,
        };
        match self.strategy.policy() {
            Some(Policy::Small) => small,
            Some(Policy::Large) => large,
            _ if keeps => small + hedged,
            _ if self.is_rejected(row, k) => {
                small + hedged + large * part_of(row.drafted_ms(), row.large_ms)
            }
            Some(Policy::Mccom) if self.escalation != Escalation::Patient => {
                small * part_of(self.known_ms(row, k), row.small_ms).min(1.0) + large
            }
            _ => small + large,
        }
    }
}

/// One time as a share of another; 1 if the other is zero.
fn part_of(time: f64, whole: f64) -> f64 {
    match whole > 0.0 {
        true => time / whole,
        false => 1.0,
    }
}

/// Latency in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Latency {
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
}

/// What a setting achieves and costs on part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Number of rows.
    pub outcomes: usize,
    /// Rows whose served completion has a label.
    pub labelled: usize,
    /// Labelled rows whose served completion is right.
    pub right: usize,
    pub escalated: usize,
    /// Kept although the small completion is wrong.
    pub wrongly_kept: usize,
    /// Escalated although the small completion is right.
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

/// The totals of a setting on part of the table: every row is decided by the router's own rule.
pub fn totals(table: &Table, part: Part, setting: &OperatingPoint) -> Totals {
    let k = table.k();
    let (mut totals, mut counts) = (Totals::default(), Counts::default());
    let mut latencies = Vec::with_capacity(table.rows().len());
    for (_, row) in table.rows_in(part) {
        let keeps = setting.keeps(row, k);
        counts.add(row, keeps);
        totals.wrongly_kept += usize::from(keeps && row.small_right == Some(false));
        totals.wrongly_escalated += usize::from(!keeps && row.small_right == Some(true));
        totals.accelerator_s += setting.worked_s(row, k, keeps);
        latencies.push(setting.served_ms(row, k, keeps));
    }
    Totals {
        outcomes: counts.outcomes,
        labelled: counts.labelled,
        right: counts.right,
        escalated: counts.escalated,
        latency: Latency::of(&mut latencies),
        ..totals
    }
}

impl Latency {
    /// Summarizes these times; zero if there are none. Reorders them.
    pub(super) fn of(times: &mut [f64]) -> Self {
        // An empty sum is negative zero.
        let sum = 0.0 + times.iter().sum::<f64>();
        Latency {
            mean: sum / times.len().max(1) as f64,
            p50: percentile(times, 0.50).unwrap_or(0.0),
            p95: percentile(times, 0.95).unwrap_or(0.0),
        }
    }
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Largest τ that gives this point. If every row is escalated there is no largest τ; then it is
    /// the upper end of the score's range or, if a row reaches that, the next number above it.
    /// `None` for strategies without a threshold.
    pub threshold: Option<f32>,
    /// Share escalated, 0 to 1.
    pub escalation: f64,
    /// Share right, 0 to 1.
    pub pass_at_1: f64,
}

/// Every point that a strategy can reach with a score (its own, if it has one), from least to most
/// escalation; one point for a strategy without a threshold. Points without a labelled served
/// completion are left out, so a part without rows or labels has an empty curve. In O(rows).
///
/// A policy with a threshold keeps a row iff the row's score reaches τ and the other gates pass. So
/// each row is decided once, at its own score. A row kept there is kept at every lower τ, and a
/// rising τ moves rows from kept to escalated in the order of their scores.
pub fn curve(table: &Table, part: Part, strategy: Strategy, score: Score) -> Vec<Point> {
    let k = table.k();
    let score = strategy.score(score);
    let at = |threshold| OperatingPoint {
        strategy,
        score,
        threshold,
        escalation: Escalation::Patient,
    };
    if !strategy.has_threshold() {
        let (setting, mut counts) = (at(0.0), Counts::default());
        for (_, row) in table.rows_in(part) {
            counts.add(row, setting.keeps(row, k));
        }
        return counts.point(None).into_iter().collect();
    }
    let mut counts = Counts::default();
    let mut kept: Vec<(f32, &Row)> = Vec::with_capacity(table.rows().len());
    let ordered = table.order(score).iter();
    for row in ordered.map(|&index| &table.rows()[index as usize]) {
        if !part.contains(row) {
            continue;
        }
        let value = row.scores.map(|scores| scores.get(score));
        let value = value.filter(|&value| at(value).keeps(row, k));
        counts.add(row, value.is_some());
        kept.extend(value.map(|value| (value, row)));
    }
    let mut points = Vec::with_capacity(kept.len() + 1);
    for tied in kept.chunk_by(|a, b| a.0 == b.0) {
        points.extend(counts.point(Some(tied[0].0)));
        for (_, row) in tied {
            counts.escalate(row);
        }
    }
    let end = score.range().1;
    let beyond = kept.last().map_or(end, |last| end.max(last.0.next_up()));
    points.extend(counts.point(Some(beyond)));
    points
}

/// The point of a curve whose escalation is nearest to a share; if two are equally near, the one
/// with less escalation. `None` for an empty curve.
pub fn at_escalation(curve: &[Point], share: f64) -> Option<Point> {
    let after = curve.partition_point(|point| point.escalation < share);
    let around = curve[after.saturating_sub(1)..].iter().take(2);
    let off = |point: &&Point| (point.escalation - share).abs();
    around.min_by(|a, b| off(a).total_cmp(&off(b))).copied()
}

/// Running counts along a curve.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    outcomes: usize,
    labelled: usize,
    right: usize,
    escalated: usize,
}

impl Counts {
    fn add(&mut self, row: &Row, keeps: bool) {
        let served = row.served_right(keeps);
        self.outcomes += 1;
        self.escalated += usize::from(!keeps);
        self.labelled += usize::from(served.is_some());
        self.right += usize::from(served == Some(true));
    }

    /// Moves a row from kept to escalated.
    fn escalate(&mut self, row: &Row) {
        self.outcomes -= 1;
        self.labelled -= usize::from(row.small_right.is_some());
        self.right -= usize::from(row.small_right == Some(true));
        self.add(row, false);
    }

    fn point(&self, threshold: Option<f32>) -> Option<Point> {
        (self.labelled > 0).then(|| Point {
            threshold,
            escalation: self.escalated as f64 / self.outcomes as f64,
            pass_at_1: self.right as f64 / self.labelled as f64,
        })
    }
}

#[cfg(test)]
mod tests;
