//! Draws an opened outcome around the playground's panes: the outcome, both test results, the
//! expected text, and the keys.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Opened, OpenedAction};
use crate::{
    evaluation::outcome::Attempt,
    keys::Action,
    sandbox::{Execution, TestResult},
    tui::{
        app::{LaneKind, event::Extents, layout::Layout},
        palette::Palette,
        view::{
            self, Pen, help,
            text::{Pane, cut, visible, wrap},
        },
    },
};

/// From this height on, each side's result has a line of its own.
const ROOMY: u16 = 18;

/// Extra rows above the panes. The bar also takes the place of the panes' header.
pub(super) fn rows_above(rows: u16) -> u16 {
    if rows >= ROOMY { 2 } else { 0 }
}

pub(super) fn extents(opened: &Opened) -> Option<Extents> {
    let panes = view::extents(&opened.app);
    match opened.help {
        Some(open) if open.first() > 0 => Some(Extents {
            help: help::most_scroll(&opened.keys.help(), opened.size),
            ..panes.unwrap_or_default()
        }),
        _ => panes,
    }
}

pub(super) fn draw(opened: &Opened, frame: &mut Frame, area: Rect, palette: &Palette) {
    let pen = Pen { palette };
    frame.buffer_mut().set_style(area, view::ground(palette));
    let above = rows_above(area.height);
    let below = Rect {
        y: area.y + above,
        height: area.height - above,
        ..area
    };
    let layout = view::draw_panes(frame, &opened.app, palette, below);
    if layout.tiny {
        // The panes drew the notice for a small terminal.
        return;
    }
    let buffer = frame.buffer_mut();
    let bar = Rect {
        height: above + 1,
        ..area
    };
    draw_bar(opened, pen, buffer, bar);
    if opened.shows_answer {
        draw_answer(opened, pen, buffer, &layout);
    }
    draw_footer(opened, pen, buffer, layout.footer);
    if let Some(open) = opened.help {
        help::draw(pen, buffer, area, &opened.keys.help(), (open.first(), ""));
    }
}

/// The outcome and the result of each side.
fn draw_bar(opened: &Opened, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let status = pen.palette.ui("status");
    buffer.set_style(area, status);
    let on_bar = |span: Span<'static>| Span::styled(span.content, status.patch(span.style));
    let outcome = &opened.outcome;
    let mut pane = Pane::new(buffer, area);
    let language = outcome.language.name();
    let facts = match opened.is_own() {
        true => format!(" {language} "),
        false => format!(" {language} · {} ", outcome.kind.name()),
    };
    let id = visible(&outcome.id).into_owned();
    let left = vec![
        on_bar(pen.plain(" ")),
        on_bar(pen.span(cut(&id, pane.width() / 2), "title")),
        on_bar(pen.muted(facts)),
    ];
    let mut right = Vec::new();
    if opened.is_oracle {
        right.push(on_bar(pen.plain("the oracle knows the tests ")));
    }
    if pane.room() == 1 {
        for (name, attempt) in [("small", &outcome.small), ("large", &outcome.large)] {
            right.push(on_bar(pen.plain(format!(" {name} "))));
            right.push(on_bar(mark(pen, attempt)));
        }
    }
    pane.ends(left, right);
    let served = served(opened);
    for (kind, attempt) in [
        (LaneKind::Small, &outcome.small),
        (LaneKind::Large, &outcome.large),
    ] {
        let right = match served == Some(kind) {
            true => vec![on_bar(pen.span("◀ served ", "title"))],
            false => Vec::new(),
        };
        let left: Vec<Span> = said(opened, pen, kind, attempt)
            .into_iter()
            .map(on_bar)
            .collect();
        pane.ends(left, right);
    }
}

/// The lane whose completion this decision serves.
fn served(opened: &Opened) -> Option<LaneKind> {
    let (decision, _) = opened.app.turn().small.run()?.decision.as_ref()?;
    Some(match decision.keeps() {
        true => LaneKind::Small,
        false => LaneKind::Large,
    })
}

fn mark(pen: Pen, attempt: &Attempt) -> Span<'static> {
    match attempt.passed {
        Some(true) => pen.span("✓ ", "keep"),
        Some(false) => pen.span("✗ ", "error"),
        None => pen.muted("? "),
    }
}

/// The model and the result of its completion.
fn said(opened: &Opened, pen: Pen, kind: LaneKind, attempt: &Attempt) -> Vec<Span<'static>> {
    let (words, detail) = match opened.is_own() && attempt.was_asked() {
        true => (by_signals(attempt), ""),
        false => verdict(attempt),
    };
    let mut spans = vec![
        pen.plain(format!(" {} ", kind.name())),
        mark(pen, attempt),
        pen.plain(words),
    ];
    // A test's last line of output is usually the error itself.
    let last = detail.lines().rev().find(|line| !line.trim().is_empty());
    if let Some(last) = last.filter(|_| attempt.passed != Some(true)) {
        spans.push(pen.muted(format!(": {}", visible(last.trim()))));
    }
    spans
}

/// The user's signal for a completion.
fn by_signals(attempt: &Attempt) -> &'static str {
    match attempt.passed {
        Some(true) => "was accepted",
        Some(false) => "was rejected",
        None => "was neither accepted nor rejected",
    }
}

/// A completion's result in words, and the output of its tests.
fn verdict(attempt: &Attempt) -> (&'static str, &str) {
    let detail = attempt.execution.as_ref().map_or("", |run| &run.detail);
    let words = match (attempt.passed, &attempt.execution) {
        (None, _) if !attempt.was_asked() => "was not asked",
        (None, _) => "unlabelled",
        (Some(true), None) => "is the expected text",
        (Some(false), None) => "is not the expected text",
        (Some(true), Some(_)) => "passed its tests",
        (Some(false), Some(Execution { result, .. })) => failed(*result),
    };
    (words, detail)
}

fn failed(result: TestResult) -> &'static str {
    match result {
        TestResult::Passed | TestResult::Failed => "failed its tests",
        TestResult::DoesNotCompile => "does not compile",
        TestResult::TimedOut => "ran out of time",
        TestResult::OutOfMemory => "ran out of memory",
        TestResult::TooMuchOutput => "wrote too much output",
        TestResult::TooManyProcesses => "started too many processes",
    }
}

/// The expected text and all test output, over the lower part of the buffer.
fn draw_answer(opened: &Opened, pen: Pen, buffer: &mut Buffer, layout: &Layout) {
    let outcome = &opened.outcome;
    let width = usize::from(layout.editor.width);
    let lines_of = |text: &str, scope: &'static str| -> Vec<Line<'static>> {
        let wrapped = wrap(&[(text.trim_end().to_owned(), ())], width.saturating_sub(3));
        let line = |pieces: Vec<(String, ())>| {
            let text: String = pieces.into_iter().map(|(text, ())| text).collect();
            Line::from(pen.span(format!("  {text}"), scope))
        };
        wrapped.into_iter().map(line).collect()
    };
    let mut lines = lines_of(&outcome.canonical, "text");
    for (kind, attempt) in [
        (LaneKind::Small, &outcome.small),
        (LaneKind::Large, &outcome.large),
    ] {
        let (words, detail) = verdict(attempt);
        if attempt.passed != Some(true) && !detail.trim().is_empty() {
            lines.push(Line::from(pen.plain(format!(" {} {words}:", kind.name()))));
            lines.extend(lines_of(detail, "muted"));
        }
    }
    let room = layout.editor.height * 2 / 3;
    let height = (lines.len() as u16).saturating_add(1).min(room.max(2));
    let area = Rect {
        y: layout.editor.bottom().saturating_sub(height),
        height,
        ..layout.editor
    }
    .intersection(layout.editor);
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buffer);
    buffer.set_style(area, view::ground(pen.palette));
    let mut pane = Pane::new(buffer, area);
    pen.title(&mut pane, "Expected text", Vec::new());
    // Joins the rule on the right.
    if let Some(beside) = buffer.cell_mut((area.right(), area.y))
        && beside.symbol() == "│"
    {
        beside.set_symbol("┤");
    }
    let mut pane = Pane::new(
        buffer,
        Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        },
    );
    let hidden = lines.len().saturating_sub(pane.room());
    for line in lines {
        pane.line(line);
    }
    if hidden > 0 {
        let last = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        let more = pen.muted(format!("… and {hidden} more lines "));
        Pane::new(buffer, last).ends(Line::default(), vec![more]);
    }
}

/// The message, or else the keys.
fn draw_footer(opened: &Opened, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let mut pane = Pane::new(buffer, area);
    pen.bottom_line(&mut pane, opened.app.message(), keys(opened));
}

/// The keys with a word each, most useful first.
fn keys(opened: &Opened) -> Vec<(String, &'static str)> {
    use OpenedAction::*;
    let both = |one, other| {
        let labels = [one, other].map(|action| opened.keys.label(action));
        labels.join(" ")
    };
    let one = |action| opened.keys.label(action);
    let heatmap = (one(Playground(Action::NextHeatmap)), "heatmap");
    if opened.app.inspector().is_some() {
        return vec![
            ("← →".to_owned(), "token"),
            ("↑ ↓".to_owned(), "candidate"),
            ("Esc".to_owned(), "leave the inspector"),
            heatmap,
        ];
    }
    let (lower, raise) = (Action::ThresholdDown, Action::ThresholdUp);
    let (down, up) = (Action::AlternativeDown, Action::AlternativeUp);
    let all = vec![
        (one(Back), "back"),
        (both(Next, Previous), "next, previous"),
        (one(Help), "help"),
        (both(Playground(lower), Playground(raise)), "τ"),
        (one(Answer), "the answer"),
        (one(Playground(Action::Inspect)), "tokens"),
        (one(Playground(Action::SwapGhost)), "swap"),
        heatmap,
        (one(Mark), "mark"),
        (both(Up, Down), "scroll"),
        (
            both(Playground(down), Playground(up)),
            "scroll the alternative",
        ),
    ];
    all.into_iter()
        .filter(|(keys, _)| !keys.is_empty())
        .collect()
}
