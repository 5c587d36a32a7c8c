//! The setting's results and costs, and their changes against the pinned setting.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{in_words, known_percent};
use crate::{
    evaluation::{
        statistics,
        sweep::{Strategy, Totals},
    },
    routing::Policy,
    tui::{
        screens::tune::Tune,
        view::{
            Pen,
            text::{Pane, cut, fit},
        },
    },
};

/// The widths of the name, the number and the note, in cells.
const NAME: usize = 18;
const VALUE: usize = 9;
const ABOUT: usize = 19;

/// One row: a number and its change.
struct Row {
    name: &'static str,
    value: String,
    about: String,
    /// The change and its text.
    change: Option<(f64, String)>,
    /// Whether more is better (1), worse (-1) or neither (0).
    better: i8,
}

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut pane = Pane::new(buffer, area);
    let pinned = tune.shown.pinned.as_ref();
    let since = pinned.map_or_else(
        || "nothing pinned".to_owned(),
        |(setting, _)| format!("◆ {}", in_words(setting)),
    );
    let room = pane.width().saturating_sub(14);
    pen.title(&mut pane, "Totals", vec![pen.muted(cut(&since, room))]);
    for row in rows(&tune.shown.totals, pinned.map(|(_, totals)| totals)) {
        pane.line(line(pen, row, pane.width()));
    }
    if pane.room() > 0 {
        pane.line(ends(tune, pen, pane.width()));
    }
}

fn rows(now: &Totals, before: Option<&Totals>) -> Vec<Row> {
    let share = |part: Option<f64>| part.map(|part| part * 100.0);
    let number = |name, value: f64, before: Option<f64>, digits: usize, better| Row {
        name,
        value: format!("{value:.digits$}"),
        about: String::new(),
        change: before.map(|before| {
            (
                value - before,
                format!("{:.digits$}", (value - before).abs()),
            )
        }),
        better,
    };
    let points = |name, now: Option<f64>, before: Option<f64>, better| Row {
        name,
        value: known_percent(now),
        about: String::new(),
        change: share(now)
            .zip(share(before))
            .map(|(now, before)| (now - before, format!("{:.1} pp", (now - before).abs()))),
        better,
    };
    let interval = statistics::wilson(now.right, now.labelled);
    let interval = interval.map_or_else(String::new, |known| {
        format!("{:.1}–{:.1} (95 %)", known.low * 100.0, known.high * 100.0)
    });
    vec![
        Row {
            about: interval,
            ..points(
                "pass@1",
                now.pass_at_1(),
                before.and_then(Totals::pass_at_1),
                1,
            )
        },
        Row {
            about: format!("{} of {}", now.escalated, now.outcomes),
            ..points(
                "escalated",
                now.escalation_rate(),
                before.and_then(Totals::escalation_rate),
                0,
            )
        },
        number(
            "latency mean, ms",
            now.latency.mean,
            before.map(|before| before.latency.mean),
            0,
            -1,
        ),
        number(
            "latency p95, ms",
            now.latency.p95,
            before.map(|before| before.latency.p95),
            0,
            -1,
        ),
        number(
            "accelerator-s",
            now.accelerator_s,
            before.map(|before| before.accelerator_s),
            1,
            -1,
        ),
        number(
            "kept wrongly",
            now.wrongly_kept as f64,
            before.map(|before| before.wrongly_kept as f64),
            0,
            -1,
        ),
        number(
            "escalated wrongly",
            now.wrongly_escalated as f64,
            before.map(|before| before.wrongly_escalated as f64),
            0,
            -1,
        ),
    ]
}

fn line(pen: Pen, row: Row, width: usize) -> Line<'static> {
    let about = width >= NAME + VALUE + ABOUT + 10;
    let mut spans = vec![
        pen.muted(format!(" {}", fit(row.name, NAME - 1))),
        pen.span(format!("{:>VALUE$}", row.value), "title"),
    ];
    if about {
        spans.push(pen.muted(format!("  {}", fit(&row.about, ABOUT - 1))));
    }
    spans.push(change(pen, &row));
    Line::from(spans)
}

/// The change: its direction, its size, and whether it is an improvement.
fn change(pen: Pen, row: &Row) -> Span<'static> {
    let Some((change, text)) = &row.change else {
        return pen.muted("");
    };
    let nothing = !text.contains(|c: char| c.is_ascii_digit() && c != '0');
    if nothing {
        return pen.muted(" =");
    }
    let up = *change > 0.0;
    let scope = match row.better {
        0 => "text",
        sign if (sign > 0) == up => "keep",
        _ => "escalate",
    };
    let arrow = if up { "▲" } else { "▼" };
    pen.span(format!(" {arrow} {text}"), scope)
}

/// Pass@1 of always keeping, always escalating, and the best possible decisions.
fn ends(tune: &Tune, pen: Pen, width: usize) -> Line<'static> {
    let of = |strategy: Strategy| {
        let curve = tune.shown.curves.iter().find(|c| c.strategy == strategy);
        let point = curve.and_then(|curve| curve.points.first());
        known_percent(point.map(|point| point.pass_at_1))
    };
    let ends = [
        ("small", Strategy::Policy(Policy::Small)),
        ("large", Strategy::Policy(Policy::Large)),
        ("oracle", Strategy::Oracle),
    ];
    let mut line = Line::from(pen.plain(" "));
    for (name, strategy) in ends {
        let name = if width >= 46 { name } else { &name[..1] };
        line.push_span(pen.muted(format!("{name} ")));
        line.push_span(pen.plain(format!("{}  ", of(strategy))));
    }
    line
}
