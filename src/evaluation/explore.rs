//! What the tune screen shows for one position of the slider, as data: the same for the screen, for
//! its export, and for `routelens tune --json`. A pure function of a table, a setting and what was
//! pinned; fast enough for every key at 10,000 outcomes.

use serde::Serialize;

use super::{
    sweep::{Point, Setting, Strategy, Totals},
    table::{Part, Table},
};

/// Bars of the histogram.
pub const BINS: usize = 40;

/// A curve of pass@1 against escalation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    pub strategy: Strategy,
    pub points: Vec<Point>,
}

/// How many small completions have a score in `low..high`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Bar {
    pub low: f32,
    pub high: f32,
    pub right: usize,
    pub wrong: usize,
}

/// Confidence by syntax: how many small completions are right, and how many in all.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Cell {
    pub right: usize,
    pub labelled: usize,
    pub outcomes: usize,
}

/// The four combinations of the two gates.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Quadrant {
    pub sure_parses: Cell,
    pub sure_broken: Cell,
    pub unsure_parses: Cell,
    pub unsure_broken: Cell,
}

/// An outcome that changed sides between two settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Index of the row.
    pub row: usize,
    /// Kept now; escalated before.
    pub to_keep: bool,
}

/// Everything that is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    pub part: Part,
    pub setting: Setting,
    pub totals: Totals,
    /// The pinned setting and its totals on the same part.
    pub pinned: Option<(Setting, Totals)>,
    /// This strategy's curve first, then the others'.
    pub curves: Vec<Curve>,
    pub histogram: Vec<Bar>,
    pub quadrant: Quadrant,
}

/// What is shown for a setting.
pub fn shown(table: &Table, part: Part, setting: Setting, pinned: Option<Setting>) -> Shown {
    let _ = (table, part, setting, pinned);
    todo!()
}

/// The outcomes of a part that change sides when `before` becomes `after`, in the table's order.
pub fn changes(table: &Table, part: Part, before: &Setting, after: &Setting) -> Vec<Change> {
    let _ = (table, part, before, after);
    todo!()
}
