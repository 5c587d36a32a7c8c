//! The outcomes that just changed sides, or whichever the filter lists.

use ratatui::{buffer::Buffer, layout::Rect, text::Span};

use super::threshold;
use crate::{
    routing::Flip,
    tui::{
        tune::{Control, Filter, Listed, Tune},
        view::{
            Pen,
            text::{Pane, cut_middle, fit, visible},
        },
    },
};

/// Cells of a row besides the name: marks, turn, language, kind, score, who is right.
const BESIDE: usize = 40;

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    if area.height == 0 {
        return;
    }
    let mut pane = Pane::new(buffer, area);
    title(tune, pen, &mut pane);
    let rows = &tune.list.rows;
    if rows.is_empty() {
        return pane.line(pen.muted(format!("  {}", nothing(tune))));
    }
    let room = pane.room();
    let last = rows.len().saturating_sub(room);
    let first = tune.list.chosen.saturating_sub(room / 2).min(last);
    for (index, listed) in rows.iter().enumerate().skip(first).take(room) {
        row(tune, pen, &mut pane, listed);
        if index == tune.list.chosen && tune.control == Control::List {
            pane.paint_last(pen.palette.ui("selection"));
        }
    }
}

fn title(tune: &Tune, pen: Pen, pane: &mut Pane) {
    let list = &tune.list;
    let mut facts = Vec::new();
    let (up, down) = list.turned;
    if matches!(list.filter, Filter::Changed | Filter::SincePin) {
        let since = match list.filter {
            Filter::SincePin => tune.pinned.as_ref(),
            _ => Some(&tune.before),
        };
        for (count, text) in [
            (up, format!(" ▲{up} to keep ")),
            (down, format!(" ▼{down} to escalate ")),
        ] {
            if count > 0 {
                facts.push(pen.span(text, "flip"));
                facts.push(pen.plain(" "));
            }
        }
        let since = since.filter(|since| since.score == tune.setting.score);
        if let Some(since) = since.filter(|_| pane.width() >= 60) {
            let tau = threshold(since.threshold, since.score.step());
            facts.push(pen.muted(format!("since τ {tau}")));
        }
    } else {
        facts.push(pen.muted(format!("{} listed", list.rows.len())));
    }
    if !list.query.is_empty() {
        facts.push(pen.plain(format!(" /{}", visible(&list.query))));
    }
    let name = list.filter.name();
    let name = name[..1].to_uppercase() + &name[1..];
    pen.title(pane, &name, facts);
}

/// Why nothing is listed.
fn nothing(tune: &Tune) -> &'static str {
    match tune.list.filter {
        _ if !tune.list.query.is_empty() => "nothing matches the search",
        Filter::Changed => "nothing has changed sides yet: move τ",
        Filter::SincePin if tune.pinned.is_none() => "nothing is pinned: p pins this setting",
        Filter::SincePin => "nothing is decided otherwise than at the pinned setting",
        Filter::Marked => "nothing is marked: m marks an outcome",
        _ => "there are none",
    }
}

fn row(tune: &Tune, pen: Pen, pane: &mut Pane, listed: &Listed) {
    let subject = &tune.subject;
    let data = &subject.table.rows()[listed.row];
    let turn = match (listed.turn, listed.keeps) {
        (Some(Flip::ToKeep), _) => pen.span("E→K", "flip"),
        (Some(Flip::ToEscalate), _) => pen.span("K→E", "flip"),
        (None, true) => pen.span("  K", "keep"),
        (None, false) => pen.span("  E", "escalate"),
    };
    let marked = tune.list.marked.contains(&listed.row);
    let wide = pane.width() >= BESIDE + 16;
    let beside = if wide { BESIDE } else { 24 };
    let id = visible(&subject.cases[listed.row].id);
    let room = pane.width().saturating_sub(beside);
    let score = data.scores.map(|scores| scores.get(tune.setting.score));
    let score = score.map_or_else(|| "no score".to_owned(), |score| format!("{score:.3}"));
    let mut line = vec![
        pen.span(if marked { "● " } else { "  " }, "notice"),
        turn,
        pen.plain(format!(" {}", fit(&cut_middle(&id, room), room))),
    ];
    if wide {
        let language = data.language.map_or("", |language| language.name());
        let kind = data.kind.map_or("", |kind| kind.name());
        line.push(pen.muted(format!(" {} {}", fit(language, 6), fit(kind, 7))));
    }
    line.push(pen.plain(format!(" {score:>8} ")));
    line.extend(right(pen, "s", data.small_right));
    line.extend(right(pen, "l", data.large_right));
    line.push(gain(pen, listed.turn, (data.small_right, data.large_right)));
    pane.line(line);
}

/// Whether a model's completion is right.
fn right(pen: Pen, model: &str, right: Option<bool>) -> [Span<'static>; 2] {
    let (sign, scope) = match right {
        Some(true) => ("✓ ", "keep"),
        Some(false) => ("✗ ", "fault.gutter"),
        None => ("? ", "muted"),
    };
    [pen.muted(model.to_owned()), pen.span(sign, scope)]
}

/// What the turn has won or lost.
fn gain(
    pen: Pen,
    turn: Option<Flip>,
    (small, large): (Option<bool>, Option<bool>),
) -> Span<'static> {
    let (before, now) = match turn {
        Some(Flip::ToKeep) => (large, small),
        Some(Flip::ToEscalate) => (small, large),
        None => return pen.plain("  "),
    };
    match (before, now) {
        (Some(false), Some(true)) => pen.span("+1", "keep"),
        (Some(true), Some(false)) => pen.span("−1", "escalate"),
        (Some(_), Some(_)) => pen.muted(" 0"),
        _ => pen.muted(" ?"),
    }
}
