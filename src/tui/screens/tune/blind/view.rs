//! Draws a blind comparison: both completions in their context, in the same style.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Blind, BlindAction, Step, keys};
use crate::{
    tui::{
        app::{event::Extents, layout::STACKED},
        palette::Palette,
        view::{
            self, Pen, help,
            text::{Pane, cut, visible},
        },
    },
    words::wrap::wrap_words,
};

/// The usual width of the gutter, in cells.
pub(super) const GUTTER: u16 = 5;

/// Rows above and below the two sides.
const ABOVE: u16 = 2;
const BELOW: u16 = 1;

/// From this width on, the two sides are side by side.
const BESIDE: u16 = STACKED + 40;

/// The areas of the two texts on a screen of that size, below their titles: equal in size, side by
/// side if there is room.
pub(super) fn places((columns, rows): (u16, u16)) -> [Rect; 2] {
    let body = Rect::new(0, ABOVE, columns, rows.saturating_sub(ABOVE + BELOW));
    let titled = |area: Rect| Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let (first, second) = match columns >= BESIDE {
        true => {
            let width = (columns - 1) / 2;
            let first = Rect { width, ..body };
            (
                first,
                Rect {
                    x: width + 1,
                    ..first
                },
            )
        }
        false => {
            let height = body.height / 2;
            let first = Rect { height, ..body };
            (
                first,
                Rect {
                    y: body.y + height,
                    ..first
                },
            )
        }
    };
    [titled(first), titled(second)]
}

pub(super) fn extents(blind: &Blind) -> Option<Extents> {
    blind
        .help
        .is_some_and(|open| open.first() > 0)
        .then(|| Extents {
            help: help::most_scroll(&keys().help(), blind.size),
            ..Extents::default()
        })
}

pub(super) fn draw(blind: &Blind, frame: &mut Frame, area: Rect, palette: &Palette) {
    let pen = Pen { palette };
    frame.buffer_mut().set_style(area, view::ground(palette));
    draw_bar(
        blind,
        pen,
        frame.buffer_mut(),
        Rect {
            height: area.height.min(1),
            ..area
        },
    );
    draw_footer(blind, pen, frame.buffer_mut(), area);
    let Some(sides) = &blind.sides else {
        return draw_end(blind, pen, frame.buffer_mut(), area);
    };
    draw_question(blind, pen, frame.buffer_mut(), area);
    let places = places((area.width, area.height));
    for ((app, place), number) in sides.iter().zip(places).zip(1..) {
        if place.height == 0 {
            continue;
        }
        let title = Rect {
            y: place.y - 1,
            height: 1,
            ..place
        };
        let nothing = match app.editor().document().selection().is_empty() {
            true => vec![pen.muted("empty")],
            false => Vec::new(),
        };
        let mut pane = Pane::new(frame.buffer_mut(), title);
        pen.title(&mut pane, &number.to_string(), nothing);
        view::draw_text(frame, app, palette, place);
    }
    draw_rule(pen, frame.buffer_mut(), places);
    if let Some(open) = blind.help {
        help::draw(
            pen,
            frame.buffer_mut(),
            area,
            &keys().help(),
            (open.first(), ""),
        );
    }
}

/// The rule between two sides that are side by side.
fn draw_rule(pen: Pen, buffer: &mut Buffer, [first, second]: [Rect; 2]) {
    if second.x <= first.x || first.height == 0 {
        return;
    }
    let style = pen.palette.ui("border");
    buffer[(first.right(), first.y - 1)]
        .set_symbol("┬")
        .set_style(style);
    for y in first.y..first.bottom() {
        buffer[(first.right(), y)].set_symbol("│").set_style(style);
    }
}

/// The task and the progress of the comparison.
fn draw_bar(blind: &Blind, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let bar = pen.palette.ui("status");
    buffer.set_style(area, bar);
    let mut pane = Pane::new(buffer, area);
    let mut left = vec![Span::styled(
        " blind comparison ",
        bar.patch(pen.palette.ui("title")),
    )];
    if let Some(outcome) = blind.outcome() {
        let id = cut(&visible(&outcome.id), pane.width() / 3);
        let facts = format!(
            " {id} · {} · {}",
            outcome.language.name(),
            outcome.kind.name()
        );
        left.push(Span::styled(facts, bar));
    }
    let done = blind.steps.len().min(blind.comparisons.len());
    let progress = match blind.sides {
        Some(_) => format!("{} of {} ", done + 1, blind.comparisons.len()),
        None => format!("{done} of {done} "),
    };
    pane.ends(left, Line::from(Span::styled(progress, bar)));
}

/// The question, or the counts if they are revealed.
fn draw_question(blind: &Blind, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let row = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1).min(1),
        ..area
    };
    let mut pane = Pane::new(buffer, row);
    if blind.reveals {
        let counts = format!(" {}", blind.summary_in_a_line());
        return pane.line(pen.plain(cut(&counts, pane.width())));
    }
    let question = pen.plain(" Which completion do you prefer?");
    pane.ends(question, pen.muted(alike(blind)));
}

/// The number of tasks left out because both completions are the same.
fn alike(blind: &Blind) -> String {
    match blind.alike {
        0 => String::new(),
        1 => "1 task left out: identical completions ".to_owned(),
        count => format!("{count} tasks left out: identical completions "),
    }
}

/// The screen when all comparisons are done.
fn draw_end(blind: &Blind, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let body = Rect {
        y: area.y + ABOVE,
        height: area.height.saturating_sub(ABOVE + BELOW),
        ..area
    };
    let skipped = blind
        .steps
        .iter()
        .filter(|step| **step == Step::Skipped)
        .count();
    let mut sentences = vec![match blind.comparisons.is_empty()
        && blind.alike == blind.run.outcomes.len()
    {
        true => "Nothing to compare: all completions are identical.".to_owned(),
        false => "Nothing left to compare.".to_owned(),
    }];
    if skipped > 0 {
        sentences.push(format!("{skipped} skipped, to be compared next time."));
    }
    sentences.push(blind.summary() + ".");
    sentences.push(alike(blind));
    let mut pane = Pane::new(buffer, body);
    for sentence in sentences.iter().filter(|sentence| !sentence.is_empty()) {
        for line in wrap_words(sentence, pane.width().saturating_sub(2)) {
            pane.line(pen.plain(format!(" {line}")));
        }
    }
}

/// The error, or else the keys.
fn draw_footer(blind: &Blind, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let row = Rect {
        y: area.bottom().saturating_sub(1),
        height: area.height.min(1),
        ..area
    };
    let mut pane = Pane::new(buffer, row);
    pen.bottom_line(&mut pane, blind.message.message(), shown_keys(blind));
}

/// The keys with a word each, most useful first.
fn shown_keys(blind: &Blind) -> Vec<(String, &'static str)> {
    use BlindAction::*;
    let one = |action| keys().label(action);
    let all = |action| keys().labels(action).join(" ");
    let (undo, back) = ((one(Undo), "undo"), (one(Back), "back"));
    if blind.sides.is_none() {
        return vec![undo, back];
    }
    vec![
        (all(First), "the first"),
        (all(Second), "the second"),
        (all(Equal), "equal"),
        (one(Skip), "skip"),
        undo,
        back,
        (one(Help), "help"),
        (one(Counts), "counts"),
        ([Up, Down].map(one).join(" "), "scroll"),
    ]
}
