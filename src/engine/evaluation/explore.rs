//! What the tune screen shows for one slider position, as data: shared by the screen, its export
//! and `routelens tune --json`. A pure function of a table, a setting and the pinned setting, fast
//! enough to run on every key press with 10,000 outcomes.

use serde::Serialize;

use super::{
    sweep::{self, OperatingPoint, Point, Strategy, Totals},
    table::{Part, Row, Table},
};
use crate::{routing::Score, syntax::VerdictState};

/// Number of histogram bars: over the range of a log-probability, one per step of τ.
pub const BINS: usize = 120;

/// A curve of pass@1 against escalation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    pub strategy: Strategy,
    pub points: Vec<Point>,
}

/// How many small completions score at least `low` and below `high`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct HistogramBar {
    pub low: f32,
    pub high: f32,
    pub right: usize,
    pub wrong: usize,
    /// Completions without a label.
    pub unlabelled: usize,
}

impl HistogramBar {
    /// The total.
    pub fn count(&self) -> usize {
        self.right + self.wrong + self.unlabelled
    }
}

/// One cell of confidence by syntax: how many small completions are right, and how many there are.
/// A completion without a score counts as unsure; one whose language has no grammar counts as
/// parsing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct QuadrantCell {
    pub right: usize,
    pub labelled: usize,
    pub outcomes: usize,
}

/// The four combinations of the two gates.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Quadrant {
    pub sure_parses: QuadrantCell,
    pub sure_broken: QuadrantCell,
    pub unsure_parses: QuadrantCell,
    pub unsure_broken: QuadrantCell,
}

/// An outcome whose decision differs between two settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ChangedDecision {
    /// Index of the row.
    pub row: usize,
    /// Kept now, escalated before.
    pub to_keep: bool,
}

/// Everything the tune screen shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explored {
    pub part: Part,
    pub setting: OperatingPoint,
    pub totals: Totals,
    /// The pinned setting and its totals on the same part.
    pub pinned: Option<(OperatingPoint, Totals)>,
    /// This strategy's curve first, then the others'. A strategy without a threshold has one point,
    /// or none if nothing is labelled.
    pub curves: Vec<Curve>,
    /// [`BINS`] bars over the score's range. Scores outside it count in the outermost bars;
    /// completions without a score are not counted.
    pub histogram: Vec<HistogramBar>,
    pub quadrant: Quadrant,
}

/// Computes what to show for a setting.
pub fn shown(
    table: &Table,
    part: Part,
    setting: OperatingPoint,
    pinned: Option<OperatingPoint>,
) -> Explored {
    let others = Strategy::ALL.into_iter();
    let others = others.filter(|&strategy| strategy != setting.strategy);
    let curves = std::iter::once(setting.strategy).chain(others);
    Explored {
        part,
        setting,
        totals: sweep::totals(table, part, &setting),
        pinned: pinned.map(|pinned| (pinned, sweep::totals(table, part, &pinned))),
        curves: curves
            .map(|strategy| Curve {
                strategy,
                points: sweep::curve(table, part, strategy, setting.score),
            })
            .collect(),
        histogram: histogram(table, part, setting.score),
        quadrant: quadrant(table, part, &setting),
    }
}

/// The outcomes of a part whose decision changes from `before` to `after`, in the table's order.
pub fn changes(
    table: &Table,
    part: Part,
    before: &OperatingPoint,
    after: &OperatingPoint,
) -> Vec<ChangedDecision> {
    let keeps = |setting: &OperatingPoint, row| setting.keeps(row, table.k());
    let rows = table.rows_in(part);
    let changed = rows.filter(|(_, row)| keeps(before, row) != keeps(after, row));
    let change = |(index, row)| ChangedDecision {
        row: index,
        to_keep: keeps(after, row),
    };
    changed.map(change).collect()
}

fn histogram(table: &Table, part: Part, score: Score) -> Vec<HistogramBar> {
    let (low, high) = score.range();
    let width = (high - low) / BINS as f32;
    let border = |at: usize| low + width * at as f32;
    let mut bars: Vec<HistogramBar> = (0..BINS)
        .map(|at| HistogramBar {
            low: border(at),
            high: border(at + 1),
            ..HistogramBar::default()
        })
        .collect();
    for (_, row) in table.rows_in(part) {
        let Some(scores) = row.scores else { continue };
        // Negative numbers become zero in this cast.
        let at = ((scores.get(score) - low) / width) as usize;
        let bar = &mut bars[at.min(BINS - 1)];
        match row.small_right {
            Some(true) => bar.right += 1,
            Some(false) => bar.wrong += 1,
            None => bar.unlabelled += 1,
        }
    }
    bars
}

fn quadrant(table: &Table, part: Part, setting: &OperatingPoint) -> Quadrant {
    let mut quadrant = Quadrant::default();
    for (_, row) in table.rows_in(part) {
        let value = row.scores.map(|scores| scores.get(setting.score));
        let sure = value.is_some_and(|value| value >= setting.threshold);
        let cell = match (sure, row.verdict == VerdictState::Broken) {
            (true, false) => &mut quadrant.sure_parses,
            (true, true) => &mut quadrant.sure_broken,
            (false, false) => &mut quadrant.unsure_parses,
            (false, true) => &mut quadrant.unsure_broken,
        };
        cell.add(row);
    }
    quadrant
}

impl QuadrantCell {
    fn add(&mut self, row: &Row) {
        self.outcomes += 1;
        self.labelled += usize::from(row.small_right.is_some());
        self.right += usize::from(row.small_right == Some(true));
    }
}

#[cfg(test)]
mod tests;
