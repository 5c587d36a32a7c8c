//! The layout of two large models: side by side if both are wide enough for code, else stacked,
//! else only one of them.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    Scene, state,
    text::{cut_middle, visible},
};
use crate::tui::app::{App, Lane, LaneKind, ModelState};

/// The minimum width for two panes side by side.
const SIDE_BY_SIDE: u16 = 90;

/// The minimum height of a useful pane: title, facts, two lines of text, keys.
const LEAST_ROWS: u16 = 5;

/// The cells for a name in a hint.
const NAME: usize = 16;

/// Where the large models' panes are.
pub(super) struct Places {
    pub panes: Vec<(LaneKind, Rect)>,
    /// The column between panes that are side by side.
    pub rule: Option<Rect>,
    /// The other lane, if there is no room for its pane.
    pub hidden: Option<LaneKind>,
}

/// Divides `area` between the large models that were asked.
pub(super) fn places(app: &App, area: Rect) -> Places {
    let one = |kind, hidden| Places {
        panes: vec![(kind, area)],
        rule: None,
        hidden,
    };
    if !is_asked(app) {
        return one(LaneKind::Large, None);
    }
    let both = |first, second, rule| Places {
        panes: vec![(LaneKind::Large, first), (LaneKind::Second, second)],
        rule,
        hidden: None,
    };
    if area.width >= SIDE_BY_SIDE && area.height >= LEAST_ROWS {
        let width = (area.width - 1) / 2;
        let (x, rest) = (area.x + width, area.width - width - 1);
        let left = Rect { width, ..area };
        let rule = Rect {
            x,
            width: 1,
            ..area
        };
        let right = Rect {
            x: x + 1,
            width: rest,
            ..area
        };
        return both(left, right, Some(rule));
    }
    if area.height >= 2 * LEAST_ROWS {
        let height = area.height.div_ceil(2);
        let upper = Rect { height, ..area };
        let lower = Rect {
            y: area.y + height,
            height: area.height - height,
            ..area
        };
        return both(upper, lower, None);
    }
    // Show the model whose text is not in the buffer.
    match app.ghost().map(|ghost| ghost.lane) {
        Some(LaneKind::Large) => one(LaneKind::Second, Some(LaneKind::Large)),
        _ => one(LaneKind::Large, Some(LaneKind::Second)),
    }
}

/// Whether a second large model was asked.
fn is_asked(app: &App) -> bool {
    app.turn().second.model != ModelState::Absent && app.turn().second.run().is_some()
}

/// A lane's name, shortened for a hint.
pub(super) fn short_name(lane: &Lane) -> String {
    cut_middle(&visible(state::model_name(lane)), NAME)
}

/// The rule between two panes side by side, joined to the rules of their titles.
pub(super) fn draw_rule(scene: Scene, buffer: &mut Buffer, column: Rect) {
    let style = scene.palette.ui("border");
    for (index, position) in column.positions().enumerate() {
        let symbol = if index == 0 { "┬" } else { "│" };
        buffer[position].set_symbol(symbol).set_style(style);
    }
}
