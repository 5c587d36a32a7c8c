//! Pass@1 against the escalation rate: every threshold of every policy, and the current setting.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
    symbols::Marker,
    text::Span,
    widgets::{
        Widget,
        canvas::{Canvas, Line as Segment, Points},
    },
};

use crate::{
    evaluation::{
        explore::Curve,
        sweep::{Point, Strategy, Totals},
    },
    routing::Policy,
    tui::{
        screens::tune::Tune,
        view::{
            Pen, ground,
            text::{Pane, flow},
        },
    },
};

/// The width of the vertical axis's labels, in cells.
const MARGIN: u16 = 6;

/// The visible part of pass@1, lower and upper end.
type Range = (f64, f64);

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    if area.height < 4 {
        return;
    }
    let mut pane = Pane::new(buffer, area);
    let strategy = tune.setting.strategy;
    let about = match strategy.has_threshold() {
        true => format!("{}, every τ", strategy.name()),
        false => strategy.name().to_owned(),
    };
    pen.title(&mut pane, "Pass@1 by escalation", vec![pen.muted(about)]);
    let plot = Rect {
        x: area.x + MARGIN,
        y: area.y + 1,
        width: area.width.saturating_sub(MARGIN + 1),
        height: area.height.saturating_sub(3),
    };
    let curves = &tune.shown.curves;
    let Some(range) = range_of(tune) else {
        let what = match tune.shown.totals.outcomes {
            0 => "no outcomes here",
            _ => "no labels yet",
        };
        return pane.line(pen.muted(format!("  {what}")));
    };
    axes(pen, buffer, plot, range);
    lines(tune, pen, buffer, plot, range);
    for curve in curves.iter().rev().filter(|curve| is_single(curve)) {
        for point in &curve.points {
            let (letter, _) = mark(curve.strategy);
            let at = cell(plot, range, point.escalation, point.pass_at_1);
            put(buffer, at, letter, pen.palette.ui("title"));
        }
    }
    let here = |totals: &Totals| Some((totals.escalation_rate()?, totals.pass_at_1()?));
    let pinned = tune.shown.pinned.as_ref();
    if let Some((x, y)) = pinned.and_then(|(_, totals)| here(totals)) {
        let at = cell(plot, range, x, y);
        put(buffer, at, "◆", pen.palette.ui("notice"));
    }
    if let Some((x, y)) = here(&tune.shown.totals) {
        let at = cell(plot, range, x, y);
        put(buffer, at, "●", pen.palette.ui("flip"));
    }
    legend(tune, pen, buffer, area);
}

/// Whether a curve is a single point, whatever the threshold.
fn is_single(curve: &Curve) -> bool {
    !curve.strategy.has_threshold()
}

/// The symbol of a strategy in the plot, and its name in the legend.
fn mark(strategy: Strategy) -> (&'static str, &'static str) {
    match strategy {
        Strategy::Oracle => ("O", "oracle"),
        Strategy::Policy(Policy::Small) => ("S", "small"),
        Strategy::Policy(Policy::Large) => ("L", "large"),
        Strategy::Policy(Policy::Syntax) => ("X", "syntax"),
        Strategy::Policy(Policy::Synconf) => ("·", "synconf"),
        Strategy::Policy(Policy::Confidence) => ("·", "confidence"),
        Strategy::Policy(Policy::Mccom) => ("·", "mccom"),
        Strategy::Person(_) => ("·", strategy.name()),
        Strategy::Policy(Policy::Selftest) => ("·", "selftest"),
    }
}

/// The range of pass@1 that contains all points, rounded to twentieths.
fn range_of(tune: &Tune) -> Option<Range> {
    let curves = tune.shown.curves.iter();
    let all = curves.flat_map(|curve| curve.points.iter().map(|point| point.pass_at_1));
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let down = (low * 20.0 - 1e-9).floor() / 20.0;
    let up = (high * 20.0 + 1e-9).ceil() / 20.0;
    let low = down.clamp(0.0, 0.95);
    (low.is_finite() && high.is_finite()).then_some((low, up.clamp(low + 0.05, 1.0)))
}

fn axes(pen: Pen, buffer: &mut Buffer, plot: Rect, (low, high): Range) {
    let border = pen.palette.ui("border");
    let muted = pen.palette.ui("muted");
    for y in plot.top()..plot.bottom() {
        put(buffer, Some((plot.x - 1, y)), "│", border);
    }
    let middle = (plot.height >= 5).then_some((plot.top() + plot.bottom() - 1) / 2);
    let bottom = plot.bottom().saturating_sub(1);
    for y in [Some(plot.top()), middle, Some(bottom)]
        .into_iter()
        .flatten()
    {
        let part = f64::from(bottom - y) / f64::from((bottom - plot.top()).max(1));
        let label = format!("{:>4.0}%", (low + (high - low) * part) * 100.0);
        buffer.set_string(plot.x - MARGIN, y, label, muted);
        put(buffer, Some((plot.x - 1, y)), "┤", border);
    }
    let below = plot.bottom();
    put(buffer, Some((plot.x - 1, below)), "└", border);
    for x in plot.left()..plot.right() {
        put(buffer, Some((x, below)), "─", border);
    }
    let end = match plot.width {
        70.. => "100 % escalated",
        _ => "100 %",
    };
    for (part, label) in [(0, "0"), (1, "25"), (2, "50"), (3, "75"), (4, end)] {
        let x = plot.x + (plot.width.saturating_sub(1)) * part / 4;
        let width = label.chars().count() as u16;
        // The last label is right-aligned with the axis.
        let x = x.min(plot.right().saturating_sub(width));
        buffer.set_string(x, below, label, muted);
    }
}

/// The curves: the current policy as a line, the others as dots.
fn lines(tune: &Tune, pen: Pen, buffer: &mut Buffer, plot: Rect, range: Range) {
    let colour = |scope: &str| pen.palette.ui(scope).fg.unwrap_or(Color::Reset);
    let ground = ground(pen.palette).bg.unwrap_or(Color::Reset);
    let (behind, front) = (colour("muted"), colour("keep"));
    let resolution = (f64::from(plot.width) * 2.0, f64::from(plot.height) * 4.0);
    let curves = tune.shown.curves.iter().filter(|curve| !is_single(curve));
    let drawn: Vec<Vec<(f64, f64)>> = curves
        .map(|curve| thinned(&curve.points, resolution, range))
        .collect();
    let this = usize::from(tune.setting.strategy.has_threshold());
    Canvas::default()
        .x_bounds([0.0, 1.0])
        .y_bounds([range.0, range.1])
        .marker(Marker::Custom('·'))
        .background_color(ground)
        .paint(|context| {
            for curve in drawn.iter().skip(this) {
                for pair in curve.windows(2) {
                    context.draw(&segment(pair, behind));
                }
            }
            context.marker(Marker::Braille);
            for curve in drawn.iter().take(this) {
                context.draw(&Points {
                    coords: curve,
                    color: front,
                });
                for pair in curve.windows(2) {
                    context.draw(&segment(pair, front));
                }
            }
        })
        .render(plot, buffer);
}

fn segment(pair: &[(f64, f64)], color: Color) -> Segment {
    Segment {
        x1: pair[0].0,
        y1: pair[0].1,
        x2: pair[1].0,
        y2: pair[1].1,
        color,
    }
}

/// The points without those on the same dot as the previous one.
fn thinned(points: &[Point], (across, up): (f64, f64), (low, high): Range) -> Vec<(f64, f64)> {
    let dot = |point: &Point| {
        let height = (point.pass_at_1 - low) / (high - low);
        ((point.escalation * across) as i64, (height * up) as i64)
    };
    let mut last = None;
    let mut kept = Vec::new();
    for point in points {
        let at = Some(dot(point));
        if last != at {
            kept.push((point.escalation, point.pass_at_1));
            last = at;
        }
    }
    kept
}

/// The cell of a point; `None` outside the plot.
fn cell(plot: Rect, (low, high): Range, x: f64, y: f64) -> Option<(u16, u16)> {
    if plot.is_empty() || !x.is_finite() || !y.is_finite() {
        return None;
    }
    let part = ((y - low) / (high - low)).clamp(0.0, 1.0);
    let column = (x.clamp(0.0, 1.0) * f64::from(plot.width - 1)).round() as u16;
    let row = ((1.0 - part) * f64::from(plot.height - 1)).round() as u16;
    Some((plot.x + column, plot.y + row))
}

fn put(buffer: &mut Buffer, at: Option<(u16, u16)>, symbol: &str, style: Style) {
    if let Some(cell) = at.and_then(|at| buffer.cell_mut(at)) {
        cell.set_symbol(symbol).set_style(style);
    }
}

fn legend(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let last = Rect {
        y: area.bottom() - 1,
        height: 1,
        x: area.x + 1,
        width: area.width.saturating_sub(1),
    };
    let mut items: Vec<Vec<Span>> = Vec::new();
    for curve in &tune.shown.curves {
        let (letter, name) = mark(curve.strategy);
        let this = curve.strategy == tune.setting.strategy;
        let mark = match is_single(curve) {
            true => pen.span(letter, "title"),
            false if this => pen.span("⠒", "keep"),
            false => pen.muted(letter),
        };
        items.push(vec![mark, pen.muted(format!(" {name}"))]);
    }
    // Items that do not fit are dropped from the end.
    if tune.shown.pinned.is_some() {
        items.insert(1, vec![pen.span("◆", "notice"), pen.muted(" pinned")]);
    }
    items.insert(1, vec![pen.span("●", "flip"), pen.muted(" now")]);
    let mut pane = Pane::new(buffer, last);
    let gap = if pane.width() >= 80 { 2 } else { 1 };
    let lines = flow(items, pane.width(), gap);
    pane.line(lines.into_iter().next().unwrap_or_default());
}
