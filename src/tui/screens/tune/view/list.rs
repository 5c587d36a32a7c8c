//! The list of outcomes: those that just changed sides, or those of another filter.

use ratatui::{buffer::Buffer, layout::Rect, text::Span};

use super::threshold;
use crate::{
    evaluation::list::{Filter, Listed},
    routing::Flip,
    tui::{
        screens::tune::{Control, Tune},
        view::{
            Pen,
            text::{Pane, cut_middle, fit, visible},
        },
    },
};

/// Cells of a row besides the name: mark, flip, language, kind, score, labels.
const BESIDE: usize = 40;

/// From this height on, the list has column headings.
const ROOM_FOR_HEADS: usize = 8;

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
    if pane.room() >= ROOM_FOR_HEADS {
        heads(pen, &mut pane);
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

/// The column headings.
fn heads(pen: Pen, pane: &mut Pane) {
    let width = pane.width();
    if width >= BESIDE + 16 {
        pane.line(pen.muted(format!(
            "      {} {} {} {:>8} right  ±",
            fit("outcome", width - BESIDE),
            fit("", 6),
            fit("kind", 7),
            "score",
        )));
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
        let words = pane.width() >= 60;
        let text = |count, sign, what| match words {
            true => format!(" {sign}{count} to {what} "),
            false => format!(" {sign}{count} "),
        };
        for (count, text) in [
            (up, text(up, "▲", "keep")),
            (down, text(down, "▼", "escalate")),
        ] {
            if count > 0 {
                facts.push(pen.span(text, "flip"));
                facts.push(pen.plain(" "));
            }
        }
        let since = since.filter(|since| since.score == tune.setting.score);
        if let Some(since) = since.filter(|_| pane.width() >= 44) {
            let tau = threshold(since.threshold, since.score.step());
            facts.push(pen.muted(format!("since τ {tau} ")));
        }
        let (won, lost) = balance(tune);
        if won + lost > 0 && pane.width() >= 52 {
            facts.push(pen.span(format!("+{won}"), "keep"));
            facts.push(pen.muted(" "));
            facts.push(pen.span(format!("−{lost}"), "escalate"));
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

/// Why the list is empty.
fn nothing(tune: &Tune) -> &'static str {
    match tune.list.filter {
        _ if !tune.list.query.is_empty() => "no matches",
        Filter::Changed => "no changes yet: move τ",
        Filter::SincePin if tune.pinned.is_none() => "nothing pinned: p pins this setting",
        Filter::SincePin => "no decision differs from the pinned setting",
        Filter::Marked => "nothing marked: m marks an outcome",
        _ => "none",
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
    line.push(gained(pen, listed, gain(tune, listed)));
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

/// The change in the number of right outcomes when an outcome flips: 1, 0 or -1; `None` if a label
/// is missing.
fn gain(tune: &Tune, listed: &Listed) -> Option<i8> {
    let row = &tune.subject.table.rows()[listed.row];
    let (small, large) = (row.small_right?, row.large_right?);
    let gain = i8::from(small) - i8::from(large);
    listed.turn.map(|turn| match turn {
        Flip::ToKeep => gain,
        Flip::ToEscalate => -gain,
    })
}

/// How many of the listed flips gained and lost a right outcome.
fn balance(tune: &Tune) -> (usize, usize) {
    let gains = tune.list.rows.iter().map(|listed| gain(tune, listed));
    gains.fold((0, 0), |(won, lost), gain| match gain {
        Some(1) => (won + 1, lost),
        Some(-1) => (won, lost + 1),
        _ => (won, lost),
    })
}

fn gained(pen: Pen, listed: &Listed, gain: Option<i8>) -> Span<'static> {
    match gain {
        _ if listed.turn.is_none() => pen.plain("  "),
        Some(1) => pen.span("+1", "keep"),
        Some(-1) => pen.span("−1", "escalate"),
        Some(_) => pen.muted(" 0"),
        None => pen.muted(" ?"),
    }
}
