//! Draws the overlays of the tune screen.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{keys, threshold};
use crate::{
    routing::FittedThreshold,
    tui::{
        screens::tune::{Over, Tune},
        view::{
            Pen, help,
            overlay::{input, open},
            text::{Pane, flow, visible},
        },
    },
    words::wrap::wrap_words,
};

/// Draws an overlay over `area`, or the search over the footer. Returns the cursor's place if it
/// takes text.
pub fn draw(
    tune: &Tune,
    pen: Pen,
    buffer: &mut Buffer,
    (area, footer): (Rect, Rect),
    over: &Over,
) -> Option<Position> {
    match over {
        Over::Help(open) => {
            help::draw(pen, buffer, area, &keys().help(), (open.first(), ""));
            None
        }
        Over::Write(threshold) => {
            question(tune, pen, buffer, area, threshold);
            None
        }
        Over::Export(name) => {
            let inside = open(pen, buffer, area, (72, 5), "Export");
            let mut pane = Pane::new(buffer, inside);
            let count = tune.list.rows.len();
            pane.line(pen.muted(format!(
                "this view and the {count} listed outcomes ({}), as JSON",
                tune.list.filter.name()
            )));
            let cursor = input(pen, &mut pane, "› ", name);
            pane.line(pen.muted("Enter writes a new file · Esc back"));
            Some(cursor)
        }
        Over::Search(_) => {
            buffer.set_style(footer, pen.palette.ui("background"));
            for position in footer.positions() {
                buffer[position].set_symbol(" ");
            }
            let mut pane = Pane::new(buffer, footer);
            Some(input(pen, &mut pane, " / ", &tune.list.query))
        }
    }
}

/// The question: what is written where, and what the user should know first.
fn question(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect, to_write: &FittedThreshold) {
    let score = to_write.score.name();
    let tau = threshold(to_write.value, to_write.score.step());
    let model = to_write.model.as_deref().unwrap_or("any model");
    let language = match to_write.language {
        Some(language) => language.name(),
        None => "all languages",
    };
    let path = tune.config_file.display().to_string();
    let mut texts = vec![
        format!("τ = {tau} for {score}, {}, {language}", visible(model)),
        format!("to {}", visible(&path)),
    ];
    let strategy = tune.setting.strategy.name();
    let (policy, in_force) = (
        tune.config.policy.name(),
        tune.config.score_in_force().name(),
    );
    if to_write.score != tune.config.score_in_force() {
        texts.push(format!(
            "It takes effect with `score = \"{score}\"`; the file has {in_force}."
        ));
    }
    if strategy != policy {
        texts.push(format!(
            "Only τ is written; the policy in the file is {policy}, not {strategy}."
        ));
    }
    if let Some(kind) = tune.part.kind {
        texts.push(format!(
            "It was chosen on {} holes but applies to all kinds.",
            kind.name()
        ));
    }
    let width = 72.min(usize::from(area.width.saturating_sub(6)));
    let lines: Vec<String> = texts
        .iter()
        .flat_map(|text| wrap_words(text, width.saturating_sub(4)))
        .collect();
    let height = (lines.len() + 4) as u16;
    let inside = open(
        pen,
        buffer,
        area,
        (width as u16, height),
        "Write the threshold",
    );
    let mut pane = Pane::new(buffer, inside);
    for line in lines {
        pane.line(pen.plain(line));
    }
    pane.gap();
    let answers = [("y", "write it"), ("Esc", "cancel")]
        .map(|(key, what)| vec![pen.span(key, "key"), pen.muted(format!(" {what}"))]);
    for line in flow(answers.into(), pane.width(), 3) {
        pane.line(line);
    }
}
