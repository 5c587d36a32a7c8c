//! The last line: the current message, or else the most useful keys.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Scene, text::Pane};
use crate::keys::Action;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let mut pane = Pane::new(buffer, area);
    scene.bottom_line(&mut pane, scene.app.message(), keys(scene));
}

/// The keys, most useful first; they depend on whether there is ghost text.
fn keys(scene: Scene) -> Vec<(String, &'static str)> {
    let completing: &[(Action, &str)] = if scene.app.inspector().is_some() {
        &[
            (Action::Inspect, "leave the inspector"),
            (Action::Help, "help"),
        ]
    } else if scene.app.ghost().is_some() {
        &[
            (Action::AcceptAll, "accept"),
            (Action::AcceptWord, "word"),
            (Action::AcceptLine, "line"),
            (Action::Dismiss, "dismiss"),
            (Action::Help, "help"),
            (Action::NextAlternative, "another"),
            (Action::Inspect, "tokens"),
        ]
    } else {
        &[
            (Action::Complete, "complete"),
            (Action::PickFile, "open"),
            (Action::Help, "help"),
        ]
    };
    let always: &[(Action, &str)] = &[
        (Action::Quit, "quit"),
        (Action::ThresholdDown, "τ−"),
        (Action::ThresholdUp, "τ+"),
        (Action::NextPolicy, "policy"),
        (Action::AskLarge, "ask large"),
        (Action::NextHeatmap, "heatmap"),
        (Action::Save, "save"),
        (Action::OpenSettings, "settings"),
    ];
    let bound = completing.iter().chain(always);
    let labelled = bound.map(|(action, what)| (scene.keymap.label(*action), *what));
    labelled.filter(|(keys, _)| !keys.is_empty()).collect()
}
