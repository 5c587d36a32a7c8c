//! The token inspector: the tokens of the run in the buffer, the syntax state after each, the
//! drafted ones, and the other candidates for the chosen token.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::{
    Scene, drafts, heatmap, state,
    text::{self, Pane, cut, fit, flow},
};
use crate::{
    completion::{Candidate, DraftSource, Token},
    syntax::TokenSyntax,
    tui::app::{Inspector, LaneKind, Run},
};

/// With fewer rows, the draft results take one line.
const ROOM_FOR_DRAFTS: usize = 10;

/// The maximum width of a candidate's probability bar, in cells.
const BAR: usize = 24;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    if area.height < 2 {
        return;
    }
    let Some(inspector) = scene.app.inspector() else {
        return;
    };
    let mut pane = Pane::new(buffer, area);
    let Some((lane, run)) = state::inspected(scene.app) else {
        scene.title(&mut pane, "Tokens", Vec::new());
        pane.line(scene.muted(" no completion to inspect"));
        return;
    };
    let tokens = &run.completion.tokens;
    scene.title(&mut pane, "Tokens", position(scene, lane, run, inspector));
    let Some(token) = tokens.get(inspector.token) else {
        pane.line(scene.muted(" no token here"));
        return;
    };
    let pairs = if pane.room() >= 14 { 2 } else { 1 };
    strip(scene, &mut pane, run, inspector.token, pairs);
    timeline_legend(scene, &mut pane);
    let in_brief = pane.room() < ROOM_FOR_DRAFTS;
    for line in drafting(scene, run, pane.width(), in_brief) {
        pane.line(line);
    }
    if let Some(why) = drafts::do_not_apply(scene.app, state::lane(scene.app, lane)) {
        let why = text::visible(&why);
        pane.line(scene.muted(format!(" {}", cut(&why, pane.width().saturating_sub(1)))));
    }
    for line in statistics(scene, token, pane.width()) {
        pane.line(line);
    }
    candidates(scene, &mut pane, token, inspector.candidate);
    keys(scene, &mut pane, lane);
}

fn position(scene: Scene, lane: LaneKind, run: &Run, inspector: Inspector) -> Vec<Span<'static>> {
    let all = run.completion.tokens.len();
    let lane = lane.name();
    vec![scene.muted(format!("{lane} model, {} of {all}", inspector.token + 1))]
}

/// The sign of a token's syntax state and its scope.
fn sign(state: Option<&TokenSyntax>) -> (&'static str, &'static str) {
    match state {
        Some(TokenSyntax::Ok) => ("·", "muted"),
        Some(TokenSyntax::Open) => ("○", "notice"),
        Some(TokenSyntax::Broken) => ("✗", "fault.gutter"),
        Some(TokenSyntax::Healed) => ("✓", "keep"),
        None => (" ", "muted"),
    }
}

/// The tokens side by side, as many as fit around the chosen one, in `pairs` rows: the tokens
/// above, their syntax and draft signs below.
fn strip(scene: Scene, pane: &mut Pane, run: &Run, chosen: usize, pairs: usize) {
    let width = pane.width().saturating_sub(2);
    let tokens = &run.completion.tokens;
    let labels: Vec<String> = tokens.iter().map(|token| label(token, width)).collect();
    let rows = strip_rows(&labels, width);
    let with_chosen = rows
        .iter()
        .position(|row| row.contains(&chosen))
        .unwrap_or(0);
    let first = with_chosen
        .saturating_sub(pairs - 1)
        .min(rows.len().saturating_sub(pairs));
    for row in rows.into_iter().skip(first).take(pairs) {
        let mut upper = Line::from(scene.plain(" "));
        let mut lower = Line::from(scene.plain(" "));
        for index in row {
            let mut style = heatmap::style(scene, run, index, &tokens[index]);
            if index == chosen {
                style = style.add_modifier(Modifier::REVERSED);
            }
            upper.push_span(Span::styled(labels[index].clone(), style));
            upper.push_span(scene.span("│", "border"));
            let (sign, scope) = sign(run.timeline.get(index));
            let width = labels[index].width();
            match tokens[index].drafted {
                None => lower.push_span(scene.span(fit(sign, width + 1), scope)),
                Some(source) => {
                    lower.push_span(scene.span(sign, scope));
                    lower.push_span(scene.span(fit(drafts::sign(source), width), "key"));
                }
            }
        }
        pane.line(upper);
        pane.line(lower);
    }
}

fn label(token: &Token, width: usize) -> String {
    let text = match token.text.is_empty() && !token.bytes.is_empty() {
        // Part of a character: only its bytes can be shown.
        true => token
            .bytes
            .iter()
            .map(|byte| format!("\\x{byte:02x}"))
            .collect(),
        false => text::token(&token.text),
    };
    cut(&text, width.saturating_sub(1).min(40))
}

/// The token ranges of the rows of the strip.
fn strip_rows(labels: &[String], width: usize) -> Vec<std::ops::Range<usize>> {
    let (mut rows, mut start, mut used) = (Vec::new(), 0, 0);
    for (index, label) in labels.iter().enumerate() {
        let cells = label.width() + 1;
        if used + cells > width && index > start {
            rows.push(start..index);
            (start, used) = (index, 0);
        }
        used += cells;
    }
    rows.push(start..labels.len());
    rows
}

fn timeline_legend(scene: Scene, pane: &mut Pane) {
    let states = [
        (TokenSyntax::Ok, "parses"),
        (TokenSyntax::Open, "open"),
        (TokenSyntax::Broken, "broken"),
        (TokenSyntax::Healed, "healed"),
    ];
    let mut spans = vec![scene.muted(" syntax after each:")];
    for (state, meaning) in states {
        let (sign, scope) = sign(Some(&state));
        spans.push(scene.plain("  "));
        spans.push(scene.span(sign, scope));
        spans.push(scene.muted(format!(" {meaning}")));
    }
    pane.line(spans);
}

/// The draft results of each source, with its sign; empty if nothing was drafted.
fn drafting(scene: Scene, run: &Run, width: usize, in_brief: bool) -> Vec<Line<'static>> {
    let drafted = |source: DraftSource| {
        let tokens = run.completion.tokens.iter();
        let tokens = tokens.filter(|token| token.drafted == Some(source)).count();
        let outcome = run.completion.drafting.iter();
        let outcome = outcome.rev().find(|drafting| drafting.source == source);
        match (outcome, tokens) {
            (None, 0) => None,
            (None, n) => Some(format!("{n} so far")),
            (Some(outcome), _) if in_brief => Some(drafts::share(outcome)),
            (Some(outcome), _) => Some(drafts::outcome(outcome)),
        }
    };
    let mut items: Vec<Vec<Span>> = DraftSource::ALL
        .into_iter()
        .filter_map(|source| {
            Some(vec![
                scene.span(format!(" {}", drafts::sign(source)), "key"),
                scene.muted(format!(" {} {}", drafts::meaning(source), drafted(source)?)),
            ])
        })
        .collect();
    if let Some(first) = items.first_mut() {
        first.insert(0, scene.muted(" drafted:"));
    }
    flow(items, width, 1)
}

fn statistics(scene: Scene, token: &Token, width: usize) -> Vec<Line<'static>> {
    let item = |name: &str, value: String| {
        vec![scene.muted(format!(" {name} ")), scene.span(value, "title")]
    };
    // Servers do not report all statistics.
    let unknown = || "–".to_owned();
    let number = |value: Option<f32>| value.map_or_else(unknown, |value| format!("{value:.3}"));
    let nats = |entropy| format!("{entropy:.2} nats");
    let mut items = vec![
        item("prob", number(token.prob())),
        item("logprob", number(token.logprob)),
        item(
            "rank",
            token.rank.map_or_else(unknown, |rank| rank.to_string()),
        ),
        item("entropy", token.entropy.map_or_else(unknown, nats)),
        item("margin", number(token.margin)),
        item("id", token.id.map_or_else(unknown, |id| id.to_string())),
    ];
    if let Some(source) = token.drafted {
        items.push(item("draft", source.name().to_owned()));
    }
    flow(items, width, 1)
}

/// Whether a candidate is the token itself: by id, or by text if the server gives no ids.
fn is_taken(candidate: &Candidate, token: &Token) -> bool {
    match (candidate.id, token.id) {
        (Some(candidate), Some(token)) => candidate == token,
        _ => candidate.text == token.text,
    }
}

/// The most probable tokens with their probabilities, and the remaining mass.
fn candidates(scene: Scene, pane: &mut Pane, token: &Token, chosen: usize) {
    let width = pane.width();
    let bar = width.saturating_sub(40).clamp(4, BAR);
    let text_width = width.saturating_sub(bar + 25).clamp(6, 24);
    if token.top.is_empty() {
        pane.line(scene.muted(" the server lists no other candidates"));
        return;
    }
    // Two rows are reserved for the remaining mass and the keys.
    let room = pane.room().saturating_sub(2);
    let first = (chosen + 1).saturating_sub(room.max(1));
    let shown = token.top.iter().enumerate().skip(first).take(room);
    for (index, candidate) in shown {
        let is_chosen = index == chosen;
        let pointer = if is_chosen { "▸" } else { " " };
        let taken = if is_taken(candidate, token) {
            "✓"
        } else {
            " "
        };
        let prob = candidate.logprob.exp();
        let label = fit(&text::token(&candidate.text), text_width);
        let style = match is_chosen {
            true => scene.palette.ui("selection"),
            false => Style::new(),
        };
        pane.line(vec![
            scene.span(format!(" {pointer}{taken} "), "title"),
            scene.plain(label),
            scene.span(format!(" {}", meter(prob, bar)), "muted"),
            scene.plain(format!(" {prob:.3}")),
            scene.muted(format!("  {:>7.3}", candidate.logprob)),
        ]);
        pane.paint_last(style);
    }
    let rest = token.remaining_mass();
    pane.line(vec![
        scene.muted(format!("    {}", fit("all others", text_width))),
        scene.span(format!(" {}", meter(rest, bar)), "muted"),
        scene.muted(format!(" {rest:.3}")),
    ]);
}

/// A bar of exactly `cells` cells, filled to `part` (0 to 1) in eighths of a cell.
fn meter(part: f32, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (part.clamp(0.0, 1.0) * cells as f32 * 8.0).round() as usize;
    let filled = "█".repeat((eighths / 8).min(cells));
    fit(&format!("{filled}{}", EIGHTHS[eighths % 8]), cells)
}

fn keys(scene: Scene, pane: &mut Pane, lane: LaneKind) {
    let hint = |key: &str, what: &str| {
        vec![
            scene.span(format!(" {key}"), "key"),
            scene.muted(format!(" {what}")),
        ]
    };
    let mut hints = vec![hint("←→", "token"), hint("↑↓", "candidate")];
    // A server cannot continue from another token, and a recorded outcome has no model.
    let is_recorded = scene.app.editor().document().is_read_only();
    if !is_recorded && !state::lane(scene.app, lane).model.is_server() {
        hints.push(hint("Enter", "continue from here"));
    }
    hints.push(hint("Esc", "back"));
    let line = flow(hints, pane.width(), 1).swap_remove(0);
    pane.line(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_always_has_its_width() {
        for part in [-1.0, 0.0, 0.03, 0.5, 0.999, 1.0, 7.0, f32::NAN] {
            assert_eq!(meter(part, 10).width(), 10, "{part}");
        }
        assert_eq!(meter(0.5, 4), "██  ");
    }

    #[test]
    fn every_token_is_on_one_row_of_the_strip() {
        let labels: Vec<String> = ["a", "bb", "ccc", "dddddddddd", "e"]
            .map(String::from)
            .into();
        let rows = strip_rows(&labels, 8);
        assert_eq!(rows, [0..2, 2..3, 3..4, 4..5]);
    }
}
