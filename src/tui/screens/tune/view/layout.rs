//! The layout of the tune screen's panes: a pure function of the terminal's size.

use ratatui::layout::{Constraint, Layout as Split, Rect};

/// From this width on, there are two columns.
const WIDE: u16 = 120;
/// From this width on, two panes are side by side.
const PAIRS: u16 = 72;

/// The areas of the screen. A pane without room is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    pub header: Rect,
    pub controls: Rect,
    pub curve: Rect,
    pub histogram: Rect,
    pub totals: Rect,
    pub quadrant: Rect,
    pub list: Rect,
    pub footer: Rect,
}

impl Layout {
    /// Lays out `area`, which must be larger than the small-terminal notice needs.
    pub fn of(area: Rect) -> Self {
        let [header, controls, body, footer] = rows(
            area,
            [
                Constraint::Length(1),
                Constraint::Length(2),
                Constraint::Min(0),
                Constraint::Length(1),
            ],
        );
        let layout = Layout {
            header,
            controls,
            footer,
            ..Layout::default()
        };
        match area.width {
            WIDE.. => layout.columns(body),
            PAIRS.. => layout.pairs(body),
            _ => layout.stack(body),
        }
    }

    /// Plots on the left, numbers and the list on the right.
    fn columns(self, body: Rect) -> Self {
        let [left, _, right] = columns(
            body,
            [
                Constraint::Percentage(56),
                Constraint::Length(1),
                Constraint::Min(0),
            ],
        );
        let [curve, histogram] = rows(left, [Constraint::Percentage(58), Constraint::Min(0)]);
        let numbers = [
            Constraint::Length(9),
            Constraint::Length(5),
            Constraint::Min(0),
        ];
        let [totals, quadrant, list] = rows(right, numbers);
        Layout {
            curve,
            histogram,
            totals,
            quadrant,
            list,
            ..self
        }
    }

    /// Plots and numbers in pairs, the list across the full width below.
    fn pairs(self, body: Rect) -> Self {
        let upper = (body.height * 2 / 5).clamp(9, 14);
        let lower = if body.height >= 24 { 7 } else { 5 };
        let [first, second, list] = rows(
            body,
            [
                Constraint::Length(upper),
                Constraint::Length(lower),
                Constraint::Min(0),
            ],
        );
        let pair = [
            Constraint::Percentage(52),
            Constraint::Length(1),
            Constraint::Min(0),
        ];
        let [curve, _, totals] = columns(first, pair);
        let [histogram, _, quadrant] = columns(second, pair);
        Layout {
            curve,
            histogram,
            totals,
            quadrant,
            list,
            ..self
        }
    }

    /// Panes stacked: numbers first, then as many others as fit.
    fn stack(self, body: Rect) -> Self {
        let curve = match body.height {
            24.. => 10,
            _ => 0,
        };
        let [totals, curve, list] = rows(
            body,
            [
                Constraint::Length(9.min(body.height)),
                Constraint::Length(curve),
                Constraint::Min(0),
            ],
        );
        Layout {
            curve,
            totals,
            list,
            ..self
        }
    }
}

fn rows<const N: usize>(area: Rect, constraints: [Constraint; N]) -> [Rect; N] {
    Split::vertical(constraints).areas(area)
}

fn columns<const N: usize>(area: Rect, constraints: [Constraint; N]) -> [Rect; N] {
    Split::horizontal(constraints).areas(area)
}
