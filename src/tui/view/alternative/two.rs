//! Two large models at once: side by side where that leaves each of them wide enough for code, one
//! above the other where it does not, and only one where there is no room for two.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    Scene, state,
    text::{cut_middle, visible},
};
use crate::tui::app::{App, Lane, LaneKind, ModelState};

/// From this width on two panes stand side by side.
const SIDE_BY_SIDE: u16 = 90;

/// Fewest rows of a pane that says something: title, facts, two lines of text, keys.
const LEAST_ROWS: u16 = 5;

/// Cells of a name in a hint.
const NAME: usize = 16;

/// Where the large models' panes are.
pub(super) struct Places {
    pub panes: Vec<(LaneKind, Rect)>,
    /// A column between panes that stand side by side.
    pub rule: Option<Rect>,
    /// The lane that was asked too and has no room.
    pub hidden: Option<LaneKind>,
}

/// Divides `area` among the large models that were asked.
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
    // The one whose text is in the buffer can be read there.
    match app.ghost().map(|ghost| ghost.lane) {
        Some(LaneKind::Large) => one(LaneKind::Second, Some(LaneKind::Large)),
        _ => one(LaneKind::Large, Some(LaneKind::Second)),
    }
}

/// Whether there is a second large model that was asked.
fn is_asked(app: &App) -> bool {
    app.turn().second.model != ModelState::Absent && app.turn().second.run().is_some()
}

/// A lane's name, short enough for a hint.
pub(super) fn short_name(lane: &Lane) -> String {
    cut_middle(&visible(state::model_name(lane)), NAME)
}

/// The rule between two panes side by side, joined to those of their titles.
pub(super) fn draw_rule(scene: Scene, buffer: &mut Buffer, column: Rect) {
    let style = scene.palette.ui("border");
    for (index, position) in column.positions().enumerate() {
        let symbol = if index == 0 { "┬" } else { "│" };
        buffer[position].set_symbol(symbol).set_style(style);
    }
}
