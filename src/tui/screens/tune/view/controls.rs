//! The settings, the control that up and down change, and the slider.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::threshold;
use crate::tui::{
    screens::tune::{Control, Tune},
    view::{Pen, text::Pane},
};

/// From this width on, the controls have names.
const ROOM_FOR_NAMES: usize = 110;

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let mut pane = Pane::new(buffer, area);
    let named = pane.width() >= ROOM_FOR_NAMES;
    let mut line = Line::default();
    for control in Control::ALL {
        if control == Control::List && !named {
            continue;
        }
        line.spans.extend(one(tune, pen, control, named));
    }
    pane.line(line);
    slider(tune, pen, &mut pane);
}

/// A control and its value, marked if up and down change it.
fn one(tune: &Tune, pen: Pen, control: Control, named: bool) -> Vec<Span<'static>> {
    let mut value = tune.value(control).to_owned();
    if !named && value == "all" {
        // Without its name, the value must say what it is all of.
        value = format!("all {}s", control.name());
    }
    let chosen = tune.control == control;
    let name = if named { control.name() } else { "" };
    let gap = if named { " " } else { "" };
    if chosen {
        let style = pen.palette.ui("selection");
        return vec![
            pen.plain(" "),
            Span::styled(format!("↕ {name}{gap}"), pen.palette.ui("key").patch(style)),
            Span::styled(format!("{value} "), pen.palette.ui("title").patch(style)),
        ];
    }
    vec![
        pen.plain(if named { "   " } else { " " }),
        pen.muted(format!("{name}{gap}")),
        pen.plain(format!("{value} ")),
    ]
}

/// τ on the range of its score, together with the pinned τ.
fn slider(tune: &Tune, pen: Pen, pane: &mut Pane) {
    let setting = &tune.setting;
    let (low, high) = setting.score.range();
    let tau = format!(
        " τ {:<8}",
        threshold(setting.threshold, setting.score.step())
    );
    let (from, to) = (format!("{low:.0} "), format!(" {high:.0} "));
    let used = tau.chars().count() + from.len() + to.len() + 1;
    let cells = pane.width().saturating_sub(used).max(1);
    let cell = |value: f32| {
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        ((part * (cells - 1) as f32).round()) as usize
    };
    let at = cell(setting.threshold);
    let pinned = tune.pinned.filter(|pinned| pinned.score == setting.score);
    let pinned = pinned.map(|pinned| cell(pinned.threshold));
    let matters = setting.strategy.has_threshold();
    let mut line = Line::from(vec![
        pen.span(tau, if matters { "title" } else { "muted" }),
        pen.muted(from),
    ]);
    for index in 0..cells {
        line.push_span(match index {
            _ if index == at && matters => pen.span("●", "key"),
            _ if index == at => pen.muted("○"),
            _ if Some(index) == pinned => pen.span("◆", "notice"),
            // Scores above τ are kept.
            _ if index > at && matters => pen.span("━", "keep"),
            _ => pen.span("─", "border"),
        });
    }
    line.push_span(pen.muted(to));
    pane.line(line);
}
